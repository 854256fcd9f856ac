/** What the postings of a job add up to: open while one of them is, then unknown while one of them is, then closed. */
import { sql, type Transaction } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';

/**
 * Brings jobs in line with their postings, in the transaction that changed those, and counts the day's closed and reopened jobs.
 * What a job of several postings shows is put together anew by the next merge.
 * @returns how many jobs have another state than before
 */
export async function settleJobs(
  db: Pick<Database, 'clock'>,
  tx: Transaction<Tables>,
  jobIds: readonly string[],
): Promise<number> {
  if (jobIds.length === 0) return 0;
  const now = sqlNow(db);
  const { rows } = await sql<{ changed: number }>`
    with standing as (
      select p.job_id, max(p.closed_at) as closed_at,
        case when bool_or(p.closed_at is null and l.unknown_at is null) then 'open'
          when bool_or(p.closed_at is null) then 'unknown' else 'closed' end as state
      from posting p left join posting_life l on l.posting_id = p.id
      where p.job_id = any(${jobIds}::bigint[]) group by p.job_id
    ), todo_row as (
      insert into merge_todo (posting_id, changed)
      select p.id, false from posting p join job j on j.id = p.job_id
      where p.job_id = any(${jobIds}::bigint[]) and j.postings > 1 order by p.id on conflict do nothing
    ), job_row as (
      update job j set state = s.state, closed_at = case when s.state = 'closed' then s.closed_at end
      from standing s where j.id = s.job_id and j.state <> s.state
      returning old.state as before, new.state as after
    ), day_row as (
      insert into stats_day (day, jobs_closed, jobs_reopened)
      select (${now} at time zone 'UTC')::date, count(*) filter (where after = 'closed'), count(*) filter (where before = 'closed')
      from job_row having count(*) filter (where 'closed' in (before, after)) > 0
      on conflict (day) do update set jobs_closed = stats_day.jobs_closed + excluded.jobs_closed,
        jobs_reopened = stats_day.jobs_reopened + excluded.jobs_reopened
    )
    select count(*)::integer as changed from job_row`.execute(tx);
  return rows[0]?.changed ?? 0;
}

/** @returns ids of jobs, in one order, so that two transactions do not wait for each other in a ring */
export async function jobsOf(tx: Transaction<Tables>, postingIds: readonly string[]): Promise<string[]> {
  if (postingIds.length === 0) return [];
  const { rows } = await sql<{ job_id: string }>`
    select distinct job_id from posting where id = any(${postingIds}::bigint[]) order by job_id`.execute(tx);
  return rows.map((row) => row.job_id);
}
