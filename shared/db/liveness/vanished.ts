/**
 * Postings that a complete read of their board did not list and that were not believed gone at once. They stay open until a
 * second complete read, some time later, misses them again; one that is listed meanwhile is forgotten here.
 */
import { sql } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';

/**
 * Time between the two reads. A source that loses a part of its answers does so for minutes; a second read in the same minutes
 * would only repeat it. It is shorter than the shortest interval of a board, so that the next read by the timetable decides.
 */
export const SECOND_LOOK_AFTER_MINUTES = 15;

type Sql = Pick<Database, 'sql' | 'clock'>;

/** @returns native ids as they are stored, those that were missed long enough ago for this read to be the second one */
export async function vanishedBefore(db: Sql, boardId: number): Promise<Set<string>> {
  const { rows } = await sql<{ native_id: string }>`
    select native_id from vanished
    where board_id = ${boardId} and since <= ${sqlNow(db)} - make_interval(mins => ${SECOND_LOOK_AFTER_MINUTES})`.execute(
    db.sql,
  );
  return new Set(rows.map((row) => row.native_id));
}

/** From now on exactly these are waited for; those that were waited for before keep their time. */
export async function rememberVanished(db: Sql, boardId: number, nativeIds: readonly string[]): Promise<void> {
  await sql`
    with gone as (
      select native_id from unnest(${nativeIds}::text[]) as u (native_id)
    ), forgotten as (
      delete from vanished v
      where v.board_id = ${boardId} and not exists (select 1 from gone where gone.native_id = v.native_id)
    ), added as (
      insert into vanished (board_id, native_id, since) select ${boardId}::integer, native_id, ${sqlNow(db)} from gone
      on conflict do nothing
    )
    update board set vanish_since = case when ${nativeIds.length} > 0 then coalesce(vanish_since, ${sqlNow(db)}) end
    where id = ${boardId}`.execute(db.sql);
}
