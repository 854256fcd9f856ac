/** A scan as people and programs see it: the row, and what its units' rows add up to. */
import { type RawBuilder, sql } from 'kysely';
import { sqlClock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { ScanState, ScanTable, UnitState } from '../tables/scan.ts';
import { outcomeOf } from './finish.ts';
import { type Part, type ScanCounts, sumsOf } from './sums.ts';
import { toDate } from './time.ts';
import { readWaits, type WaitView, waitKey } from './wait-views.ts';

export interface SourceResult extends ScanCounts {
  readonly source: string;
  /** As for a scan, made of this source's units alone; `waiting_for_key` and `out_of_quota` when that holds for all of them. */
  readonly state: UnitState;
  readonly units: number;
  readonly done: number;
  /** Units that failed or stayed partial; boards that rest and are still not there are none. */
  readonly errors: number;
  /** Of the last unit that failed or stayed partial; `error` also of one for which no request was left. */
  readonly errorType: string | null;
  readonly error: string | null;
  /** From the first unit's start to the last one's end, or until now. */
  readonly seconds: number;
  /** What its open units wait for; empty when none does. */
  readonly waits: readonly WaitView[];
}

export interface ScanView extends ScanCounts {
  readonly id: string;
  readonly trigger: ScanTable['trigger'];
  readonly requestedBy: string | null;
  readonly state: ScanState;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly cancelRequestedAt: Date | null;
  readonly sources: readonly string[];
  /** Why it is not a success; null when it is, or is not over. */
  readonly reason: string | null;
  readonly units: {
    readonly total: number;
    readonly done: number;
    readonly success: number;
    readonly partial: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly waitingForKey: number;
    readonly outOfQuota: number;
  };
  readonly sourceResults: readonly SourceResult[];
}

/** @returns undefined when there is no scan with this id, or the id is not one */
export async function readScan(db: Pick<Database, 'sql' | 'clock'>, id: string): Promise<ScanView | undefined> {
  if (!isUuid(id)) return undefined;
  return (await readScans(db, sql`where id = ${id}`))[0];
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** For `readScan` and `listScans`: the scans of one page, each with the sums of its units, in one statement. */
export async function readScans(db: Pick<Database, 'sql' | 'clock'>, which: RawBuilder<unknown>): Promise<ScanView[]> {
  const open = sumsOf(sql`scan_id in (select id from page where parts is null)`, sqlClock(db));
  const { rows } = await sql<Row>`
    with page as (select * from scan ${which}), by_source as (${open})
    select page.*, coalesce(page.parts,
      (select jsonb_agg(to_jsonb(b) - 'scan_id' order by b.source) from by_source b where b.scan_id = page.id), '[]') as sums
    from page order by requested_at desc, id desc`.execute(db.sql);
  const waits = await readWaits(
    db,
    rows.filter((row) => row.finished_at === null).map((row) => row.id),
  );
  return rows.map((row) => toView(row, waits));
}

interface Row {
  readonly id: string;
  readonly trigger: ScanTable['trigger'];
  readonly requested_by: string | null;
  readonly sources: string[];
  readonly state: ScanState;
  readonly requested_at: Date | string;
  readonly started_at: Date | string | null;
  readonly finished_at: Date | string | null;
  readonly cancel_requested_at: Date | string | null;
  readonly reason: string | null;
  readonly sums: Part[] | string;
}

const COUNTS = ['requests', 'found', 'kept', 'rejected', 'new', 'changed', 'unchanged', 'closed'] as const;
const UNIT_COUNTS = ['done', 'success', 'partial', 'failed', 'cancelled', 'waitingForKey', 'outOfQuota'] as const;

function toView(row: Row, waits: Awaited<ReturnType<typeof readWaits>>): ScanView {
  const parts: Part[] = typeof row.sums === 'string' ? JSON.parse(row.sums) : row.sums;
  const sum = (key: (typeof COUNTS)[number] | (typeof UNIT_COUNTS)[number] | 'units') =>
    parts.reduce((total, part) => total + (part[key] ?? 0), 0);
  const sums = <K extends (typeof COUNTS)[number] | (typeof UNIT_COUNTS)[number]>(keys: readonly K[]) =>
    Object.fromEntries(keys.map((key) => [key, sum(key)])) as Record<K, number>;
  const time = (value: Date | string | null) => (value === null ? null : toDate(value));
  return {
    id: row.id,
    trigger: row.trigger,
    requestedBy: row.requested_by,
    state: row.state,
    requestedAt: toDate(row.requested_at),
    startedAt: time(row.started_at),
    finishedAt: time(row.finished_at),
    cancelRequestedAt: time(row.cancel_requested_at),
    sources: row.sources,
    reason: row.reason,
    units: { total: sum('units'), ...sums(UNIT_COUNTS) },
    ...sums(COUNTS),
    sourceResults: parts.map((part) => toResult(part, waits.get(waitKey(row.id, part.source)) ?? [])),
  };
}

function toResult(part: Part, waits: readonly WaitView[]): SourceResult {
  const { source, units, done, errorType, error, seconds } = part;
  const counts = Object.fromEntries(COUNTS.map((key) => [key, part[key]])) as unknown as ScanCounts;
  const errors = part.failed - part.resting + part.partial;
  return { source, state: stateOf(part), units, done, ...counts, errors, errorType, error, seconds, waits };
}

function stateOf(part: Part): UnitState {
  if (part.done < part.units) return part.started > 0 ? 'running' : 'queued';
  if (part.waitingForKey === part.units) return 'waiting_for_key';
  if (part.outOfQuota === part.units) return 'out_of_quota';
  if (part.cancelled > 0) return 'cancelled';
  if (part.success + part.resting + part.waitingForKey === part.units) return 'success';
  return outcomeOf([part]) === 'failed' ? 'failed' : 'partial';
}
