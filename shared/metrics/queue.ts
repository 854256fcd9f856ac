/** The queue: what waits in it, and what becomes of its tasks. BullMQ itself is seen only by `shared/queues`. */
import { Counter, Histogram } from 'prom-client';
import { countApplicationError, NO_ENDPOINT } from './application-errors.ts';
import { onceGauge } from './once.ts';
import { BUCKETS, registry } from './registry.ts';
import { takeSnapshots } from './snapshot.ts';

/** The queues with the kinds of their tasks; anything else is `other`. */
export const QUEUES = { units: ['unit'], timetable: ['slot'], 'board-checks': ['check'] } as const satisfies Record<
  string,
  readonly string[]
>;
const QUEUE_NAMES = Object.keys(QUEUES) as (keyof typeof QUEUES)[];
const STATUSES = ['completed', 'failed'] as const;
export type TaskStatus = (typeof STATUSES)[number];

const duration = new Histogram({
  name: 'bullmq_job_duration_seconds',
  help: 'Duration of job attempts.',
  labelNames: ['queue', 'job_type', 'status'],
  buckets: [...BUCKETS.task],
  registers: [registry],
});
const wait = new Histogram({
  name: 'bullmq_job_wait_seconds',
  help: 'Time from being runnable to the first attempt.',
  labelNames: ['queue'],
  buckets: [...BUCKETS.wait],
  registers: [registry],
});
const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
  new Counter({ name, help, labelNames, registers: [registry] });
const ended = {
  completed: counter('bullmq_job_completed_total', 'Total number of completed jobs', ['queue']),
  failed: counter('bullmq_job_failed_total', 'Total number of failed jobs', ['queue']),
};
const failedAttempts = counter('bullmq_job_attempts_failed_total', 'Failed attempts, retried or not.', [
  'queue',
  'job_type',
]);
const stalled = counter('bullmq_jobs_stalled_total', 'Jobs found stalled (their worker lost its lock).', ['queue']);

for (const queue of QUEUE_NAMES) {
  for (const job_type of QUEUES[queue]) {
    for (const status of STATUSES) duration.zero({ queue, job_type, status });
    failedAttempts.inc({ queue, job_type }, 0);
  }
  for (const status of STATUSES) ended[status].inc({ queue }, 0);
  stalled.inc({ queue }, 0);
  wait.zero({ queue });
}

const queueLabel = (name: string) => QUEUE_NAMES.find((queue) => queue === name) ?? 'other';
function typeLabel(queue: string, type: string): string {
  const types: readonly string[] = queue === 'other' ? [] : QUEUES[queue as keyof typeof QUEUES];
  return types.includes(type) ? type : 'other';
}

/** A task was taken for the first time. @param seconds since it could have been taken */
export function countTaskStart(name: string, seconds: number): void {
  // The clocks of two hosts may differ.
  wait.observe({ queue: queueLabel(name) }, Math.max(0, seconds));
}

/** One try of a task is over. */
export function countAttempt(name: string, type: string, status: TaskStatus, seconds: number): void {
  const queue = queueLabel(name);
  const job_type = typeLabel(queue, type);
  duration.observe({ queue, job_type, status }, seconds);
  if (status === 'failed') failedAttempts.inc({ queue, job_type });
}

/** A task is over for good. */
export function countTaskEnd(name: string, status: TaskStatus): void {
  ended[status].inc({ queue: queueLabel(name) });
}

export function countStalled(name: string): void {
  stalled.inc({ queue: queueLabel(name) });
}

/** One look at a queue. */
export interface QueueState {
  readonly queue: string;
  /** Tasks by BullMQ's state. */
  readonly counts: Readonly<Record<string, number>>;
  /** How long the oldest task waits that could run now; 0 when none does. */
  readonly oldestWaitingSeconds: number;
  readonly paused: boolean;
  /** Workers of all hosts that are connected. */
  readonly workers: number;
}

/** Call once in each process that serves metrics. While the queue does not answer, the old numbers stay. */
export function registerQueueMetrics(read: () => Promise<readonly QueueState[]>): void {
  const states = takeSnapshots(read, () => countApplicationError('QueueError', NO_ENDPOINT, 'warning'));
  onceGauge('bullmq_job_count', 'Number of jobs in the queue by state', ['queue', 'state'], states, (gauge, queues) => {
    for (const { queue, counts } of queues)
      for (const [state, count] of Object.entries(counts)) gauge.set({ queue, state }, count);
  });
  const gauge = (name: string, help: string, of: (state: QueueState) => number) =>
    onceGauge(`bullmq_queue_${name}`, help, ['queue'], states, (metric, queues) => {
      for (const state of queues) metric.set({ queue: state.queue }, of(state));
    });
  gauge(
    'oldest_waiting_age_seconds',
    'Age of the oldest job that could run now; 0 when none waits.',
    ({ oldestWaitingSeconds }) => oldestWaitingSeconds,
  );
  gauge('paused', '1 when the queue is paused.', ({ paused }) => Number(paused));
  gauge('workers', 'Workers connected to the queue.', ({ workers }) => workers);
}
