/** What is remembered of a board from one unit to the next: when it is due, and by what the same answers are known again. */
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { afterCheck, type BoardPace } from '../../board-interval.ts';
import { type SourceName, sourceInfo } from '../../sources.ts';
import { sqlNow, sqlTime } from '../clock.ts';
import type { Database } from '../database.ts';
import { preparedRows } from '../prepared.ts';
import type { BoardTable } from '../tables/board.ts';
import type { Tables } from '../tables.ts';
import { toDate } from './time.ts';

/** The last complete healthy read of a board. As long as the source answers the same, these are its counts. */
export interface LastRead {
  /** Of what was read and how it was understood (`worker/read-version.ts`, settings); another version reads anew. */
  readonly version: string;
  readonly counts: RepeatedCounts;
  /** 16 bytes for each answer, sorted. */
  readonly answers: Buffer;
  /** Hash of the address of its only answer; null when there were several. */
  readonly address: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface RepeatedCounts {
  readonly found: number;
  readonly kept: number;
  readonly rejected: number;
  readonly rejectedReasons: Readonly<Record<string, number>>;
}

/** What of a unit's end its board remembers. */
interface Ending {
  readonly state: string;
  readonly suspect?: unknown;
  readonly checked?: Checked;
  readonly remember?: LastRead;
  readonly repeated?: { readonly validators: Pick<LastRead, 'etag' | 'lastModified'> | undefined };
}

/** Columns of a board's row from which `memoryOf` is made. */
export const MEMORY = [
  'board.changes_seen',
  'board.changes_over_s',
  'board.failures',
  'board.absences',
  'board.hint_s',
  'board.interval_s',
  'board.last_complete_at',
  'board.last_read_at',
  'board.body_hash',
  'board.etag',
  'board.last_modified',
  'board.last_counts',
  'board.read_version',
  'board.body_at',
] as const;
type MemoryRow = Pick<Selectable<BoardTable>, (typeof MEMORY)[number] extends `board.${infer Column}` ? Column : never>;

export interface BoardMemory {
  readonly pace: BoardPace & { readonly intervalS: number | null };
  readonly lastRead: LastRead | undefined;
  /** When the answers were last read whole and judged, and not only seen to be the same. */
  readonly fullAt: Date | null;
  /** What the last complete read rejected; undefined when it is not known. */
  readonly rejected: number | undefined;
}

/** What a unit learnt for the pace of its board. */
export interface Checked {
  /** Postings that came, went or changed. */
  readonly changes: number;
  readonly hintS?: number | undefined;
  readonly retryAfterS?: number | undefined;
  /** The source says that there is no such board. */
  readonly absent?: boolean;
}

/** A second look at what one read left in doubt comes so soon. */
const SECOND_LOOK_S = 45 * 60;
/** Another worker may have the key that this one lacks. */
const KEYLESS_S = 3600;
const NOT_ASKED_MIN_S = 600;
const DAY_S = 86_400;

export function memoryOf(row: MemoryRow, source: SourceName): BoardMemory {
  const kept = keptOf(row.last_counts);
  const pace = paceOf(row, source);
  const base = { pace, fullAt: timeOf(row.body_at), rejected: kept?.rejected };
  if (kept === undefined || row.body_hash === null || row.read_version === null)
    return { ...base, lastRead: undefined };
  const { address, ...counts } = kept;
  const lastRead = {
    version: row.read_version,
    counts,
    answers: row.body_hash,
    address,
    etag: row.etag,
    lastModified: row.last_modified,
  };
  return { ...base, lastRead };
}

/** Before the first write of a read that differs: from then on the stored postings are no longer those of the last one. */
export async function forgetLastRead(db: Kysely<Tables>, boardIds: readonly number[]): Promise<void> {
  await db
    .updateTable('board')
    .set({ body_hash: null, etag: null, last_modified: null, last_counts: null })
    .where('id', 'in', boardIds)
    .where('body_hash', 'is not', null)
    .execute();
}

/** What a unit knows of its board's pace while it holds the board, and the database's clock as it knows it. */
export interface KnownPace {
  readonly pace: BoardMemory['pace'];
  readonly now: Date;
}

/** The board's next check, and what is remembered of this read, as columns of its row. @param known without it the row is read */
export async function memoryValues(
  db: Database,
  unit: { boardId: number; source: SourceName },
  end: Ending,
  known?: KnownPace,
) {
  const { pace, now } = known ?? (await readPace(db, unit));
  const { checked, state } = end;
  const outcome =
    state === 'success'
      ? 'complete'
      : state === 'partial'
        ? 'incomplete'
        : checked?.absent === true
          ? 'absent'
          : 'failed';
  const rule = sourceInfo(unit.source).minIntervalS ?? 0;
  const next = afterCheck(pace, { changes: 0, ...checked, outcome }, now, rule, Math.random());
  const soon = sqlTime(new Date(now.getTime() + Math.max(SECOND_LOOK_S, rule) * 1000 * (1 + Math.random() / 5)));
  const at = sqlTime(next.at);
  // By the row as it is now: postings of it may have come into doubt since it was read.
  const inDoubt = end.suspect === undefined ? sql`board.vanish_since is not null` : sql`true`;
  return {
    interval_s: next.intervalS,
    next_check_at: sql<string>`case when ${inDoubt} then least(${at}, ${soon}) else ${at} end`,
    changes_seen: next.after.changes,
    changes_over_s: next.after.overS,
    absences: next.after.absences,
    hint_s: next.after.hintS === null ? null : Math.round(next.after.hintS),
    ...validatorsOf(end),
    ...(end.remember !== undefined && end.suspect === undefined && remembered(end.remember, now)),
  };
}

async function readPace(
  db: Database,
  { boardId, source }: { boardId: number; source: SourceName },
): Promise<KnownPace> {
  const reading = db.sql.selectFrom('board').where('id', '=', boardId).select(MEMORY).select(sqlNow(db).as('now'));
  const [row] = await preparedRows(db, reading);
  if (row === undefined) throw new Error(`there is no board ${boardId}`);
  return { pace: paceOf(row, source), now: toDate(row.now) };
}

/** A board whose source lacks a key here is asked for again in an hour, not at every slot. */
export function keylessValues(db: Database) {
  return { next_check_at: sql<string>`${sqlNow(db)} + make_interval(secs => ${KEYLESS_S})` };
}

/** A board whose source may not be asked now comes again when it may, at different moments for different boards. */
export function notAskedValues(db: Database, againInMs: number | null) {
  const waitS = Math.min(Math.max((againInMs ?? KEYLESS_S * 1000) / 1000, NOT_ASKED_MIN_S), DAY_S);
  const seconds = waitS * (1 + Math.random() / 2);
  return { next_check_at: sql<string>`${sqlNow(db)} + make_interval(secs => ${seconds})` };
}

function validatorsOf({ repeated }: Ending) {
  const found = repeated?.validators;
  return found === undefined ? {} : { etag: found.etag, last_modified: found.lastModified };
}

function remembered({ version, counts, answers, address, etag, lastModified }: LastRead, now: Date) {
  return {
    read_version: whenSure('read_version', sql`${version}`),
    last_counts: whenSure('last_counts', sql`${JSON.stringify({ ...counts, address })}::jsonb`),
    body_hash: whenSure<Buffer>('body_hash', sql`${answers}::bytea`),
    etag: whenSure('etag', sql`${etag}`),
    last_modified: whenSure('last_modified', sql`${lastModified}`),
    body_at: whenSure('body_at', sqlTime(now)),
  };
}

/** What is in doubt is not remembered; by the row as it is now. */
function whenSure<T = string>(column: keyof BoardTable, value: RawBuilder<unknown>): RawBuilder<T> {
  const own = sql.ref(`board.${column}`);
  return sql<T>`case when board.vanish_since is null and board.unknown_since is null then ${value} else ${own} end`;
}

function paceOf(row: MemoryRow, source: SourceName): BoardMemory['pace'] {
  // A search is never read to its end; what it changed is counted from one read to the next.
  const isBoard = sourceInfo(source).kind === 'board';
  const since = isBoard ? row.last_complete_at : row.failures === 0 ? row.last_read_at : null;
  return {
    changes: row.changes_seen,
    overS: row.changes_over_s,
    failures: row.failures,
    absences: row.absences,
    hintS: row.hint_s,
    intervalS: row.interval_s,
    lastCompleteAt: timeOf(since),
  };
}

function timeOf(value: Date | string | null): Date | null {
  return value === null ? null : toDate(value);
}

/** What an older release did not write, or wrote otherwise, is as good as nothing. */
function keptOf(value: unknown): (RepeatedCounts & { readonly address: string | null }) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { found, kept, rejected, rejectedReasons = {}, address = null } = value as Record<string, unknown>;
  const whole = (n: unknown): n is number => Number.isSafeInteger(n);
  if (!whole(found) || !whole(kept) || !whole(rejected) || found !== kept + rejected) return undefined;
  const isText = address === null || typeof address === 'string';
  if (typeof rejectedReasons !== 'object' || rejectedReasons === null || !isText) return undefined;
  return { found, kept, rejected, rejectedReasons: rejectedReasons as Record<string, number>, address };
}
