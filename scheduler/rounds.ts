/** What the leading scheduler does in each round. Every part may be repeated or left out once without harm. */
import { sweepAccounts } from '../shared/db/accounts/sessions.ts';
import { openChecks } from '../shared/db/board-checks/work.ts';
import type { Database } from '../shared/db/database.ts';
import { DISK_FULL, isDiskFull } from '../shared/db/failure.ts';
import { sweepLiveness } from '../shared/db/liveness/sweep.ts';
import { finishScanIfDone } from '../shared/db/scans/finish.ts';
import { handOver } from '../shared/db/scans/hand-over.ts';
import { openWork } from '../shared/db/scans/units.ts';
import { type HealthSettings, judgeSources, sweepSourceHealth } from '../shared/db/source-health/judge-sources.ts';
import type { Log } from '../shared/log.ts';
import { applicationErrorType, countApplicationError, NO_ENDPOINT } from '../shared/metrics/application-errors.ts';
import type { BoardCheckQueue } from '../shared/queues/board-checks.ts';
import type { Times, Timetable } from '../shared/queues/timetable.ts';
import type { UnitQueue } from '../shared/queues/units.ts';
import { seldom } from '../shared/seldom.ts';

export interface Cares {
  readonly db: Database;
  readonly units: UnitQueue;
  /** Left out, checks of boards are not looked after. */
  readonly checks?: Pick<BoardCheckQueue, 'enqueue'>;
  readonly timetable: Timetable;
  /** Undefined: the timetable is off. */
  readonly times: Times | undefined;
  /** What decides whether scans read a source; left out, only its rows do. */
  readonly settings?: HealthSettings;
  readonly log: Log;
}

/** The sweep is cheap but not free; nothing waits for it. */
const SWEEP_EVERY_MS = 60_000;
/** Scans judge their own sources; this sees what happens without one: a feed that stands still, a key that is gone. */
const JUDGE_EVERY_MS = 60_000;
const HEALTH_SWEEP_EVERY_MS = 3_600_000;
const ACCOUNTS_SWEEP_EVERY_MS = 3_600_000;
/** Postings expire by the day and become unknown by the week. */
const LIVENESS_EVERY_MS = 120_000;
/** Rounds that fail during an outage say so once in this time, each part for itself. */
const QUIET_MS = 30_000;

/** @returns one round; a part that fails is logged and does not keep the others from being done */
export function lookAfter(cares: Cares): () => Promise<void> {
  const { db, settings } = cares;
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    timetable: () => cares.timetable.set(cares.times),
    queue: async () => void (await handOver(cares.db, cares.units)),
    'lost work': () => recover(cares),
    'lost checks': () => recoverChecks(cares),
    sweep: rarely(SWEEP_EVERY_MS, () => cares.units.sweep()),
    'source states': rarely(JUDGE_EVERY_MS, () => judgeSources(db, settings)),
    'what is open': rarely(LIVENESS_EVERY_MS, () => sweepLiveness(db)),
    'source history': rarely(HEALTH_SWEEP_EVERY_MS, () => sweepSourceHealth(db)),
    accounts: rarely(ACCOUNTS_SWEEP_EVERY_MS, () => sweepAccounts(db.pool)),
  };
  const quiet = Object.entries(parts).map(([part, run]) => ({ part, run, isTime: seldom(QUIET_MS) }));
  return async () => {
    for (const { part, run, isTime } of quiet) {
      try {
        await run();
      } catch (error) {
        countApplicationError(applicationErrorType(error), NO_ENDPOINT, 'warning');
        if (!isTime()) continue;
        if (isDiskFull(error)) cares.log.error({ err: error, part }, DISK_FULL);
        else
          cares.log.warn({ err: error, part }, 'a round of the scheduler failed in part; the next one does it again');
      }
    }
  };
}

/** Does the work when it was last done so long ago; what failed is tried again in the next round. */
function rarely(everyMs: number, work: () => Promise<unknown>): () => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - doneAt < everyMs) return;
    await work();
    doneAt = performance.now();
  };
}

/** How soon the queue is filled up again: while units wait, and while nothing does. */
const FULL_SPEED_MS = 500;
const IDLE_MS = 2000;
/** Full speed goes on for so long after the last unit was handed over. */
const IDLE_AFTER_MS = 10_000;

/**
 * Fills the queue up between two rounds, so that no source waits for the next one.
 * @returns one filling, which answers the milliseconds until the next; a failure is left to the round, which says so
 */
export function keepFull({ db, units }: Pick<Cares, 'db' | 'units'>): () => Promise<number> {
  let handedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const handed = await handOver(db, units).catch(() => 0);
    if (handed > 0) handedAt = performance.now();
    return performance.now() - handedAt < IDLE_AFTER_MS ? FULL_SPEED_MS : IDLE_MS;
  };
}

/** A check of a board whose task was lost is begun again before its deadline: somebody waits for it. */
async function recoverChecks({ db, checks }: Cares): Promise<void> {
  if (checks === undefined) return;
  for (const id of await openChecks(db)) await checks.enqueue(id);
}

/** Rows are the truth: a unit that is open but has no task gets one, a scan without open units ends. */
async function recover({ db, units, log }: Cares): Promise<void> {
  const { unitIds, scansToEnd } = await openWork(db);
  for (const scanId of scansToEnd) await finishScanIfDone(db, scanId, log);
  // Fewer tasks than units that were handed over means that some were lost. Which ones need not be known: a task that is there
  // stays as it is.
  const tasks = await units.size();
  if (tasks >= unitIds.length) return;
  await units.enqueue(unitIds);
  log.warn({ handedOver: unitIds.length, tasks }, 'tasks were missing from the queue and were added again');
}
