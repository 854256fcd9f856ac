/** What the units of scans add up to: one row for each scan and source. */
import { type RawBuilder, sql } from 'kysely';

/** `found = kept + rejected` and `kept = new + changed + unchanged`, at every moment. */
export interface ScanCounts {
  readonly requests: number;
  readonly found: number;
  readonly kept: number;
  readonly rejected: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly closed: number;
}

/** Sums of one source's units in one scan. */
export interface Part extends ScanCounts {
  readonly source: string;
  readonly units: number;
  readonly done: number;
  readonly success: number;
  readonly partial: number;
  readonly failed: number;
  /** Of the failed: boards that rested already when the scan began. */
  readonly resting: number;
  readonly cancelled: number;
  readonly waitingForKey: number;
  /** Not asked, because no request was left for them. Sums of older scans lack this and the next one. */
  readonly outOfQuota?: number;
  /** Of the failed and not resting: boards that the source does not have. */
  readonly absent?: number;
  readonly started: number;
  /** Of the last unit that failed or stayed partial, resting boards left out; `error` also of one without a request left. */
  readonly errorType: string | null;
  readonly error: string | null;
  readonly seconds: number;
}

/** A board that rested before and still is not there is no news. */
const BAD = sql`error_type is not null and not (u.state = 'failed' and u.rests)`;

/**
 * Parts of scans, as a query with the columns of `Part` and `scan_id`. It reads each unit of them once: for a scan that has ended
 * the sums are in `scan.parts`.
 * @param which condition on `scan_id`
 * @param now for what is not over yet
 */
export function sumsOf(which: RawBuilder<unknown>, now: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select scan_id, source, count(*)::int as units,
      count(*) filter (where u.state not in ('queued', 'running'))::int as done,
      count(*) filter (where u.state = 'success')::int as success,
      count(*) filter (where u.state = 'partial')::int as partial,
      count(*) filter (where u.state = 'failed')::int as failed,
      count(*) filter (where u.state = 'failed' and u.rests)::int as resting,
      count(*) filter (where u.state = 'cancelled')::int as cancelled,
      count(*) filter (where u.state = 'waiting_for_key')::int as "waitingForKey",
      count(*) filter (where u.state = 'out_of_quota')::int as "outOfQuota",
      count(*) filter (where u.state = 'failed' and u.absent and not u.rests)::int as absent,
      count(*) filter (where u.state = 'running' or u.started_at is not null)::int as started,
      sum(requests)::int as requests, sum(found)::int as found, sum(kept)::int as kept, sum(rejected)::int as rejected,
      sum(new)::int as new, sum(changed)::int as changed, sum(unchanged)::int as unchanged, sum(closed)::int as closed,
      (array_agg(error_type order by u.finished_at desc nulls last) filter (where ${BAD}))[1] as "errorType",
      coalesce((array_agg(error order by u.finished_at desc nulls last) filter (where ${BAD}))[1],
        (array_agg(error order by u.finished_at desc nulls last) filter (where u.state = 'out_of_quota'))[1]) as error,
      coalesce(extract(epoch from
        case when bool_and(u.finished_at is not null) then max(u.finished_at) else ${now} end - min(u.started_at)), 0)::float8
        as seconds
    from scan_unit u where ${which} group by scan_id, source`;
}
