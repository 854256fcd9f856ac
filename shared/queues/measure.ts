/** Counts what becomes of tasks, whatever they are about. */
import type { Job, Processor, Worker } from 'bullmq';
import { countAttempt, countStalled, countTaskEnd, countTaskStart } from '../metrics/queue.ts';

/** What a task throws that is not over and no failure either: it gives its slot back and comes again. */
const AGAIN = ['DelayedError', 'WaitingError', 'WaitingChildrenError'];

/** @returns `run`, with its waiting and its duration counted */
export function measured<Data>(queue: string, run: Processor<Data, void>): Processor<Data, void> {
  return async (job, token) => {
    // Only the first time: later ones waited on purpose.
    if (job.attemptsStarted <= 1) countTaskStart(queue, (Date.now() - plannedAt(job)) / 1000);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      await run(job, token);
    } catch (error) {
      if (!(error instanceof Error && AGAIN.includes(error.name))) countAttempt(queue, job.name, 'failed', seconds());
      throw error;
    }
    countAttempt(queue, job.name, 'completed', seconds());
  };
}

export function countEnds<Data>(worker: Worker<Data, void>): void {
  worker.on('completed', () => countTaskEnd(worker.name, 'completed'));
  worker.on('failed', (job) => {
    // One that is tried again is not over.
    if (job?.finishedOn) countTaskEnd(worker.name, 'failed');
  });
  worker.on('stalled', () => countStalled(worker.name));
}

/** When a task was meant to run (Unix milliseconds): at once, after its delay, or at its slot of the timetable. */
export function plannedAt({ timestamp, opts }: Pick<Job, 'timestamp' | 'opts'>): number {
  return opts.prevMillis ?? timestamp + (opts.delay ?? 0);
}
