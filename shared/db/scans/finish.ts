/** How a scan ends: computed from its units' rows, by exactly one of all processes that ask. */
import { sql, type Transaction } from 'kysely';
import { gatherFor } from '../../gather.ts';
import type { Log } from '../../log.ts';
import { countScan, type ScanOutcome } from '../../metrics/scan.ts';
import { countSourceScan } from '../../metrics/source.ts';
import { isSourceName, type SourceName } from '../../sources.ts';
import { sqlClock, sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { judgeAfterScan } from '../source-health/judge-sources.ts';
import type { Tables } from '../tables.ts';
import { type Part, sumsOf } from './sums.ts';
import { toDate } from './time.ts';

/** Scans that are looked at together. */
const SCANS_MAX = 4;

/**
 * Ends the scan when none of its units is open any more. Called at the end of every unit, so what it does then is one look into an
 * index of open units; the sums are made once.
 * @returns how it ended, to the one caller whose commit ended it; undefined to everybody else
 */
export async function finishScanIfDone(db: Database, scanId: string, log?: Log): Promise<ScanOutcome | undefined> {
  // Whoever ends the last unit looks after its commit, so somebody sees that none is open.
  if ((await openScans(db, scanId)) === true) return undefined;
  const ended = await db.sql.transaction().execute((tx) => finish(db, tx, scanId));
  if (ended === undefined) return undefined;
  countScan(ended.state, ended.seconds);
  for (const [source, outcome] of sourceOutcomes(ended.parts)) countSourceScan(source, outcome);
  const read = ended.parts.filter((part) => part.success + part.partial + part.failed > 0).map((part) => part.source);
  // The scan has ended whatever comes of this; the scheduler's next round judges again.
  await judgeAfterScan(db, read.filter(isSourceName)).catch((error: unknown) =>
    log?.warn({ err: error, scanId }, 'the sources of a scan could not be judged'),
  );
  const { state, reason, seconds } = ended;
  log?.[state === 'failed' ? 'warn' : 'info']({ scanId, state, reason, seconds }, 'scan ended');
  return state;
}

async function finish(db: Database, tx: Transaction<Tables>, scanId: string) {
  // The lock comes before the count: whoever comes last then sees every unit's end.
  const scan = await tx
    .selectFrom('scan')
    .where('id', '=', scanId)
    .where('state', 'in', ['queued', 'running'])
    .select(['sources', 'cancel_requested_at', 'started_at', 'requested_at'])
    .forUpdate()
    .executeTakeFirst();
  if (scan === undefined || (await hasOpenUnits(tx, scanId))) return undefined;
  const sums = sumsOf(sql`scan_id = ${scanId}`, sqlClock(db));
  const { rows: parts } = await sql<Part>`select * from (${sums}) p order by source`.execute(tx);
  const state = scan.cancel_requested_at === null ? outcomeOf(parts) : 'cancelled';
  const reason = await reasonOf(tx, scanId, state, parts, scan.sources);
  const { finished_at } = await tx
    .updateTable('scan')
    .set({
      state,
      finished_at: sqlClock(db),
      reason,
      parts: JSON.stringify(parts.map((part) => ({ ...part, scan_id: undefined }))),
      every_source_answered: everySourceAnswered(parts),
    })
    .where('id', '=', scanId)
    .returning('finished_at')
    .executeTakeFirstOrThrow();
  await writeSourceStates(db, tx, parts);
  return { state, reason, parts, seconds: secondsBetween(scan.started_at ?? scan.requested_at, finished_at) };
}

/** Units of one scan end together: one look, begun after the last of their commits, is enough for all of them. */
const openScans = gatherFor(async (db: Database, scanIds: readonly string[]) => {
  const looks = scanIds.map(async (scanId) => {
    const look = "select from scan_unit where scan_id = $1 and state in ('queued', 'running') limit 1";
    const { rowCount } = await db.pool.query({ name: 'scan-is-open', text: look, values: [scanId] });
    return [scanId, rowCount === 1] as const;
  });
  return new Map(await Promise.all(looks));
}, SCANS_MAX);

async function hasOpenUnits(on: Pick<Database['sql'], 'selectFrom'>, scanId: string): Promise<boolean> {
  const open = await on
    .selectFrom('scan_unit')
    .where('scan_id', '=', scanId)
    .where('state', 'in', ['queued', 'running'])
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return open !== undefined;
}

type States = Pick<
  Part,
  'units' | 'success' | 'partial' | 'failed' | 'resting' | 'waitingForKey' | 'outOfQuota' | 'absent'
>;

/**
 * Two kinds of units do not count against the scan: those that wait for a key, unless nothing else is left, and boards that
 * rested before it began and still are not there, which was to be expected. Two kinds make it partial and never failed: a source
 * that may not be asked because its budget is spent, and a board that is not there, since its source answered in health.
 */
export function outcomeOf(parts: readonly States[]): ScanOutcome {
  const sum = (key: keyof States) => parts.reduce((total, part) => total + (part[key] ?? 0), 0);
  const readable = sum('units') - sum('waitingForKey');
  if (readable > 0 && sum('success') + sum('resting') === readable) return 'success';
  const notFailed = sum('success') + sum('partial') + sum('resting') + sum('outOfQuota');
  return notFailed + parts.reduce((total, part) => total + goneOf(part), 0) > 0 ? 'partial' : 'failed';
}

/**
 * Boards that are not there, and nothing else: one of a source, or few of many. When most of a source's boards are gone at once it
 * is the source that changed, and that is a failure.
 */
function goneOf({ absent = 0, units }: Pick<States, 'absent' | 'units'>): number {
  return absent === 1 || absent * 2 < units ? absent : 0;
}

/**
 * By the same rule as `last_success_at`: a source answered when one of its boards was read. Whose units all waited, had no request
 * left or named boards that are not there is left out.
 */
export function sourceOutcomes(
  parts: readonly (Pick<Part, 'source'> & States)[],
): Map<SourceName, 'success' | 'failed'> {
  const outcomes = new Map<SourceName, 'success' | 'failed'>();
  for (const part of parts) {
    const { source, success, partial, failed, resting } = part;
    if (success + partial > 0) outcomes.set(source as SourceName, 'success');
    else if (failed > resting + goneOf(part)) outcomes.set(source as SourceName, 'failed');
  }
  return outcomes;
}

/** What `iam_last_successful_scan_timestamp` counts; docs/decisions says why it is not "every unit". */
function everySourceAnswered(parts: readonly Part[]): boolean {
  const outcomes = [...sourceOutcomes(parts).values()];
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'success');
}

/** One sentence for people: the first failure by name, the others as a number. */
async function reasonOf(
  tx: Transaction<Tables>,
  scanId: string,
  state: ScanOutcome,
  parts: readonly Part[],
  sources: readonly string[],
): Promise<string | null> {
  const sum = (key: keyof States | 'cancelled') => parts.reduce((total, part) => total + (part[key] ?? 0), 0);
  const units = sum('units');
  if (units === 0) return `There is no enabled board of ${sources.join(', ')} to read.`;
  if (sum('waitingForKey') === units) {
    const names = parts.map((part) => part.source);
    return `${names.join(', ')} ${names.length === 1 ? 'waits' : 'wait'} for a key, and there was nothing else to read.`;
  }
  if (state === 'cancelled') return `Cancelled with ${sum('cancelled')} of ${units} units not read to their end.`;
  if (state === 'success') return null;
  const bad = sum('failed') - sum('resting') + sum('partial') + sum('outOfQuota');
  const first = await firstBad(tx, scanId);
  if (first === undefined) return null;
  const name = first.token === '*' ? first.source : `${first.source}/${first.token}`;
  return `${name}: ${first.error ?? first.state}${bad > 1 ? `; ${bad - 1} more` : ''}`;
}

function firstBad(tx: Transaction<Tables>, scanId: string) {
  return (
    tx
      .selectFrom('scan_unit')
      .innerJoin('board', 'board.id', 'scan_unit.board_id')
      .where('scan_id', '=', scanId)
      .where('scan_unit.state', 'in', ['failed', 'partial', 'out_of_quota'])
      .where((eb) => eb.or([eb('scan_unit.state', '<>', 'failed'), eb('rests', '=', false)]))
      // What failed says more than what was not asked.
      .orderBy(sql`scan_unit.state = 'out_of_quota'`)
      .orderBy('scan_unit.finished_at')
      .limit(1)
      .select(['scan_unit.source', 'token', 'scan_unit.state', 'error'])
      .executeTakeFirst()
  );
}

/** What the sources' page and the doctor tell of each source: one row a source, written once a scan. */
async function writeSourceStates(db: Database, tx: Transaction<Tables>, parts: readonly Part[]): Promise<void> {
  const now = sqlNow(db);
  for (const part of parts) {
    const { source, success, partial, failed, resting, found, errorType, error } = part;
    // A board that is not there is its own failure, and none of its source.
    const [read, bad] = [success + partial > 0, failed - resting - goneOf(part) + partial > 0];
    if (!read && !bad) continue;
    const values = {
      ...(read && { last_success_at: now, last_found: found, quota_for: null, quota_until: null }),
      ...(bad && { last_error_type: errorType, last_error: error, last_error_at: now }),
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
