/** The queue of checks: one task is one address that somebody wants to add, and the task's id is the check's id. */
import { DelayedError, type Job } from 'bullmq';
import type { QueueKit } from './kit.ts';
import { letGo } from './let-go.ts';
import type { UnitAnswer } from './units.ts';

const NAME = 'board-checks';
/** The check's own deadline ends it much earlier. */
const STALLED_MAX = 10;
/** How long a closing worker waits for a check that was told to stop. */
const ABORT_GRACE_MS = 2000;

export interface BoardCheckQueue {
  /** Adds the check's task; one that is there already is left as it is. */
  enqueue(checkId: string): Promise<void>;
  close(): Promise<void>;
}

export function openBoardCheckQueue(kit: QueueKit): BoardCheckQueue {
  const queue = kit.queue<Record<string, never>>(NAME);
  return {
    enqueue: async (jobId) => void (await queue.add('check', {}, { jobId })),
    close: () => letGo(queue),
  };
}

export interface BoardCheckTask {
  readonly checkId: string;
  /** Aborted when this process must end now; the check then comes again. */
  readonly signal: AbortSignal;
  /** True when an error thrown now is the end of the task; the check should say so in its row first. */
  readonly lastTry: boolean;
}

/** Every worker process runs one; a check mostly waits for strangers' servers, and a process does one at a time. */
export function startBoardCheckWorker(
  kit: QueueKit,
  lockMs: number,
  handle: (task: BoardCheckTask) => Promise<UnitAnswer>,
): { close(): Promise<void> } {
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const run = async (job: Job<Record<string, never>, void>, token?: string) => {
    const lastTry = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    const check = handle({ checkId: job.id ?? '', signal: stopping.signal, lastTry });
    running = check;
    const answer = await check;
    if (answer === 'done') return;
    await job.moveToDelayed(Date.now() + answer.againInMs, token);
    throw new DelayedError();
  };
  const worker = kit.worker<Record<string, never>>(NAME, run, {
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: STALLED_MAX,
  });
  return {
    // It is not waited for: the next worker begins it again.
    close: () => {
      stopping.abort(new Error('this process is ending'));
      return letGo(worker, () => Promise.allSettled([running]), ABORT_GRACE_MS);
    },
  };
}
