/** Processes, and what their page says. */
import { type AlertCases, APP, app, type Case, fires, JOB, silent } from './case.ts';

const expected = (count: number) => app('metrics_bus_processes_expected', { role: 'worker' }, `${count}x80`);
const lost = (count: number) => app('metrics_bus_processes_lost_total', { role: 'worker' }, `0x10 ${count}x60`);
const started = (count: number) =>
  app('metrics_bus_processes_started_total', { role: 'worker' }, `2x10 ${2 + count}x60`);
const workers = { ...JOB, role: 'worker' };
const few = (role: string, count: number) =>
  `Only ${count} ${role} processes report (up says nothing about them: one process answers the scrape).`;
const ROLES = ['api', 'worker', 'scheduler'];

/** The page comes, and from the fifth minute on nobody on any host is to be of that role. */
function gone(role: string): Case {
  const others = ROLES.filter((other) => other !== role).flatMap((other) => [
    app('metrics_bus_processes', { role: other }, '1x40'),
    app('metrics_bus_processes_expected', { role: other }, '1x40'),
  ]);
  const own = app('metrics_bus_processes_expected', { role }, '1x9 stale');
  return fires(
    `no host has the role ${role} any more`,
    [app('up', {}, '1x40'), own, app('metrics_bus_processes', { role }, '1x9 stale'), ...others],
    { from: '5m' },
    { ...JOB, role },
    few(role, 0),
  );
}

export const PROCESSES: Readonly<Record<string, AlertCases>> = {
  ProcessesMissing: {
    cases: [
      fires(
        'one of four',
        [app('metrics_bus_processes', { role: 'worker' }, '4x4 3x40'), expected(4)],
        { from: '2m30s' },
        { ...APP, role: 'worker' },
        few('worker', 3),
      ),
      fires(
        'all of a role, whose count is shown no more',
        [app('metrics_bus_processes', { role: 'worker' }, '4x4 0 stale'), expected(4)],
        { from: '2m30s' },
        { ...APP, role: 'worker' },
        few('worker', 0),
      ),
      ...ROLES.map(gone),
      silent('the page does not come, which ServiceDown tells', [app('up', {}, '0x40')], '10m'),
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
