/** How a scan ends: computed from its units' rows, by exactly one of all processes that ask. */
import { sql, type Transaction } from 'kysely';
import type { ScanErrorType } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { countScan, type ScanOutcome } from '../../metrics/scan.ts';
import { countSourceScan } from '../../metrics/source.ts';
import type { SourceName } from '../../sources.ts';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';
import { toDate } from './time.ts';

interface UnitRow {
  readonly source: string;
  readonly token: string;
  readonly state: string;
  readonly error: string | null;
  readonly error_type: string | null;
  readonly found: number;
}

/**
 * Ends the scan when none of its units is open any more.
 * @returns how it ended, to the one caller whose commit ended it; undefined to everybody else
 */
export async function finishScanIfDone(db: Database, scanId: string, log?: Log): Promise<ScanOutcome | undefined> {
  const ended = await db.sql.transaction().execute(async (tx) => {
    // The lock comes before the count: whoever comes last then sees every unit's end.
    const scan = await tx
      .selectFrom('scan')
      .where('id', '=', scanId)
      .where('state', 'in', ['queued', 'running'])
      .select(['sources', 'cancel_requested_at', 'started_at', 'requested_at'])
      .forUpdate()
      .executeTakeFirst();
    if (scan === undefined) return undefined;
    const units = await readUnits(tx, scanId);
    if (units.some((unit) => unit.state === 'queued' || unit.state === 'running')) return undefined;
    const state = scan.cancel_requested_at === null ? outcomeOf(units) : 'cancelled';
    const reason = reasonOf(state, units, scan.sources);
    const { finished_at } = await tx
      .updateTable('scan')
      .set({ state, finished_at: sql`clock_timestamp()`, reason })
      .where('id', '=', scanId)
      .returning('finished_at')
      .executeTakeFirstOrThrow();
    await writeSourceStates(tx, units);
    return { state, reason, units, seconds: secondsBetween(scan.started_at ?? scan.requested_at, finished_at) };
  });
  if (ended === undefined) return undefined;
  countScan(ended.state, ended.seconds);
  for (const [source, outcome] of sourceOutcomes(ended.units)) countSourceScan(source, outcome);
  const { state, reason, seconds } = ended;
  log?.[state === 'failed' ? 'warn' : 'info']({ scanId, state, reason, seconds }, 'scan ended');
  return state;
}

function readUnits(tx: Transaction<Tables>, scanId: string): Promise<UnitRow[]> {
  return tx
    .selectFrom('scan_unit')
    .innerJoin('board', 'board.id', 'scan_unit.board_id')
    .where('scan_unit.scan_id', '=', scanId)
    .orderBy('scan_unit.finished_at')
    .select(['scan_unit.source', 'board.token', 'scan_unit.state', 'scan_unit.error', 'scan_unit.error_type', 'found'])
    .execute();
}

/** A unit that waits for a key does not count against the scan, unless nothing else is left. */
export function outcomeOf(units: readonly { readonly state: string }[]): ScanOutcome {
  const readable = units.filter((unit) => unit.state !== 'waiting_for_key');
  const count = (state: string) => readable.filter((unit) => unit.state === state).length;
  if (readable.length > 0 && count('success') === readable.length) return 'success';
  return count('success') + count('partial') > 0 ? 'partial' : 'failed';
}

/** By the same rule as `last_success_at`: a source answered when one of its boards was read. Whose units all waited is left out. */
export function sourceOutcomes(
  units: readonly { readonly source: string; readonly state: string }[],
): Map<SourceName, 'success' | 'failed'> {
  const outcomes = new Map<SourceName, 'success' | 'failed'>();
  for (const { source, state } of units) {
    if (state === 'success' || state === 'partial') outcomes.set(source as SourceName, 'success');
    else if (state === 'failed' && !outcomes.has(source as SourceName)) outcomes.set(source as SourceName, 'failed');
  }
  return outcomes;
}

/** One sentence for people: the first failure by name, the others as a number. */
function reasonOf(state: ScanOutcome, units: readonly UnitRow[], sources: readonly string[]): string | null {
  if (state === 'success') return null;
  if (units.length === 0) return `There is no enabled board of ${sources.join(', ')} to read.`;
  if (units.every((unit) => unit.state === 'waiting_for_key')) {
    const names = [...new Set(units.map((unit) => unit.source))];
    return `${names.join(', ')} ${names.length === 1 ? 'waits' : 'wait'} for a key, and there was nothing else to read.`;
  }
  const bad = units.filter((unit) => unit.state === 'failed' || unit.state === 'partial');
  if (state === 'cancelled') {
    const cancelled = units.filter((unit) => unit.state === 'cancelled').length;
    return `Cancelled with ${cancelled} of ${units.length} units not read to their end.`;
  }
  const [first] = bad;
  if (first === undefined) return null;
  const name = first.token === '*' ? first.source : `${first.source}/${first.token}`;
  return `${name}: ${first.error ?? first.state}${bad.length > 1 ? `; ${bad.length - 1} more` : ''}`;
}

/** What the sources' page and the doctor tell of each source: one row a source, written once a scan. */
async function writeSourceStates(tx: Transaction<Tables>, units: readonly UnitRow[]): Promise<void> {
  for (const source of [...new Set(units.map((unit) => unit.source))].sort()) {
    const own = units.filter((unit) => unit.source === source);
    const read = own.filter((unit) => unit.state === 'success' || unit.state === 'partial');
    const bad = own.filter((unit) => unit.state === 'failed' || unit.state === 'partial').at(-1);
    if (read.length === 0 && bad === undefined) continue;
    const values = {
      ...(read.length > 0 && {
        last_success_at: sql<string>`now()`,
        last_found: read.reduce((total, unit) => total + unit.found, 0),
      }),
      ...(bad !== undefined && {
        last_error_type: bad.error_type as ScanErrorType | null,
        last_error: bad.error,
        last_error_at: sql<string>`now()`,
      }),
    };
    await tx
      .insertInto('source_state')
      .values({ source, ...values } as never)
      .onConflict((conflict) => conflict.column('source').doUpdateSet(values as never))
      .execute();
  }
}

function secondsBetween(from: Date | string, to: Date | string | null): number {
  return to === null ? 0 : Math.max(0, (toDate(to).getTime() - toDate(from).getTime()) / 1000);
}
