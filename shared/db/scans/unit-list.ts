/** The units of one scan for people, a page at a time: how each stands, why, and when its board is tried next. */
import { sql } from 'kysely';
import type { ScanErrorType } from '../../errors.ts';
import { isSourceName, type SourceName } from '../../sources.ts';
import { NEXT_CHECK, type NextCheckRow, nextCheck } from '../board-list.ts';
import type { Database } from '../database.ts';
import type { UnitState } from '../tables/scan.ts';
import { isUuid } from './read.ts';
import type { ScanCounts } from './sums.ts';
import { toDateOrNull } from './time.ts';
import type { WaitWord } from './waits.ts';

export interface UnitView extends ScanCounts {
  readonly id: string;
  readonly source: SourceName;
  readonly boardId: number;
  /** `*` for a source without boards. */
  readonly board: string;
  readonly region: string;
  readonly company: string | null;
  readonly state: UnitState;
  readonly attempts: number;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly errorType: string | null;
  readonly error: string | null;
  /** Why postings were left out, with their numbers. */
  readonly rejectedReasons: Readonly<Record<string, number>>;
  /** Set while it waits for its source, or for an operator. */
  readonly wait: { readonly why: WaitWord; readonly says: string; readonly since: Date | null } | null;
  /** Of an open unit when it comes again, of an ended one when its board is read again; null: see `nextTryWhy`. */
  readonly nextTryAt: Date | null;
  readonly nextTryWhy: string;
}

export interface UnitQuery {
  readonly scanId: string;
  readonly state?: readonly UnitState[] | undefined;
  readonly cause?: readonly ScanErrorType[] | undefined;
  readonly source?: readonly SourceName[] | undefined;
  /** Board of the last unit of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface UnitPage {
  readonly units: readonly UnitView[];
  /** Give it back as `after`; undefined on the last page. */
  readonly next: number | undefined;
}

const PAGE_MAX = 100;

/** In the order of their boards, each of which has one unit in a scan; `scan_unit (scan_id, board_id)` is walked from there. */
export async function listUnits(db: Pick<Database, 'sql'>, query: UnitQuery): Promise<UnitPage> {
  if (!isUuid(query.scanId)) return { units: [], next: undefined };
  const limit = Math.min(Math.max(1, query.limit), PAGE_MAX);
  const conditions = [
    sql`u.scan_id = ${query.scanId}`,
    sql`u.board_id > ${query.after ?? 0}::integer`,
    ...(query.state === undefined ? [] : [sql`u.state = any(${query.state}::text[])`]),
    ...(query.cause === undefined ? [] : [sql`u.error_type = any(${query.cause}::text[])`]),
    ...(query.source === undefined ? [] : [sql`u.source = any(${query.source}::text[])`]),
  ];
  const { rows } = await sql<Row>`
    select u.id, u.source, u.board_id, b.token, b.region, b.company, u.state, u.attempts, u.requests, u.found, u.kept, u.rejected,
      u.new, u.changed, u.unchanged, u.closed, u.rejected_reasons, u.error_type, u.error, u.started_at, u.finished_at,
      u.waits_why, u.waits_for, u.waits_since, u.waits_until, ${sql.join(NEXT_CHECK.map((column) => sql.ref(`b.${column}`)))}
    from scan_unit u join board b on b.id = u.board_id
    where ${sql.join(conditions, sql` and `)} order by u.board_id limit ${limit + 1}`.execute(db.sql);
  const page = rows.slice(0, limit);
  return {
    units: page.flatMap((row) => (isSourceName(row.source) ? [toView(row, row.source)] : [])),
    next: rows.length > limit ? page.at(-1)?.board_id : undefined,
  };
}

interface Row extends NextCheckRow, ScanCounts {
  readonly id: string;
  readonly source: string;
  readonly board_id: number;
  readonly token: string;
  readonly region: string;
  readonly company: string | null;
  readonly state: UnitState;
  readonly attempts: number;
  readonly rejected_reasons: Readonly<Record<string, number>>;
  readonly error_type: string | null;
  readonly error: string | null;
  readonly started_at: Date | string | null;
  readonly finished_at: Date | string | null;
  readonly waits_why: WaitWord | null;
  readonly waits_for: string | null;
  readonly waits_since: Date | string | null;
  readonly waits_until: Date | string | null;
}

function toView(row: Row, source: SourceName): UnitView {
  const { id, region, company, state, attempts, error } = row;
  const { requests, found, kept, rejected, changed, unchanged, closed } = row;
  const isParked = state === 'queued' && row.waits_why !== null;
  const wait = isParked
    ? { why: row.waits_why, says: row.waits_for ?? row.waits_why, since: toDateOrNull(row.waits_since) }
    : null;
  return {
    ...{ id, source, boardId: row.board_id, board: row.token, region, company, state, attempts },
    startedAt: toDateOrNull(row.started_at),
    finishedAt: toDateOrNull(row.finished_at),
    ...{ requests, found, kept, rejected, new: row.new, changed, unchanged, closed },
    rejectedReasons: row.rejected_reasons,
    errorType: row.error_type,
    error,
    wait,
    ...nextTry(row, source, wait),
  };
}

function nextTry(row: Row, source: SourceName, wait: UnitView['wait']): Pick<UnitView, 'nextTryAt' | 'nextTryWhy'> {
  if (row.state === 'running') return { nextTryAt: null, nextTryWhy: 'a worker reads it now' };
  if (wait !== null) return { nextTryAt: toDateOrNull(row.waits_until), nextTryWhy: wait.says };
  if (row.state === 'queued') return { nextTryAt: null, nextTryWhy: 'as soon as a worker is free' };
  const { nextCheckAt, nextCheckWhy } = nextCheck(row, source);
  return { nextTryAt: nextCheckAt, nextTryWhy: row.enabled ? (whyEnded(row) ?? nextCheckWhy) : nextCheckWhy };
}

/** What ended without a request is due when it may be asked, whatever its board's pace is. */
function whyEnded({ state, error }: Row): string | undefined {
  if (state === 'waiting_for_key') return 'its source has no key; whether it has one is looked at every hour';
  return state === 'out_of_quota' ? (error ?? 'its source has no request left') : undefined;
}
