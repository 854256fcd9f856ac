/** Queues. */
import { type AlertCases, APP, fires, JOB, silent, unitsIn, unitsQueue } from './case.ts';

const ended = (failed: number, completed: number) => [
  unitsQueue('job_failed_total', {}, `0+${failed}x120`),
  unitsQueue('job_completed_total', {}, `0+${completed}x120`),
];
const unitsLabels = { ...JOB, queue: 'units' };

export const QUEUES: Readonly<Record<string, AlertCases>> = {
  QueueBacklogOld: {
    cases: [
      fires(
        'older than a quarter of an hour',
        [unitsQueue('queue_oldest_waiting_age_seconds', {}, '0x5 1000x60')],
        { from: '3m' },
        { ...APP, queue: 'units' },
        'The oldest waiting task of queue units is 16m 40s old.',
      ),
      silent('not so old', [unitsQueue('queue_oldest_waiting_age_seconds', {}, '800x60')], '20m'),
    ],
  },
  QueueWithoutWorkers: {
    cases: [
      fires(
        'tasks wait',
        [unitsQueue('queue_workers', {}, '0x60'), unitsIn('waiting', 4)],
        { from: '0m' },
        { ...APP, queue: 'units' },
        'Queue units has tasks to run and no connected worker.',
      ),
      silent(
        'there is nothing to do',
        [unitsQueue('queue_workers', {}, '0x60'), unitsIn('waiting', 0), unitsIn('active', 3)],
        '20m',
      ),
      silent('there is a worker', [unitsQueue('queue_workers', {}, '1x60'), unitsIn('waiting', 4)], '20m'),
    ],
  },
  QueueFailureRatioHigh: {
    cases: [
      fires(
        'half of them',
        ended(10, 10),
        { from: '30s' },
        unitsLabels,
        '50% of the tasks of queue units fail for good.',
      ),
      fires(
        'a few of few',
        ended(0.27, 0.63),
        { at: '40m' },
        unitsLabels,
        '30% of the tasks of queue units fail for good.',
      ),
      silent('an eighth', ended(1, 7), '40m'),
      silent('too few to say', ended(0.1, 0.1), '40m'),
    ],
  },
  QueueJobsStalled: {
    cases: [
      fires(
        'four',
        [unitsQueue('jobs_stalled_total', {}, '0x20 4x60')],
        { from: '10m30s' },
        unitsLabels,
        '4 tasks of queue units lost their worker in 15 minutes (crash or blocked event loop).',
      ),
      silent('two', [unitsQueue('jobs_stalled_total', {}, '0x20 2x60')], '15m'),
    ],
  },
  QueuePaused: {
    step: '1m',
    cases: [
      fires(
        'for an hour',
        [unitsQueue('queue_paused', {}, '0x2 1x200')],
        { from: '33m' },
        { ...APP, queue: 'units' },
        'Queue units has been paused for an hour.',
      ),
      silent(
        'for a moment, again and again',
        [unitsQueue('queue_paused', {}, '1x20 0 1x20 0 1x20 0 1x20 0 1x20')],
        '80m',
      ),
    ],
  },
};
