/** What the leading scheduler does in each round. Every part may be repeated or left out once without harm. */
import type { Database } from '../shared/db/database.ts';
import { DISK_FULL, isDiskFull } from '../shared/db/failure.ts';
import { finishScanIfDone } from '../shared/db/scans/finish.ts';
import { openWork } from '../shared/db/scans/units.ts';
import type { Log } from '../shared/log.ts';
import { applicationErrorType, countApplicationError, NO_ENDPOINT } from '../shared/metrics/application-errors.ts';
import type { Times, Timetable } from '../shared/queues/timetable.ts';
import type { UnitQueue } from '../shared/queues/units.ts';
import { seldom } from '../shared/seldom.ts';

export interface Cares {
  readonly db: Database;
  readonly units: UnitQueue;
  readonly timetable: Timetable;
  /** Undefined: the timetable is off. */
  readonly times: Times | undefined;
  readonly log: Log;
}

/** The sweep is cheap but not free; nothing waits for it. */
const SWEEP_EVERY_MS = 60_000;
/** Rounds that fail during an outage say so once in this time, each part for itself. */
const QUIET_MS = 30_000;

/** @returns one round; a part that fails is logged and does not keep the others from being done */
export function lookAfter(cares: Cares): () => Promise<void> {
  let sweptAt = Number.NEGATIVE_INFINITY;
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    timetable: () => cares.timetable.set(cares.times),
    'lost work': () => recover(cares),
    sweep: async () => {
      if (performance.now() - sweptAt < SWEEP_EVERY_MS) return;
      await cares.units.sweep();
      sweptAt = performance.now();
    },
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

/** Rows are the truth: a unit that is open but has no task gets one, a scan without open units ends. */
async function recover({ db, units, log }: Cares): Promise<void> {
  const { unitIds, scansToEnd } = await openWork(db);
  for (const scanId of scansToEnd) await finishScanIfDone(db, scanId, log);
  // Fewer tasks than open units means that some were lost. Which ones need not be known: a task that is there stays as it is.
  const tasks = await units.size();
  if (tasks >= unitIds.length) return;
  await units.enqueue(unitIds);
  log.warn({ openUnits: unitIds.length, tasks }, 'tasks were missing from the queue and were added again');
}
