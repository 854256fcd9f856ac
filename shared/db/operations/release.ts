/**
 * Ends what holds a source back by itself: its back-off, its breakers, the quota that it told us of. For after the operator mended
 * the cause. Our own budgets stay as spent as they are.
 */
import { sql, type Transaction } from 'kysely';
import type { SourceName } from '../../sources.ts';
import { sqlClock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';
import { count, OperationRefused, type Operator, type Outcome, operate } from './operation.ts';

/** Hosts of a vendor that the trail remembers one by one, so that they can be held again. */
const REMEMBERED_MAX = 1000;

interface Held {
  /** '' is the source as a whole. */
  readonly host: string;
  readonly heldUntil: string | null;
  readonly heldFor: string | null;
  readonly breakerUntil: string | null;
}

/** An open breaker is not closed: its next request finds out whether it may. */
export function release(db: Database, operator: Operator, source: SourceName): Promise<Outcome> {
  return operate(db, operator, async (tx) => {
    const now = sqlClock(db);
    // The source's row first, as whoever books a request does.
    await sql`select from gate where source = ${source} and host = '' for update`.execute(tx);
    const { rows: held } = await sql<Held>`
      select host, case when held_until > ${now} then held_until::text end as "heldUntil", held_for as "heldFor",
        case when breaker = 'open' and breaker_until > ${now} then breaker_until::text end as "breakerUntil"
      from gate where source = ${source} and (held_until > ${now} or (breaker = 'open' and breaker_until > ${now}))
      order by host`.execute(tx);
    const told = await toldQuotas(db, tx, source);
    const done = { verb: 'release' as const, target: source };
    if (held.length === 0 && told === 0) {
      const says = `${source} is not held back by itself: no back-off, no open breaker, no quota that it told us of.`;
      return { ...done, changed: false, says, detail: {} };
    }
    if (!operator.dryRun) await letGo(db, tx, source);
    const backOffs = held.filter((row) => row.heldUntil !== null).length;
    const breakers = held.filter((row) => row.breakerUntil !== null).length;
    const says = `${source} may be asked again: ${count(backOffs, 'back-off')}, ${count(breakers, 'breaker')} (the next request of each finds out) and ${count(told, 'quota')} that it told us of. Units that wait come at their time.`;
    return { ...done, changed: true, says, detail: { backOffs, breakers, told, held: held.slice(0, REMEMBERED_MAX) } };
  });
}

/** What the source said is left of its periods and is nothing. */
async function toldQuotas(db: Database, tx: Transaction<Tables>, source: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from budget
    where source = ${source} and server_resets_at > ${sqlClock(db)} and server_left <= 0`.execute(tx);
  return rows[0]?.n ?? 0;
}

async function letGo(db: Database, tx: Transaction<Tables>, source: string): Promise<void> {
  const now = sqlClock(db);
  await sql`update gate set
      held_until = case when held_until > ${now} then null else held_until end,
      held_for = case when held_until > ${now} then null else held_for end,
      breaker_until = case when breaker = 'open' then least(breaker_until, ${now}) else breaker_until end
    where source = ${source} and (held_until > ${now} or breaker = 'open')`.execute(tx);
  await sql`update budget set server_left = null, server_resets_at = null, server_told_at = null
    where source = ${source} and server_resets_at > ${now} and server_left <= 0`.execute(tx);
  await sql`update source_state set quota_for = null, quota_until = null where source = ${source}`.execute(tx);
}

/**
 * Takes a release back: what would still hold the source by now holds it again. What it told us of its quota it will tell again.
 * @throws OperationRefused when all of it is over
 */
export function holdAgain(db: Database, operator: Operator, source: SourceName, detail: unknown): Promise<Outcome> {
  return operate(db, operator, async (tx) => {
    const held = JSON.stringify((detail as { readonly held?: readonly Held[] }).held ?? []);
    const now = sqlClock(db);
    const still = sql`jsonb_to_recordset(${held}::jsonb)
      as h (host text, "heldUntil" timestamptz, "heldFor" text, "breakerUntil" timestamptz)`;
    await sql`select from gate where source = ${source} and host = '' for update`.execute(tx);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from ${still} where "heldUntil" > ${now} or "breakerUntil" > ${now}`.execute(tx);
    const n = rows[0]?.n ?? 0;
    if (n === 0) throw new OperationRefused('conflict', `What held ${source} back would be over by now.`);
    if (!operator.dryRun) {
      await sql`update gate g set
          held_until = greatest(g.held_until, case when h."heldUntil" > ${now} then h."heldUntil" end),
          held_for = case when h."heldUntil" > ${now} then h."heldFor" else g.held_for end,
          breaker_until = case when g.breaker = 'open' then greatest(g.breaker_until, h."breakerUntil") else g.breaker_until end
        from ${still} where g.source = ${source} and g.host = h.host`.execute(tx);
    }
    const says = `${source} is held back again by what held it before the release (${count(n, 'row')}).`;
    return { verb: 'undo', target: source, changed: true, says, detail: { rows: n } };
  });
}
