/** Boards for people: a page of them at a time, each with its last complete check, its next one and why. */
import { type RawBuilder, sql } from 'kysely';
import { whyNextCheck } from '../board-interval.ts';
import { boardPage } from '../boards/board-page.ts';
import { shortText } from '../boards/refusal.ts';
import { isSourceName, SOURCE_NAMES, type SourceName, sourceInfo } from '../sources.ts';
import type { Database } from './database.ts';
import { toDate, toDateOrNull } from './scans/time.ts';
import { type BoardState, boardState } from './source-health/board-state.ts';

/**
 * - `enabled`, `disabled`: scans read it, or do not.
 * - `failing`: read, and its last reads failed or found no such board.
 * - `suspect`: read, and what its last read said is not believed.
 * - `unread`: read, and never read to its end yet.
 */
export const BOARD_FILTERS = ['enabled', 'disabled', 'failing', 'suspect', 'unread'] as const;
export type BoardFilter = (typeof BOARD_FILTERS)[number];

export interface BoardView {
  readonly id: number;
  readonly source: SourceName;
  readonly token: string;
  readonly region: string;
  readonly company: string | null;
  readonly page: string | null;
  readonly enabled: boolean;
  readonly state: BoardState;
  /** Why it is in this state. */
  readonly sentence: string;
  /** Null for the list that an installation starts with. */
  readonly addedBy: string | null;
  readonly addedAt: Date;
  readonly evidence: string | null;
  readonly lastReadAt: Date | null;
  readonly lastCompleteAt: Date | null;
  /** Reads in a row that failed. */
  readonly failures: number;
  readonly lastError: string | null;
  readonly intervalSeconds: number | null;
  /** Null: as soon as possible, or never while it is disabled. */
  readonly nextCheckAt: Date | null;
  readonly nextCheckWhy: string;
}

export interface BoardQuery {
  readonly source?: readonly SourceName[] | undefined;
  readonly state?: BoardFilter | undefined;
  /** Id of the last board of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface BoardPage {
  readonly boards: readonly BoardView[];
  /** Give it back as `after`; undefined on the last page. */
  readonly next: number | undefined;
}

const PAGE_MAX = 100;
/** Sources without boards have one row each, which is no board to people. */
const WITH_BOARDS = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');

export async function listBoards(db: Pick<Database, 'sql'>, query: BoardQuery): Promise<BoardPage> {
  const limit = Math.min(Math.max(1, query.limit), PAGE_MAX);
  const sources = query.source === undefined ? WITH_BOARDS : WITH_BOARDS.filter((name) => query.source?.includes(name));
  const conditions = [
    sql`source = any(${sources}::text[])`,
    ...(query.state === undefined ? [] : [FILTERS[query.state]]),
    ...(query.after === undefined ? [] : [sql`id > ${query.after}::integer`]),
  ];
  const rows = await read(db, sql`${sql.join(conditions, sql` and `)} order by id limit ${limit + 1}`);
  const boards = rows.slice(0, limit);
  return { boards, next: rows.length > limit ? boards.at(-1)?.id : undefined };
}

/** @returns undefined for an id that no board has */
export async function readBoard(db: Pick<Database, 'sql'>, id: number): Promise<BoardView | undefined> {
  const [board] = await read(db, sql`source = any(${WITH_BOARDS}::text[]) and id = ${id}::integer`);
  return board;
}

const FILTERS: Readonly<Record<BoardFilter, RawBuilder<unknown>>> = {
  enabled: sql`enabled`,
  disabled: sql`not enabled`,
  failing: sql`enabled and (failures > 0 or absences > 0)`,
  suspect: sql`enabled and suspect_since is not null`,
  unread: sql`enabled and last_complete_at is null`,
};

/** Columns of a board's row that say when it is read next, and why then. */
export const NEXT_CHECK = [
  'enabled',
  'last_complete_at',
  'failures',
  'interval_s',
  'next_check_at',
  'changes_seen',
  'changes_over_s',
  'absences',
  'hint_s',
] as const;

export interface NextCheckRow {
  readonly enabled: boolean;
  readonly last_complete_at: Date | string | null;
  readonly failures: number;
  readonly interval_s: number | null;
  readonly next_check_at: Date | string | null;
  readonly changes_seen: number;
  readonly changes_over_s: number;
  readonly absences: number;
  readonly hint_s: number | null;
}

interface Row extends NextCheckRow {
  readonly id: number;
  readonly source: string;
  readonly token: string;
  readonly region: string;
  readonly company: string | null;
  readonly added_by: string | null;
  readonly created_at: Date | string;
  readonly evidence: string | null;
  readonly last_read_at: Date | string | null;
  readonly last_error: string | null;
  readonly suspect_since: Date | string | null;
}

/** When a board is read next (null: as soon as possible, or never), and why then. */
export function nextCheck(row: NextCheckRow, source: SourceName): Pick<BoardView, 'nextCheckAt' | 'nextCheckWhy'> {
  const { enabled, failures, absences, interval_s: intervalS } = row;
  const pace = { changes: row.changes_seen, overS: row.changes_over_s, absences, hintS: row.hint_s };
  const lastCompleteAt = toDateOrNull(row.last_complete_at);
  return {
    nextCheckAt: enabled ? toDateOrNull(row.next_check_at) : null,
    nextCheckWhy: whyNextCheck(
      { ...pace, failures, lastCompleteAt, intervalS, enabled },
      sourceInfo(source).minIntervalS ?? 0,
    ),
  };
}

async function read(db: Pick<Database, 'sql'>, which: RawBuilder<unknown>): Promise<BoardView[]> {
  const { rows } = await sql<Row>`
    select id, source, token, region, company, added_by, created_at, evidence, last_read_at, last_error, suspect_since,
      ${sql.join(NEXT_CHECK.map((column) => sql.ref(column)))}
    from board where ${which}`.execute(db.sql);
  return rows.flatMap((row) => (isSourceName(row.source) ? [toView(row, row.source)] : []));
}

function toView(row: Row, source: SourceName): BoardView {
  const { id, token, region, company, enabled, failures } = row;
  const lastReadAt = toDateOrNull(row.last_read_at);
  const lastError = row.last_error === null ? null : shortText(row.last_error, 500);
  return {
    id,
    source,
    token,
    region,
    company,
    page: boardPage({ source, token, region }),
    enabled,
    ...boardState({ enabled, failures, lastReadAt, suspectSince: toDateOrNull(row.suspect_since), lastError }),
    addedBy: row.added_by,
    addedAt: toDate(row.created_at),
    evidence: row.evidence,
    lastReadAt,
    lastCompleteAt: toDateOrNull(row.last_complete_at),
    failures,
    lastError,
    intervalSeconds: row.interval_s,
    ...nextCheck(row, source),
  };
}
