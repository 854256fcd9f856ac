/** Scans, queues and processes. */
import { type AlertCases, APP, app, fires, JOB, type Series, silent } from './case.ts';

const units = (state: string, count: number, steps = 200) =>
  app('bullmq_job_count', { queue: 'units', state }, `${count}x${steps}`);
const queue = (name: string, labels: Record<string, string>, values: string) =>
  app(`bullmq_${name}`, { queue: 'units', ...labels }, values);
/** A scan that has been open since the fifth minute. */
const openScan = (done: string, ...more: Series[]) => [
  app('iam_scan_in_progress', {}, '0x4 1x200'),
  queue('job_completed_total', {}, done),
  app('bullmq_job_completed_total', { queue: 'timetable' }, '0+1x200'),
  ...more,
];
const ended = (failed: number, completed: number) => [
  queue('job_failed_total', {}, `0+${failed}x120`),
  queue('job_completed_total', {}, `0+${completed}x120`),
];
const expected = (count: number) => app('metrics_bus_processes_expected', { role: 'worker' }, `${count}x80`);
const lost = (count: number) => app('metrics_bus_processes_lost_total', { role: 'worker' }, `0x10 ${count}x60`);
const started = (count: number) =>
  app('metrics_bus_processes_started_total', { role: 'worker' }, `2x10 ${2 + count}x60`);

const unitsLabels = { ...JOB, queue: 'units' };
const workers = { ...JOB, role: 'worker' };
const STUCK = 'A scan has been open for more than an hour in which no unit ended, although units could run.';

export const SCANS: Readonly<Record<string, AlertCases>> = {
  ScanMetricsAbsent: {
    cases: [
      fires(
        'the page comes without them',
        [app('up', {}, '1x60')],
        { from: '0m' },
        JOB,
        'The application answers scrapes but exposes no iam_last_successful_scan_timestamp, so NoRecentScan is blind.',
      ),
      silent('the service is down, which ServiceDown tells', [app('up', {}, '0x60')], '20m'),
      silent('they are there', [app('up', {}, '1x60'), app('iam_last_successful_scan_timestamp', {}, '0x60')], '20m'),
    ],
  },
  ScanStuck: {
    step: '1m',
    cases: [
      fires('nothing ends, and units wait', openScan('7x200', units('waiting', 5)), { from: '1h5m' }, APP, STUCK),
      fires('nothing ends, and one runs', openScan('7x200', units('active', 1)), { from: '1h5m' }, APP, STUCK),
      silent('units end', openScan('0+1x200', units('waiting', 5)), '90m'),
      silent('all wait for a budget', openScan('7x200', units('delayed', 5)), '90m'),
      silent(
        'only a slot of the timetable waits',
        openScan(
          '7x200',
          units('waiting', 0),
          app('bullmq_job_count', { queue: 'timetable', state: 'waiting' }, '1x200'),
        ),
        '90m',
      ),
      silent(
        'one scan after the other',
        [
          app('iam_scan_in_progress', {}, '1x40 0 1x40 0 1x40'),
          queue('job_completed_total', {}, '7x200'),
          units('waiting', 5),
        ],
        '100m',
      ),
    ],
  },
};

export const QUEUES: Readonly<Record<string, AlertCases>> = {
  QueueBacklogOld: {
    cases: [
      fires(
        'older than a quarter of an hour',
        [queue('queue_oldest_waiting_age_seconds', {}, '0x5 1000x60')],
        { from: '3m' },
        { ...APP, queue: 'units' },
        'The oldest waiting task of queue units is 16m 40s old.',
      ),
      silent('not so old', [queue('queue_oldest_waiting_age_seconds', {}, '800x60')], '20m'),
    ],
  },
  QueueWithoutWorkers: {
    cases: [
      fires(
        'tasks wait',
        [queue('queue_workers', {}, '0x60'), units('waiting', 4)],
        { from: '0m' },
        { ...APP, queue: 'units' },
        'Queue units has tasks to run and no connected worker.',
      ),
      silent(
        'there is nothing to do',
        [queue('queue_workers', {}, '0x60'), units('waiting', 0), units('active', 3)],
        '20m',
      ),
      silent('there is a worker', [queue('queue_workers', {}, '1x60'), units('waiting', 4)], '20m'),
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
        [queue('jobs_stalled_total', {}, '0x20 4x60')],
        { from: '10m30s' },
        unitsLabels,
        '4 tasks of queue units lost their worker in 15 minutes (crash or blocked event loop).',
      ),
      silent('two', [queue('jobs_stalled_total', {}, '0x20 2x60')], '15m'),
    ],
  },
  QueuePaused: {
    step: '1m',
    cases: [
      fires(
        'for an hour',
        [queue('queue_paused', {}, '0x2 1x200')],
        { from: '33m' },
        { ...APP, queue: 'units' },
        'Queue units has been paused for an hour.',
      ),
      silent('for a moment, again and again', [queue('queue_paused', {}, '1x20 0 1x20 0 1x20 0 1x20 0 1x20')], '80m'),
    ],
  },
};

export const PROCESSES: Readonly<Record<string, AlertCases>> = {
  ProcessesMissing: {
    cases: [
      fires(
        'one of four',
        [app('metrics_bus_processes', { role: 'worker' }, '4x4 3x40'), expected(4)],
        { from: '2m30s' },
        { ...APP, role: 'worker' },
        'Only 3 worker processes report (up says nothing about them: one process answers the scrape).',
      ),
      silent('all are there', [app('metrics_bus_processes', { role: 'worker' }, '4x40'), expected(4)], '10m'),
    ],
  },
  ProcessCrashLooping: {
    cases: [
      fires(
        'four are killed',
        [lost(4), started(4), expected(2)],
        { from: '5m30s' },
        workers,
        '4 worker processes ended or started in 15 minutes.',
      ),
      fires(
        'eight starts for two',
        [lost(0), started(8), expected(2)],
        { from: '5m30s' },
        workers,
        '8 worker processes ended or started in 15 minutes.',
      ),
      silent('two are killed, and five starts are two deploys', [lost(2), started(5), expected(2)], '12m'),
    ],
  },
  EventLoopBlocked: {
    cases: [
      fires(
        'most of the time',
        [app('nodejs_eventloop_lag_p99_seconds', {}, '0.02x4 0.8x60')],
        { from: '5m30s' },
        APP,
        'The p99 event loop delay of the worst process averages 800ms.',
      ),
      fires(
        'all the time',
        [app('nodejs_eventloop_lag_p99_seconds', {}, '0.8x60')],
        { at: '10m' },
        APP,
        'The p99 event loop delay of the worst process averages 800ms.',
      ),
      silent('for 0.4 s', [app('nodejs_eventloop_lag_p99_seconds', {}, '0.4x60')], '15m'),
    ],
  },
  MetricsReportStale: {
    cases: [
      fires(
        'one of them',
        [app('metrics_bus_stale_processes', { role: 'worker' }, '0x4 1x30')],
        { from: '4m30s' },
        { ...APP, role: 'worker' },
        '1 worker processes are shown with old numbers.',
      ),
      silent(
        'for a moment',
        [app('metrics_bus_stale_processes', { role: 'worker' }, '0x4 1 1 0 1 1 0 1 1 0 1 1 0')],
        '7m',
      ),
    ],
  },
  MetricsReportErrors: {
    cases: [
      fires(
        'two',
        [app('metrics_bus_report_errors_total', { reason: 'parse' }, '0x4 2x60')],
        { from: '2m30s' },
        { ...JOB, reason: 'parse' },
        '2 connections were refused in 10 minutes (parse): what those processes count is not shown.',
      ),
      silent('none', [app('metrics_bus_report_errors_total', { reason: 'parse' }, '0x60')], '12m'),
    ],
  },
  MetricsRedisDown: {
    cases: [
      fires(
        'for five minutes',
        [app('metrics_bus_redis_up', {}, '1x3 0x30')],
        { from: '3m' },
        APP,
        'This page has not reached Redis for 5 minutes and shows its own host only.',
      ),
      silent('there is no Redis', [app('up', {}, '1x30')], '12m'),
      silent('it is reached', [app('metrics_bus_redis_up', {}, '1x30')], '12m'),
      silent(
        'now and then it is not',
        [app('metrics_bus_redis_up', {}, '1 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1')],
        '10m',
      ),
    ],
  },
  BusinessStatsStale: {
    cases: [
      fires(
        'since the first minute',
        [app('iam_stats_last_refresh_timestamp_seconds', {}, '60x60')],
        { from: '11m30s' },
        APP,
        'iam_jobs_* and the state of the sources were last read 12m 30s ago.',
      ),
      silent(
        'they were never read, which ScanMetricsAbsent tells',
        [app('iam_stats_last_refresh_timestamp_seconds', {}, '0x60')],
        '20m',
      ),
    ],
  },
  MetricsSeriesTooMany: {
    cases: [
      fires(
        'near the limit',
        [app('scrape_samples_post_metric_relabeling', {}, '16000x60')],
        { from: '0m' },
        APP,
        'One scrape returns 16000 samples (sample_limit refuses the scrape at 20000): a label may be unbounded.',
      ),
      silent('14000', [app('scrape_samples_post_metric_relabeling', {}, '14000x60')], '10m'),
    ],
  },
  ScrapeSlow: {
    cases: [
      fires(
        'six seconds',
        [app('scrape_duration_seconds', {}, '6x60')],
        { from: '0m' },
        APP,
        'Scrapes take 6s (the timeout is 10s).',
      ),
      silent('four', [app('scrape_duration_seconds', {}, '4x60')], '10m'),
    ],
  },
};
