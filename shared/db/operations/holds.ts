/**
 * Sources that are held back. A pause makes no new units of the source and gives none to the workers; units that run go on to
 * their end, and those that wait stay in their rows. A drain is the pause of everything.
 */
import { sql } from 'kysely';
import type { SourceName } from '../../sources.ts';
import { sqlClock } from '../clock.ts';
import type { Database } from '../database.ts';
import { toDate } from '../scans/time.ts';
import { count, type Operator, type Outcome, operate } from './operation.ts';

/** The target that stands for all sources. */
export const EVERYTHING = '*';

export interface Hold {
  readonly target: string;
  readonly since: Date;
  readonly who: string;
  readonly reason: string | null;
}

export async function readHolds(db: Pick<Database, 'sql'>): Promise<Hold[]> {
  const rows = await db.sql.selectFrom('hold').selectAll().orderBy('target').execute();
  return rows.map((row) => ({ ...row, since: toDate(row.since) }));
}

/** @param target a source, or `EVERYTHING`, which is the verb `drain` */
export function pause(
  db: Database,
  operator: Operator,
  target: SourceName | typeof EVERYTHING,
  reason: string | null,
): Promise<Outcome> {
  const verb = target === EVERYTHING ? 'drain' : 'pause';
  return operate(db, operator, async (tx) => {
    const [held] = (await tx.selectFrom('hold').where('target', '=', target).selectAll().execute()) ?? [];
    const detail = await openUnits(tx, target);
    if (held !== undefined) {
      const says = `${nameOf(target)} already held back by ${held.who}, since ${toDate(held.since).toISOString()}.`;
      return { verb, target, changed: false, says, detail: { ...detail, reason: held.reason } };
    }
    if (!operator.dryRun) {
      await sql`insert into hold (target, who, reason) values (${target}, ${operator.who}, ${reason})
        on conflict do nothing`.execute(tx);
    }
    const { waiting, running } = detail;
    const says = `${nameOf(target)} held back: ${count(waiting, 'unit')} will wait, ${running} under way will go on to the end.`;
    return { verb, target, changed: true, says, detail: { ...detail, reason } };
  });
}

/** Ends a pause, or the drain; the leading scheduler hands the waiting units over within seconds. */
export function resume(db: Database, operator: Operator, target: SourceName | typeof EVERYTHING): Promise<Outcome> {
  return operate(db, operator, async (tx) => {
    const held = await tx.selectFrom('hold').where('target', '=', target).selectAll().forUpdate().executeTakeFirst();
    const detail = await openUnits(tx, target);
    if (held === undefined) {
      const says = `${nameOf(target)} not held back.`;
      return { verb: 'resume', target, changed: false, says, detail };
    }
    if (!operator.dryRun) await tx.deleteFrom('hold').where('target', '=', target).execute();
    const says = `${nameOf(target)} no longer held back: ${count(detail.waiting, 'unit')} can go on.`;
    return { verb: 'resume', target, changed: true, says, detail: { ...detail, reason: held.reason } };
  });
}

/** Takes a unit out of the queue's hands; it is handed over again when nobody holds its source back any more. */
export async function holdBack(db: Pick<Database, 'sql' | 'clock'>, unitId: string): Promise<void> {
  await db.sql
    .updateTable('scan_unit')
    .set({
      state: 'queued',
      enqueued_at: null,
      waits_why: 'hold',
      waits_since: sql`coalesce(waits_since, ${sqlClock(db)})`,
      waits_until: null,
      waits_for: 'an operator holds its source back',
    })
    .where('id', '=', unitId)
    .where('state', 'in', ['queued', 'running'])
    .execute();
}

function nameOf(target: string): string {
  return target === EVERYTHING ? 'All sources are' : `${target} is`;
}

async function openUnits(tx: Pick<Database, 'sql'>['sql'], target: string) {
  const { rows } = await sql<{ waiting: number; running: number }>`
    select count(*) filter (where state = 'queued')::int as waiting, count(*) filter (where state = 'running')::int as running
    from scan_unit where state in ('queued', 'running') and (${target} = '*' or source = ${target})`.execute(tx);
  return rows[0] ?? { waiting: 0, running: 0 };
}
