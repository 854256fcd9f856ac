/**
 * Postings that a complete read of their board did not list and that were not believed gone at once. They stay open until a
 * second complete read, some time later, misses them again; one that is listed meanwhile is forgotten here.
 */
import type { Database } from '../database.ts';

/**
 * Time between the two reads. A source that loses a part of its answers does so for minutes; a second read in the same minutes
 * would only repeat it. It is shorter than the shortest interval of a board, so that the next read by the timetable decides.
 */
export const SECOND_LOOK_AFTER_MINUTES = 15;

type Pool = Pick<Database, 'pool'>;

/** @returns native ids as they are stored, those that were missed long enough ago for this read to be the second one */
export async function vanishedBefore(db: Pool, boardId: number): Promise<Set<string>> {
  const { rows } = await db.pool.query<{ native_id: string }>(
    `select native_id from vanished where board_id = $1 and since <= now() - make_interval(mins => $2)`,
    [boardId, SECOND_LOOK_AFTER_MINUTES],
  );
  return new Set(rows.map((row) => row.native_id));
}

/** From now on exactly these are waited for; those that were waited for before keep their time. */
export async function rememberVanished(db: Pool, boardId: number, nativeIds: readonly string[]): Promise<void> {
  await db.pool.query(
    `with gone as (
      select native_id from unnest($2::text[]) as u (native_id)
    ), forgotten as (
      delete from vanished v where v.board_id = $1 and not exists (select 1 from gone where gone.native_id = v.native_id)
    ), added as (
      insert into vanished (board_id, native_id, since) select $1, native_id, now() from gone on conflict do nothing
    )
    update board set vanish_since = case when cardinality($2::text[]) > 0 then coalesce(vanish_since, now()) end
    where id = $1`,
    [boardId, nativeIds],
  );
}
