/** The queue of units: one task is one unit of a scan, and the task's id is the unit's id, so that twice is once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job } from 'bullmq';
import type { QueueKit } from './kit.ts';
import { letGo } from './let-go.ts';

const NAME = 'units';
/** Tasks handed over in one call. */
const BATCH = 500;
/** How often a task may lose its worker before BullMQ gives it up; the unit's own row stops it much earlier. */
const STALLED_MAX = 100;
const PING_TIMEOUT_MS = 2000;
/** How long a closing worker waits for units that were told to stop. */
const ABORT_GRACE_MS = 2000;

export interface UnitQueue {
  /** Adds one task for each unit that has none; a unit whose task is still there is left as it is. */
  enqueue(unitIds: readonly string[]): Promise<void>;
  /** Tasks that wait or run now. */
  size(): Promise<number>;
  /** Throws when the queue does not answer within two seconds. */
  ping(): Promise<void>;
  /** Removes what ended and stayed behind; called from one place only, the leading scheduler. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export function openUnitQueue(kit: QueueKit): UnitQueue {
  const queue = kit.queue<Record<string, never>>(NAME);
  const size = async () => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    return Object.values(counts).reduce((total, count) => total + count, 0);
  };
  return {
    enqueue: async (unitIds) => {
      for (let at = 0; at < unitIds.length; at += BATCH) {
        await queue.addBulk(
          unitIds.slice(at, at + BATCH).map((jobId) => ({ name: 'unit', data: {}, opts: { jobId } })),
        );
      }
    },
    size,
    ping: async () => {
      const timeout = sleep(PING_TIMEOUT_MS, undefined, { ref: false }).then(() => {
        throw new Error(`the queue does not answer within ${PING_TIMEOUT_MS} ms`);
      });
      await Promise.race([size(), timeout]);
    },
    sweep: async () => {
      await queue.clean(60_000, 1000, 'completed');
      await queue.clean(60_000, 1000, 'failed');
    },
    close: () => letGo(queue),
  };
}

/** What became of a unit that a worker was given: it is over, or its task shall come again. */
export type UnitAnswer = 'done' | { readonly againInMs: number };

export interface UnitTask {
  readonly unitId: string;
  /** Aborted when this process must end now; the unit then answers `againInMs`. */
  readonly signal: AbortSignal;
  /** True when an error thrown now is the end of the task; the unit should say so in its row first. */
  readonly lastTry: boolean;
}

export interface UnitWorker {
  /**
   * Takes nothing new, lets running units finish for `graceMs`, then aborts them. What is not finished stays a task,
   * and the next worker begins it again.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * @param options.lockMs how long this process may be silent before its units are given to another one
 * @param handle may throw: the task is then tried again, three times in all
 */
export function startUnitWorker(
  kit: QueueKit,
  options: { readonly concurrency: number; readonly lockMs: number },
  handle: (task: UnitTask) => Promise<UnitAnswer>,
): UnitWorker {
  const stopping = new AbortController();
  const running = new Set<Promise<UnitAnswer>>();
  const run = async (job: Job<Record<string, never>, void>, token?: string) => {
    const lastTry = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    const unit = handle({ unitId: job.id ?? '', signal: stopping.signal, lastTry });
    running.add(unit);
    const answer = await unit.finally(() => running.delete(unit));
    if (answer === 'done') return;
    // The slot goes back at once: a task that must wait never sleeps in it. This does not count as a try.
    await job.moveToDelayed(Date.now() + answer.againInMs, token);
    throw new DelayedError();
  };
  const worker = kit.worker<Record<string, never>>(NAME, run, {
    concurrency: options.concurrency,
    lockDuration: options.lockMs,
    stalledInterval: options.lockMs,
    maxStalledCount: STALLED_MAX,
  });
  return {
    close: async (graceMs) => {
      const closing = letGo(worker, () => Promise.allSettled(running), graceMs + ABORT_GRACE_MS);
      const abort = setTimeout(() => stopping.abort(new Error('this process is ending')), graceMs);
      await closing;
      clearTimeout(abort);
    },
  };
}
