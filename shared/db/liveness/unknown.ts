/** Postings of which nobody knows any more whether they are open: said after two weeks, with the reason, and taken back by any sight. */
import { sql, type Transaction } from 'kysely';
import { SOURCE_NAMES, sourceInfo } from '../../sources.ts';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { retriedTransaction } from '../retry.ts';
import type { Tables } from '../tables.ts';
import { jobsOf, settleJobs } from './settle.ts';

type Sql = Pick<Database, 'sql' | 'clock'>;

/** Days without a sight, or without a complete read of the board, after which a posting is unknown. */
export const UNKNOWN_AFTER_DAYS = 14;
/** Postings of searches and feeds in one transaction. */
const POSTINGS_MAX = 500;
/** Boards of one call, each in a transaction of its own. */
const BOARDS_MAX = 50;

const BOARD_SOURCES = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');

/**
 * Calls unknown what was not seen for too long: one by one at searches and feeds, by the board at boards. A posting is told
 * once; a call takes a bounded number and the next one goes on.
 * @returns how many postings became unknown
 */
export async function markUnknown(db: Sql): Promise<number> {
  let marked = await markUnseen(db);
  for (const boardId of await unreadBoards(db)) marked += await markBoard(db, boardId);
  return marked;
}

function markUnseen(db: Sql): Promise<number> {
  const now = sqlNow(db);
  return retriedTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      with due as (
        select posting_id from posting_life
        where unknown_at is null and seen_at < ${now} - make_interval(days => ${UNKNOWN_AFTER_DAYS})
        order by seen_at limit ${POSTINGS_MAX} for update skip locked
      )
      update posting_life l set unknown_at = ${now},
        unknown_why = 'not seen at its source since ' || to_char(l.seen_at at time zone 'UTC', 'YYYY-MM-DD')
          || ', which lists only a part of what is open'
      from due where l.posting_id = due.posting_id returning l.posting_id::text as id`.execute(tx);
    return settled(db, tx, rows);
  });
}

async function unreadBoards(db: Sql): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from board b
    where unknown_since is null and source = any(${BOARD_SOURCES}::text[])
      and coalesce(last_complete_at, created_at) < ${sqlNow(db)} - make_interval(days => ${UNKNOWN_AFTER_DAYS})
      and exists (select 1 from posting p where p.board_id = b.id and p.closed_at is null)
    limit ${BOARDS_MAX}`.execute(db.sql);
  return rows.map((row) => row.id);
}

function markBoard(db: Sql, boardId: number): Promise<number> {
  const now = sqlNow(db);
  return retriedTransaction(db, async (tx) => {
    // Looked at again under its lock: a unit may have read it to its end meanwhile.
    const { rows } = await sql<{ id: string }>`
      with late as (
        update board set unknown_since = ${now}
        where id = ${boardId} and unknown_since is null
          and coalesce(last_complete_at, created_at) < ${now} - make_interval(days => ${UNKNOWN_AFTER_DAYS})
        returning id, coalesce(last_complete_at, created_at) as since,
          coalesce(last_error, case when enabled then 'nothing asked for it' else 'it is switched off' end) as cause
      )
      insert into posting_life (posting_id, seen_at, unknown_at, unknown_why)
      select p.id, late.since, ${now}, 'its board was not read to its end since '
        || to_char(late.since at time zone 'UTC', 'YYYY-MM-DD') || ': ' || late.cause
      from late join posting p on p.board_id = late.id where p.closed_at is null order by p.id
      on conflict (posting_id) do nothing returning posting_id::text as id`.execute(tx);
    return settled(db, tx, rows);
  });
}

/** The board was read to its end: its postings are as open or as closed as that read says. */
export async function boardKnownAgain(db: Sql, boardId: number): Promise<void> {
  await retriedTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      with again as (
        update board set unknown_since = null where id = ${boardId} returning id
      )
      delete from posting_life l using posting p join again on again.id = p.board_id
      where p.id = l.posting_id returning l.posting_id::text as id`.execute(tx);
    await settled(db, tx, rows);
  });
}

/** The rows that a statement wrote are not seen by itself: jobs are settled by the next one. */
async function settled(
  db: Sql,
  tx: Transaction<Tables>,
  postings: readonly { readonly id: string }[],
): Promise<number> {
  await settleJobs(
    db,
    tx,
    await jobsOf(
      tx,
      postings.map((posting) => posting.id),
    ),
  );
  return postings.length;
}
