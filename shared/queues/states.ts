/** Looks at all queues, for the metrics. */
import type { Job, Queue } from 'bullmq';
import { QUEUES, type QueueState } from '../metrics/queue.ts';
import type { QueueKit } from './kit.ts';
import { letGo } from './let-go.ts';
import { plannedAt } from './measure.ts';

export interface QueueStates {
  read(): Promise<QueueState[]>;
  close(): Promise<void>;
}

export function openQueueStates(kit: QueueKit): QueueStates {
  const queues = Object.keys(QUEUES).map((name) => kit.queue<unknown>(name));
  return {
    read: () => Promise.all(queues.map(readState)),
    close: async () => {
      await Promise.all(queues.map((queue) => letGo(queue)));
    },
  };
}

async function readState(queue: Queue<unknown, void, string>): Promise<QueueState> {
  const [counts, oldestWaitingSeconds, paused, workers] = await Promise.all([
    queue.getJobCounts(),
    oldestWaiting(queue),
    queue.isPaused(),
    queue.getWorkersCount(),
  ]);
  return { queue: queue.name, counts, oldestWaitingSeconds, paused, workers };
}

/**
 * Seconds that the oldest task waits which could run now. Delayed tasks are among them as soon as their moment is over: where
 * no worker is left nobody moves them on. None of our tasks has a priority.
 */
async function oldestWaiting(queue: Queue<unknown, void, string>): Promise<number> {
  const [[waiting], [delayed]] = await Promise.all([
    queue.getJobs(['waiting'], 0, 0, true),
    queue.getJobs(['delayed'], 0, 0, true),
  ]);
  const now = Date.now();
  const ages = [waiting, delayed].map((job) => (job === undefined ? 0 : now - runnableAt(job)));
  return Math.max(0, ...ages) / 1000;
}

/** Unix milliseconds. A task that ran before and gave its slot back waits since then, not since it was added. */
function runnableAt(job: Job): number {
  return Math.max(plannedAt(job), (job.processedOn ?? 0) + job.delay);
}
