/** Units that wait for their source: they are tasks that come again, and their rows say why and until when. */
import { WAIT_REASONS } from '../../metrics/budget.ts';
import type { Database } from '../database.ts';

export interface UnitWait {
  readonly ms: number;
  readonly why: WaitWord;
  /** The same as one sentence for people. */
  readonly says: string;
}

/** What a unit may wait for: the ledger's reasons, a site that cannot say whether it may be read, an operator's hold. */
export const WAIT_WORDS = [...WAIT_REASONS, 'hold'] as const;
export type WaitWord = (typeof WAIT_WORDS)[number];

/**
 * The unit is as one that was never taken: cancelling its scan ends it at once.
 * @returns `cancelled` when its scan was cancelled before, `ended` when there is nothing left to wait
 */
export async function parkUnit(
  { pool, clock }: Pick<Database, 'pool' | 'clock'>,
  { unitId, scanId }: { readonly unitId: string; readonly scanId: string },
  { ms, why, says }: UnitWait,
): Promise<'parked' | 'cancelled' | 'ended'> {
  const values = [
    scanId,
    unitId,
    clock?.() ?? null,
    ms,
    says.replaceAll('\0', '\ufffd').slice(0, SAYS_LENGTH_MAX),
    why,
  ];
  const { rows } = await pool.query<Parked>({ name: 'unit-park', text: PARK, values });
  if (rows[0]?.isCancelled === true) return 'cancelled';
  return rows[0]?.isParked === true ? 'parked' : 'ended';
}

interface Parked {
  /** Null when there is no such scan. */
  readonly isCancelled: boolean | null;
  readonly isParked: boolean;
}

/** The scan's row first, as everywhere: a cancel that is under way is seen, or sees this unit. */
const PARK = `
  with owner as materialized (
    select cancel_requested_at from scan where id = $1 for share
  ), parked as (
    update scan_unit u set state = 'queued',
      waits_since = coalesce(u.waits_since, $3::timestamptz, clock_timestamp()),
      waits_until = coalesce($3::timestamptz, clock_timestamp()) + $4::float8 * interval '1 millisecond',
      waits_for = $5, waits_why = $6
    from owner where owner.cancel_requested_at is null and u.id = $2 and u.state in ('queued', 'running')
    returning u.id
  )
  select (select cancel_requested_at is not null from owner) as "isCancelled", exists (select from parked) as "isParked"`;

const SAYS_LENGTH_MAX = 500;
