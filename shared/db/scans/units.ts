/** The life of a unit's row: found, taken, given back, ended. Every change is one short transaction. */
import { type RawBuilder, sql } from 'kysely';
import type { ScanErrorType } from '../../errors.ts';
import { gatherFor } from '../../gather.ts';
import type { SourceName } from '../../sources.ts';
import { sqlClock, sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { preparedRows } from '../prepared.ts';
import type { ReadHistory } from '../source-health/read-history.ts';
import type { ScanState } from '../tables/scan.ts';
import {
  type BoardMemory,
  type Checked,
  type KnownPace,
  keylessValues,
  type LastRead,
  MEMORY,
  memoryOf,
  memoryValues,
  notAskedValues,
  type RepeatedCounts,
} from './board-memory.ts';
import { handedOver } from './hand-over.ts';
import { isUuid } from './read.ts';
import type { ScanCounts } from './sums.ts';
import { toDate } from './time.ts';

/** An open unit and the board that it reads. */
export interface OpenUnit {
  readonly unitId: string;
  readonly scanId: string;
  readonly boardId: number;
  readonly source: SourceName;
  readonly token: string;
  readonly region: string;
  readonly company: string | null;
  /** Of its scan, a moment ago. */
  readonly scanState: ScanState;
  /** How the last read of this board failed or was cut short; null when it did not. */
  readonly lastError: string | null;
  /** Set when postings that an earlier read missed wait for this one to decide. */
  readonly vanishSince: Date | string | null;
  /** An operator holds its source back. */
  readonly isHeld: boolean;
  /** Set while postings of this board are called unknown. */
  readonly unknownSince: Date | string | null;
  /** What this board did in health; `historyOf` reads it. */
  readonly readHistory: unknown;
  /** Set while its last read was in doubt. */
  readonly suspectSince: Date | string | null;
  /** Many boards of this source list less than in health. */
  readonly sourceInDoubt: boolean;
  /** For how long it waits for its source already; null when it was not asked to. */
  readonly waitedMs: number | null;
}

export interface TakenUnit {
  /** This attempt's number, from 1. */
  readonly attempts: number;
  /** When the first attempt began, by the database's clock. */
  readonly startedAt: Date;
  /** The database's clock at this moment. */
  readonly takenAt: Date;
  readonly cancelRequested: boolean;
  /** What earlier attempts asked the source; this one goes on counting from there. */
  readonly requests: number;
}

/** A unit that was taken, and what is remembered of its board. */
export interface TakenBoard extends TakenUnit {
  readonly memory: BoardMemory;
}

/** Counts as columns of the unit's row; the last two are JSON. */
export interface CountColumns extends ScanCounts {
  readonly rejected_reasons: string;
  readonly invalid_samples: string;
}

export interface UnitEnd {
  /** `out_of_quota`: not asked, because no request is left for longer than a scan waits. */
  readonly state: 'success' | 'partial' | 'failed' | 'cancelled' | 'waiting_for_key' | 'out_of_quota';
  /** True when everything that the board has was read. */
  readonly complete?: boolean;
  readonly errorType?: ScanErrorType;
  /** One sentence for people. */
  readonly error?: string;
  /**
   * The read looks like a success and is in doubt: it closes nothing. `may repeat`: what it misses may be remembered, and a
   * second read that misses it again decides; `worthless`: nothing at all follows from it.
   */
  readonly suspect?: 'may repeat' | 'worthless';
  /** Of a read that was judged: what is now remembered of the board, and what the read listed. */
  readonly history?: ReadHistory;
  readonly listed?: { readonly found: number; readonly broken: number };
  /** The source may not be asked now, for reasons that are not the board's: it is as it was, and due again then (null: unknown). */
  readonly notAsked?: { readonly againInMs: number | null };
  /** What was learnt of the board's pace, when the source was asked at all. */
  readonly checked?: Checked;
  /** By what the same answers are known again, after a complete read that stored what it found. */
  readonly remember?: LastRead;
  /** What the unit counted, where its row does not say so yet. */
  readonly counts?: CountColumns;
  /** The source answered the same as before: the unit's counts are those of the last read. */
  readonly repeated?: {
    readonly counts: RepeatedCounts;
    readonly requests: number;
    readonly validators: { readonly etag: string | null; readonly lastModified: string | null } | undefined;
  };
}

/** Units that are looked up in one statement. */
const FIND_MAX = 100;

const FIND = `select u.id as "unitId", u.scan_id as "scanId", u.board_id as "boardId", b.source, b.token, b.region, b.company,
    b.last_error as "lastError", s.state as "scanState", b.vanish_since as "vanishSince", b.unknown_since as "unknownSince",
    b.read_history as "readHistory", b.suspect_since as "suspectSince", coalesce(t.in_doubt, false) as "sourceInDoubt",
    exists (select 1 from hold h where h.target in (b.source, '*')) as "isHeld",
    (extract(epoch from coalesce($2::timestamptz, clock_timestamp()) - u.waits_since) * 1000)::float8 as "waitedMs"
  from scan_unit u join board b on b.id = u.board_id join scan s on s.id = u.scan_id
    left join source_state t on t.source = b.source
  where u.id = any($1::uuid[]) and u.state in ('queued', 'running')`;

/** @returns undefined when the unit has ended, or never was */
export const findOpenUnit: (db: Database, unitId: string) => Promise<OpenUnit | undefined> = gatherFor(
  async (db: Database, unitIds: readonly string[]) => {
    const values = [unitIds.filter(isUuid), db.clock?.() ?? null];
    const { rows } = await db.pool.query<OpenUnit>({ name: 'unit-find', text: FIND, values });
    return new Map(rows.map((row) => [row.unitId, row]));
  },
  FIND_MAX,
);

/** Begins an attempt; the scan begins with its first unit. Call it under the board's lock. */
export async function takeUnit(db: Database, unit: OpenUnit): Promise<TakenBoard | undefined> {
  const now = sqlNow(db);
  if (unit.scanState === 'queued') {
    // By itself, so that nobody ever holds a unit's row while waiting for its scan's: a cancel takes them the other way round.
    await db.sql
      .updateTable('scan')
      .set({ state: 'running', started_at: sql`coalesce(started_at, ${now})` })
      .where('id', '=', unit.scanId)
      .where('state', '=', 'queued')
      .execute();
  }
  const taking = db.sql
    .updateTable('scan_unit')
    .from(['scan', 'board'])
    .whereRef('scan.id', '=', 'scan_unit.scan_id')
    .whereRef('board.id', '=', 'scan_unit.board_id')
    .where('scan_unit.id', '=', unit.unitId)
    .where('scan_unit.state', 'in', ['queued', 'running'])
    .set((eb) => ({
      state: 'running',
      attempts: eb('scan_unit.attempts', '+', 1),
      started_at: sql`coalesce(scan_unit.started_at, ${now})`,
    }))
    .returning(['attempts', 'requests', 'scan_unit.started_at', 'scan.cancel_requested_at'])
    .returning(now.as('taken_at'))
    .returning(MEMORY);
  const [row] = await preparedRows(db, taking);
  if (row === undefined) return undefined;
  const takenAt = toDate(row.taken_at);
  return {
    attempts: row.attempts,
    startedAt: row.started_at === null ? takenAt : toDate(row.started_at),
    takenAt,
    cancelRequested: row.cancel_requested_at !== null,
    requests: row.requests,
    memory: memoryOf(row, unit.source),
  };
}

/** Takes the attempt back: the process ends on purpose, and that is not the unit's fault. */
export async function giveBackUnit(db: Database, unit: OpenUnit): Promise<void> {
  await db.sql
    .updateTable('scan_unit')
    .set((eb) => ({ attempts: eb.fn('greatest', [eb('attempts', '-', 1), eb.lit(0)]) }))
    .where('id', '=', unit.unitId)
    .where('state', '=', 'running')
    .execute();
}

/**
 * @param known of the board by whoever took the unit and still holds the board's lock; without it the row is read first
 * @returns false when the unit had ended already; nothing was written then
 */
export async function endUnit(db: Database, unit: OpenUnit, end: UnitEnd, known?: KnownPace): Promise<boolean> {
  // The words may come from a hostile server: PostgreSQL's text holds no NUL.
  const error = end.error?.replaceAll('\0', '\ufffd').slice(0, ERROR_LENGTH_MAX) ?? null;
  const ofUnit = {
    state: end.state,
    absent: end.state === 'failed' && end.checked?.absent === true,
    finished_at: sqlClock(db),
    error_type: end.errorType ?? null,
    error,
    ...(end.counts !== undefined && withJson(end.counts)),
    ...(end.repeated !== undefined && repeatedCounts(end.repeated)),
  };
  const ofBoard = await boardValues(db, unit, end, error, known);
  // One statement: the unit and its board change together or not at all.
  const ending = db.sql
    .with('ended', (unitOf) =>
      unitOf
        .updateTable('scan_unit')
        .set(ofUnit)
        .where('id', '=', unit.unitId)
        .where('state', 'in', ['queued', 'running'])
        .returning('board_id'),
    )
    .updateTable('board')
    .from('ended')
    .whereRef('board.id', '=', 'ended.board_id')
    .set(ofBoard)
    .returning('board.id');
  return (await preparedRows(db, ending)).length > 0;
}

/** What the end of a unit changes of its board. */
async function boardValues(db: Database, unit: OpenUnit, end: UnitEnd, error: string | null, known?: KnownPace) {
  if (end.state === 'cancelled') return { next_check_at: sql<string>`board.next_check_at` };
  if (end.state === 'waiting_for_key') return keylessValues(db);
  // A spent budget says nothing of the board.
  if (end.state === 'out_of_quota') return notAskedValues(db, end.notAsked?.againInMs ?? null);
  if (end.notAsked !== undefined) return { ...notAskedValues(db, end.notAsked.againInMs), last_error: error };
  return {
    last_read_at: sqlNow(db),
    ...(end.complete === true && end.suspect === undefined && { last_complete_at: sqlNow(db) }),
    ...(await memoryValues(db, unit, end, known)),
    ...healthOf(end, sqlNow(db)),
    failures: end.state === 'failed' ? sql<number>`board.failures + 1` : 0,
    last_error: error,
  };
}

export async function isCancelRequested(db: Database, scanId: string): Promise<boolean> {
  return (await cancelRequested(db, scanId)) === true;
}

/** Units of one scan end together: many of them ask the same at the same moment. */
const cancelRequested = gatherFor(async (db: Database, scanIds: readonly string[]) => {
  const { rows } = await db.pool.query<{ id: string; isRequested: boolean }>({
    name: 'scan-cancel-requested',
    text: 'select id, cancel_requested_at is not null as "isRequested" from scan where id = any($1::uuid[])',
    values: [scanIds],
  });
  return new Map(rows.map(({ id, isRequested }) => [id, isRequested]));
}, FIND_MAX);

/** What the leading scheduler looks after: units whose tasks the queue should have, and scans that nobody ended. */
export async function openWork(db: Database): Promise<{ unitIds: string[]; scansToEnd: string[] }> {
  const scans = await db.sql
    .selectFrom('scan')
    .where('state', 'in', ['queued', 'running'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('scan_unit')
            .whereRef('scan_id', '=', 'scan.id')
            .where('scan_unit.state', 'in', ['queued', 'running'])
            .select('scan_unit.id'),
        ),
      ),
    )
    .select('id')
    .execute();
  return { unitIds: await handedOver(db), scansToEnd: scans.map((scan) => scan.id) };
}

/**
 * A read that failed or was cut short says nothing of health: what was in doubt before it still is. One that was not judged,
 * because its answers are the same as in health, is as healthy as they were.
 */
function healthOf({ suspect, history, listed, state, repeated }: UnitEnd, now: RawBuilder<string>) {
  if (repeated !== undefined) return { last_healthy_at: now };
  const read_history = history === undefined ? {} : { read_history: JSON.stringify(history) };
  if (suspect !== undefined)
    return { ...read_history, suspect_since: sql<string>`coalesce(board.suspect_since, ${now})` };
  const isHealthy = state === 'success';
  if (history === undefined && !isHealthy) return {};
  const counts = listed === undefined ? {} : { last_found: listed.found, last_broken: listed.broken };
  return { ...read_history, ...counts, suspect_since: null, ...(isHealthy && { last_healthy_at: now }) };
}

function withJson({ rejected_reasons, invalid_samples, ...numbers }: CountColumns) {
  return {
    ...numbers,
    rejected_reasons: sql<Record<string, number>>`${rejected_reasons}::jsonb`,
    invalid_samples: sql<unknown[]>`${invalid_samples}::jsonb`,
  };
}

function repeatedCounts({ counts, requests }: NonNullable<UnitEnd['repeated']>) {
  const { found, kept, rejected, rejectedReasons } = counts;
  const none = { new: 0, changed: 0, closed: 0 };
  return {
    ...none,
    requests,
    found,
    kept,
    rejected,
    unchanged: kept,
    rejected_reasons: { ...rejectedReasons },
  };
}

const ERROR_LENGTH_MAX = 1000;
