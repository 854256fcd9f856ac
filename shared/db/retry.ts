/** Transactions that meet others on the same rows: one of two that wait for each other is ended by PostgreSQL, and simply comes again. */

import type { Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** Tries of a transaction that collides with others again and again. */
export const TRIES = 4;

/** Again, where somebody else was in the way: four times in all. `work` must be a whole transaction. */
export async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TRIES || !isCollision(error)) throw error;
    }
  }
}

/** One transaction, again where it met another one. `work` may run several times, and must keep nothing outside of it. */
export function retriedTransaction<T>(
  db: Pick<Database, 'sql'>,
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return withRetries(() => db.sql.transaction().execute(work));
}

/** unique_violation, deadlock_detected and serialization_failure (PostgreSQL documentation, appendix A). */
export function isCollision(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23505' || code === '40P01' || code === '40001';
}
