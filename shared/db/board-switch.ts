/** Switches a board on or off. It is never deleted: its postings and what was learnt of it stay. */
import { shortText } from '../boards/refusal.ts';
import { SOURCE_NAMES, sourceInfo } from '../sources.ts';
import type { Database } from './database.ts';

const WITH_BOARDS = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');

/**
 * Doing it again changes nothing. A board that is switched on is due at once.
 * @param by who does it, for people to read
 * @returns whether it was the other way before, or undefined for an id that no board has
 */
export function switchBoard(
  db: Pick<Database, 'sql'>,
  id: number,
  enabled: boolean,
  by: string,
): Promise<boolean | undefined> {
  return db.sql.transaction().execute(async (tx) => {
    const board = await tx
      .selectFrom('board')
      .where('id', '=', id)
      .where('source', 'in', WITH_BOARDS)
      .select(['enabled', 'source', 'token'])
      .forUpdate()
      .executeTakeFirst();
    if (board === undefined || board.enabled === enabled) return board === undefined ? undefined : false;
    await tx
      .updateTable('board')
      .set({ enabled, ...(enabled && { next_check_at: null }) })
      .where('id', '=', id)
      .execute();
    await tx
      .insertInto('operator_event')
      .values({
        who: shortText(by, 100),
        verb: enabled ? 'enable-board' : 'disable-board',
        target: `${board.source}/${board.token}`,
        dry_run: false,
        detail: JSON.stringify({ says: `Board ${id} was switched ${enabled ? 'on' : 'off'}.`, boardId: id }),
      })
      .execute();
    return true;
  });
}
