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

/** Scans that are looked at in one statement. */
const SCANS_MAX = 100;

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
  const { rows } = await db.pool.query<{ id: string }>({
    name: 'scan-is-open',
    text: `select s.id from unnest($1::uuid[]) as s (id) where exists
      (select 1 from scan_unit u where u.scan_id = s.id and u.state in ('queued', 'running'))`,
    values: [scanIds],
  });
  return new Map(rows.map(({ id }) => [id, true]));
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

type States = Pick<Part, 'units' | 'success' | 'partial' | 'failed' | 'resting' | 'waitingForKey'>;

/**
 * Two kinds of units do not count against the scan: those that wait for a key, unless nothing else is left, and boards that
 * rested before it began and still are not there, which was to be expected.
 */
export function outcomeOf(parts: readonly States[]): ScanOutcome {
  const sum = (key: keyof States) => parts.reduce((total, part) => total + part[key], 0);
  const readable = sum('units') - sum('waitingForKey');
  if (readable > 0 && sum('success') + sum('resting') === readable) return 'success';
  return sum('success') + sum('partial') + sum('resting') > 0 ? 'partial' : 'failed';
}

/** By the same rule as `last_success_at`: a source answered when one of its boards was read. Whose units all waited is left out. */
export function sourceOutcomes(
  parts: readonly (Pick<Part, 'source'> & States)[],
): Map<SourceName, 'success' | 'failed'> {
  const outcomes = new Map<SourceName, 'success' | 'failed'>();
  for (const { source, success, partial, failed, resting } of parts) {
    if (success + partial > 0) outcomes.set(source as SourceName, 'success');
    else if (failed > resting) outcomes.set(source as SourceName, 'failed');
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
  const sum = (key: keyof States | 'cancelled') => parts.reduce((total, part) => total + part[key], 0);
  const units = sum('units');
  if (units === 0) return `There is no enabled board of ${sources.join(', ')} to read.`;
  if (sum('waitingForKey') === units) {
    const names = parts.map((part) => part.source);
    return `${names.join(', ')} ${names.length === 1 ? 'waits' : 'wait'} for a key, and there was nothing else to read.`;
  }
  if (state === 'cancelled') return `Cancelled with ${sum('cancelled')} of ${units} units not read to their end.`;
  if (state === 'success') return null;
  const bad = sum('failed') - sum('resting') + sum('partial');
  const first = await firstBad(tx, scanId);
  if (first === undefined) return null;
  const name = first.token === '*' ? first.source : `${first.source}/${first.token}`;
  return `${name}: ${first.error ?? first.state}${bad > 1 ? `; ${bad - 1} more` : ''}`;
}

function firstBad(tx: Transaction<Tables>, scanId: string) {
  return tx
    .selectFrom('scan_unit')
    .innerJoin('board', 'board.id', 'scan_unit.board_id')
    .where('scan_id', '=', scanId)
    .where('scan_unit.state', 'in', ['failed', 'partial'])
    .where((eb) => eb.or([eb('scan_unit.state', '=', 'partial'), eb('rests', '=', false)]))
    .orderBy('scan_unit.finished_at')
    .limit(1)
    .select(['scan_unit.source', 'token', 'scan_unit.state', 'error'])
    .executeTakeFirst();
}

/** What the sources' page and the doctor tell of each source: one row a source, written once a scan. */
async function writeSourceStates(db: Database, tx: Transaction<Tables>, parts: readonly Part[]): Promise<void> {
  const now = sqlNow(db);
  for (const { source, success, partial, failed, resting, found, errorType, error } of parts) {
    const [read, bad] = [success + partial > 0, failed - resting + partial > 0];
    if (!read && !bad) continue;
    const values = {
      ...(read && { last_success_at: now, last_found: found }),
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
