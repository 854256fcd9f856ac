/**
 * Units go to the queue a few at a time. The queue is first in, first out, so what it holds is the fairness: sources take turns,
 * and within a source the board comes first that wants to be read the soonest, whichever scan asks for it (`readBy` in create.ts).
 */
import { sql } from 'kysely';
import { SOURCE_NAMES } from '../../sources.ts';
import { sqlClock } from '../clock.ts';
import type { Database } from '../database.ts';

type Taker = { enqueue(unitIds: readonly string[]): Promise<void> };

/**
 * Tasks of one source that the queue holds at the most, those included that run or wait for a pace. More of them would only make
 * the other sources wait; fewer would let workers idle between two rounds of the scheduler.
 */
export const HANDED_MAX = 200;

/**
 * Hands over what the queue has room for; nothing of a source that an operator holds back. May be called by several processes at once: a unit's task has the unit's id.
 * @param only one scan's units, for whoever just made it; without it those of all scans
 * @returns how many were handed over
 * @throws what the queue throws; the units then count as not handed over
 */
export async function handOver(
  db: Database,
  queue: Taker,
  { only, max = HANDED_MAX }: { readonly only?: string; readonly max?: number } = {},
): Promise<number> {
  const own = only === undefined ? sql`` : sql`and scan_id = ${only}`;
  const { rows } = await sql<{ id: string }>`
    with handed as (
      select source, count(*)::int as n from scan_unit
      where state in ('queued', 'running') and enqueued_at is not null group by source
    )
    select next.id from unnest(${SOURCE_NAMES}::text[]) as s (source)
    left join handed on handed.source = s.source
    cross join lateral (
      select id, row_number() over (order by read_by, id) as turn from (
        select id, read_by from scan_unit
        where state = 'queued' and enqueued_at is null and source = s.source ${own}
        order by read_by, id limit greatest(0, ${max}::int - coalesce(handed.n, 0))
      ) oldest
    ) next
    where not exists (select 1 from hold h where h.target in (s.source, '*'))
    order by next.turn, s.source`.execute(db.sql);
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return 0;
  await queue.enqueue(ids);
  await sql`update scan_unit set enqueued_at = ${sqlClock(db)} where id = any(${ids}::uuid[]) and state = 'queued'`.execute(
    db.sql,
  );
  return ids.length;
}

/**
 * Ids of open units that the queue should hold. Those of the last seconds are left out: whoever hands them over is still at it.
 * As many as `HANDED_MAX` allows, whatever the number of open units is.
 */
export async function handedOver(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from scan_unit where state in ('queued', 'running') and enqueued_at < ${sqlClock(db)} - interval '5 seconds'
    order by enqueued_at, id limit ${HANDED_MAX * SOURCE_NAMES.length * 2}`.execute(db.sql);
  return rows.map((row) => row.id);
}
