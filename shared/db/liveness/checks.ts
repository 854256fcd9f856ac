/** Which postings of a search or feed should be asked for one by one, and what came of it. */
import { sql } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { retriedTransaction } from '../retry.ts';
import { jobsOf, settleJobs } from './settle.ts';

type Sql = Pick<Database, 'sql' | 'clock'>;

/** A posting that a search did not show for so long is worth a request of its own, once in so many days. */
const UNSEEN_DAYS = 2;
const ASKED_EVERY_DAYS = 3;

/** @returns native ids of open and unknown postings of the board, those first that wait for the longest time */
export async function dueForCheck(db: Sql, boardId: number, limit: number): Promise<string[]> {
  const now = sqlNow(db);
  const { rows } = await sql<{ native_id: string }>`
    select p.native_id from posting p join posting_life l on l.posting_id = p.id
    where p.board_id = ${boardId} and p.closed_at is null
      and l.seen_at < ${now} - make_interval(days => ${UNSEEN_DAYS})
      and (l.asked_at is null or l.asked_at < ${now} - make_interval(days => ${ASKED_EVERY_DAYS}))
    order by coalesce(l.asked_at, l.seen_at), p.id limit ${limit}`.execute(db.sql);
  return rows.map((row) => row.native_id);
}

/** Those that answered that they are open were seen just now; the others were only asked for. */
export async function recordChecks(
  db: Sql,
  boardId: number,
  asked: readonly string[],
  open: readonly string[],
): Promise<void> {
  const now = sqlNow(db);
  await retriedTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update posting_life l set asked_at = ${now},
        seen_at = case when seen then ${now} else seen_at end,
        unknown_at = case when seen then null else unknown_at end,
        unknown_why = case when seen then null else unknown_why end
      from (select id, native_id = any(${open}::text[]) as seen from posting
        where board_id = ${boardId} and native_id = any(${asked}::text[])) p
      where l.posting_id = p.id returning l.posting_id::text as id`.execute(tx);
    await settleJobs(
      db,
      tx,
      await jobsOf(
        tx,
        rows.map((row) => row.id),
      ),
    );
  });
}
