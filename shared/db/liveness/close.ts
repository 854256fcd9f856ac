/** Closes and opens postings outside of a read of their board, with the event that says how we know. */
import { sql, type Transaction } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { retriedTransaction } from '../retry.ts';
import type { Tables } from '../tables.ts';
import { jobsOf, settleJobs } from './settle.ts';

type Sql = Pick<Database, 'sql' | 'clock'>;

/** Postings closed in one transaction. */
const BATCH = 500;
/** A day without a time of day ends twelve hours later at the last place on Earth than in UTC. */
const GRACE_HOURS = 12;

/**
 * Closes postings of searches and feeds whose own date is over, unless their source lists them beyond it: then the list is
 * believed and not the date.
 * @returns how many were closed; a call takes a bounded number and the next one goes on
 */
export function closeExpired(db: Sql): Promise<number> {
  const now = sqlNow(db);
  const grace = sql`make_interval(hours => ${GRACE_HOURS})`;
  return retriedTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      with due as (
        delete from posting_life l using (
          select posting_id from posting_life
          where expires_at < ${now} - ${grace} and seen_at < expires_at + ${grace}
          order by expires_at limit ${BATCH} for update skip locked
        ) d where l.posting_id = d.posting_id returning l.posting_id, l.expires_at
      ), closed as (
        update posting p set closed_at = ${now}, closed_evidence = 'open until '
          || to_char(due.expires_at at time zone 'UTC', 'YYYY-MM-DD') || ' by the word of its source, and not listed since'
        from due where p.id = due.posting_id and p.closed_at is null returning p.id, p.job_id, p.closed_evidence
      ), event as (
        insert into job_event (job_id, posting_id, kind, at, by, evidence)
        select job_id, id, 'close', ${now}, 'expiry', jsonb_build_object('why', closed_evidence) from closed
      )
      select id::text as id from closed`.execute(tx);
    await settleJobs(
      db,
      tx,
      await jobsOf(
        tx,
        rows.map((row) => row.id),
      ),
    );
    return rows.length;
  });
}

/**
 * Opens postings again that are still closed, and remembers why.
 * @returns ids of those that were closed
 */
export async function reopenPostings(
  db: Pick<Database, 'clock'>,
  tx: Transaction<Tables>,
  postingIds: readonly string[],
  { by, why }: { readonly by: string; readonly why: string },
): Promise<string[]> {
  const now = sqlNow(db);
  const { rows } = await sql<{ id: string }>`
    with opened as (
      update posting set closed_at = null, closed_evidence = null
      where id = any(${postingIds}::bigint[]) and closed_at is not null returning id, job_id
    ), event as (
      insert into job_event (job_id, posting_id, kind, at, by, evidence)
      select job_id, id, 'reopen', ${now}, ${by}, jsonb_build_object('why', ${why}::text) from opened
    )
    select id::text as id from opened`.execute(tx);
  const ids = rows.map((row) => row.id);
  await settleJobs(db, tx, await jobsOf(tx, ids));
  return ids;
}
