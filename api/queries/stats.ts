import { sql } from 'kysely';
import type { Database } from '../../shared/db/database.ts';
import type { BusinessStats } from '../../shared/metrics/business.ts';

/** The business gauges in one statement over small tables: counts of days and of scans, never of jobs. */
export async function readBusinessStats(db: Pick<Database, 'sql'>): Promise<BusinessStats> {
  const { rows } = await sql<{ [K in keyof BusinessStats]: number }>`
    with last_scan as (
      select id from scan where finished_at is not null order by requested_at desc, id desc limit 1
    ), last_counts as (
      select coalesce(sum(found), 0) as found, coalesce(sum(new), 0) as new
      from scan_unit where scan_id = (select id from last_scan)
    ), days as (
      select coalesce(sum(jobs_new), 0) as total,
        coalesce(sum(jobs_new) filter (where day > (now() at time zone 'UTC')::date - 7), 0) as week
      from stats_day
    )
    select days.total::float8 as "jobsTotal", days.week::float8 as "jobsNewThisWeek",
      last_counts.found::float8 as "lastScanFound", last_counts.new::float8 as "lastScanNew",
      coalesce((select extract(epoch from max(finished_at)) from scan where state = 'success'), 0)::float8
        as "lastSuccessfulScanAt",
      (select count(*) from scan where state in ('queued', 'running'))::float8 as "scansInProgress"
    from days, last_counts`.execute(db.sql);
  const [row] = rows;
  if (row === undefined) throw new Error('the statement for the business gauges answered without a row');
  return row;
}
