/**
 * When postings were last seen, for sources that do not list everything: absence from their answers says nothing, so only the
 * day of the last sight can tell that nobody knows any more. A posting of a board has no such row while its board is read.
 */
import { sql } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { retriedTransaction } from '../retry.ts';
import { jobsOf, settleJobs } from './settle.ts';

type Sql = Pick<Database, 'sql' | 'clock'>;

export interface Sighting {
  /** As it is stored. */
  readonly nativeId: string;
  /** Until when its source says that it is open; null when it does not say. */
  readonly expiresAt: Date | null;
}

/** Rows of one statement. */
const BATCH = 5000;

/**
 * Writes a sight at most once a day for each posting, unless its date moved, it was called unknown, or it is listed beyond its
 * own date. Ids that are not stored, and closed postings, are left out; stored ones that never had a sight get their first.
 */
export async function recordSightings(db: Sql, boardId: number, sightings: readonly Sighting[]): Promise<void> {
  for (let from = 0; from < sightings.length; from += BATCH) {
    await record(db, boardId, sightings.slice(from, from + BATCH));
  }
  await sql`
    insert into posting_life (posting_id, seen_at) select p.id, p.first_seen_at from posting p
    where p.board_id = ${boardId} and p.closed_at is null
      and not exists (select 1 from posting_life l where l.posting_id = p.id)
    on conflict do nothing`.execute(db.sql);
}

function record(db: Sql, boardId: number, sightings: readonly Sighting[]): Promise<void> {
  const now = sqlNow(db);
  const nativeIds = sightings.map((one) => one.nativeId);
  const dates = sightings.map((one) => one.expiresAt?.toISOString() ?? null);
  return retriedTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string | null; was_unknown: boolean }>`
      insert into posting_life as l (posting_id, seen_at, expires_at)
      select p.id, ${now}, u.expires_at
      from unnest(${nativeIds}::text[], ${dates}::timestamptz[]) as u (native_id, expires_at)
      join posting p on p.board_id = ${boardId} and p.native_id = u.native_id
      where p.closed_at is null
      order by p.id
      on conflict (posting_id) do update
      set seen_at = ${now}, expires_at = excluded.expires_at, unknown_at = null, unknown_why = null
      where l.seen_at < ${now} - interval '1 day' or l.unknown_at is not null
        or l.expires_at is distinct from excluded.expires_at
        or (l.expires_at < ${now} and l.seen_at < l.expires_at + interval '1 day')
      returning old.posting_id::text as id, old.unknown_at is not null as was_unknown`.execute(tx);
    const known = rows.flatMap((row) => (row.was_unknown && row.id !== null ? [row.id] : []));
    await settleJobs(db, tx, await jobsOf(tx, known));
  });
}
