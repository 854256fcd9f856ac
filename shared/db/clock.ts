/** What statements take for the present: the database's own clock, so that all hosts agree, or the clock of a simulation. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

type Timed = Pick<Database, 'clock'>;

/** The start of the transaction, as `now()`. */
export function sqlNow(db: Timed): RawBuilder<string> {
  return db.clock === undefined ? sql<string>`now()` : sqlTime(db.clock());
}

/** The moment of the statement, as `clock_timestamp()`. */
export function sqlClock(db: Timed): RawBuilder<string> {
  return db.clock === undefined ? sql<string>`clock_timestamp()` : sqlTime(db.clock());
}

export function sqlTime(time: Date): RawBuilder<string> {
  return sql<string>`${time.toISOString()}::timestamptz`;
}

/** For what is computed here and not in a statement: this host's clock. */
export function hostNow(db: Timed): Date {
  return db.clock?.() ?? new Date();
}
