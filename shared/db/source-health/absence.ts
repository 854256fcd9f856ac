/** What a source said when it was asked for a board that surely does not exist. */
import type { SourceName } from '../../sources.ts';
import type { Database } from '../database.ts';

export interface Absence {
  /** It answered like a board: an empty list of it then proves nothing. */
  readonly isEmpty: boolean;
  readonly says: string;
  /** Postings that it listed for the absent name; undefined where it told the two apart. */
  readonly listed: number | undefined;
}

export async function writeAbsence(db: Pick<Database, 'pool'>, source: SourceName, absence: Absence): Promise<void> {
  const { isEmpty, says, listed = null } = absence;
  await db.pool.query(
    `insert into source_state (source, absent_asked_at, absent_is_empty, absent_says, absent_listed)
    values ($1, now(), $2, $3, $4)
    on conflict (source) do update set absent_asked_at = excluded.absent_asked_at, absent_is_empty = excluded.absent_is_empty,
      absent_says = excluded.absent_says, absent_listed = excluded.absent_listed`,
    [source, isEmpty, says.replaceAll('\0', '\ufffd').slice(0, SAYS_LENGTH_MAX), listed],
  );
}

const SAYS_LENGTH_MAX = 1000;
