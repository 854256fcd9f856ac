/** The seven alerts that every installation begins with. */
import { type AlertCases, APP, answers, app, fires, JOB, requests, series, silent } from './case.ts';

const pool = (active: number) => [
  app('db_pool_utilization_ratio', {}, `${active / 20}x40`),
  app('db_connections_active', {}, `${active}x40`),
  app('db_connections_idle', {}, '0x40'),
];
const memory = (worker: number) => [
  app('process_memory_utilization_ratio', { role: 'worker' }, `${worker}x60`),
  app('process_memory_utilization_ratio', { role: 'api' }, '0.4x60'),
  app('process_memory_bytes', { role: 'worker' }, '2147483648x60'),
  app('process_memory_bytes', { role: 'api' }, '1024x60'),
];

export const GUIDE: Readonly<Record<string, AlertCases>> = {
  ServiceDown: {
    cases: [
      fires(
        'the scrape fails',
        [app('up', {}, '1x3 0x20')],
        { from: '2m' },
        APP,
        'Target web-1 has been unreachable for more than 1 minute.',
      ),
      fires(
        'there is no target at all',
        [series('up', { job: 'prometheus' }, '1x20')],
        { from: '0m' },
        JOB,
        'No target of job iam-job-scout has been unreachable for more than 1 minute.',
      ),
      silent('it comes back', [app('up', {}, '1x3 0x4 1x20')], '8m'),
    ],
  },
  HighErrorRate: {
    cases: [
      fires(
        'a tenth of a busy service fails',
        [requests(900, '200'), requests(100, '500')],
        { from: '30s' },
        JOB,
        '10.00% of requests fail with a 5xx status (threshold 5%).',
      ),
      fires(
        'a little above the threshold, with a little more traffic than it takes',
        [requests(1.674, '200'), requests(0.126, '503')],
        { at: '20m' },
        JOB,
        '7.00% of requests fail with a 5xx status (threshold 5%).',
      ),
      silent('3% fail', [requests(970, '200'), requests(30, '500')], '20m'),
      silent('exactly 5% fail', [requests(19, '200'), requests(1, '500')], '20m'),
      silent('too little traffic to say', [requests(1.08, '200'), requests(0.12, '500')], '20m'),
      silent('what is refused is no failure', [requests(10, '200'), requests(90, '404')], '20m'),
      silent('no failure has a series yet', [requests(10, '200')], '20m'),
      silent('only Alertmanager sees failures', [requests(5, '500', 60, '/internal/watchdog')], '20m'),
    ],
  },
  SlowResponseTime: {
    cases: [
      fires(
        'all answers are slow',
        [...answers({ '1': 0, '2': 0, '5': 100, '+Inf': 100 }), requests(100, '200')],
        { from: '30s' },
        JOB,
        'p95 latency is 4.85s (threshold 2s).',
      ),
      fires(
        'a tenth is slow, with a little more traffic than it takes',
        [...answers({ '2': 1.62, '5': 1.8, '+Inf': 1.8 }), requests(1.8, '200')],
        { at: '25m' },
        JOB,
        'p95 latency is 3.5s (threshold 2s).',
      ),
      silent(
        '1.5 s are not slow',
        [...answers({ '1': 90, '2': 100, '5': 100, '+Inf': 100 }), requests(100, '200')],
        '25m',
      ),
      silent('too little traffic to say', [...answers({ '2': 0, '5': 1.2, '+Inf': 1.2 }), requests(1.2, '200')], '25m'),
      silent(
        'only scrapes are slow',
        [
          ...answers({ '2': 0, '5': 10, '+Inf': 10 }, '/metrics'),
          ...answers({ '2': 10, '+Inf': 10 }),
          requests(10, '200'),
        ],
        '25m',
      ),
    ],
  },
  NoRecentScan: {
    step: '5m',
    cases: [
      fires(
        'the last success is a day old',
        [app('iam_last_successful_scan_timestamp', {}, '60x400'), app('application_uptime_seconds', {}, '0+300x400')],
        { from: '24h5m' },
        JOB,
        'No job scan has succeeded for 1d 0h 14m 0s.',
      ),
      fires(
        'there never was one, and the system runs for a day',
        [app('iam_last_successful_scan_timestamp', {}, '0x400'), app('application_uptime_seconds', {}, '0+300x400')],
        { from: '24h5m' },
        JOB,
        'No job scan has succeeded for 1d 0h 15m 0s.',
      ),
      silent(
        'one of two hosts has not heard of the last one',
        [
          app('iam_last_successful_scan_timestamp', { instance: 'a' }, '0x320'),
          app('iam_last_successful_scan_timestamp', { instance: 'b' }, '0+300x320'),
          app('application_uptime_seconds', {}, '0+300x320'),
        ],
        '25h',
      ),
      silent('nothing is known of scans', [app('application_uptime_seconds', {}, '0+300x320')], '25h'),
    ],
  },
  ScanFailures: {
    cases: [
      {
        name: 'one failed scan counts as one, and is forgotten after an hour',
        series: [
          app('iam_scan_runs_total', { status: 'failed' }, '0x60 1x200'),
          app('iam_scan_runs_total', { status: 'success' }, '0+1x260'),
        ],
        checks: [
          { trueFrom: '30m30s', alerts: [{ labels: JOB, says: '1 scan runs failed in the last hour.' }] },
          { silentAt: '1h40m' },
        ],
      },
      silent('scans succeed', [app('iam_scan_runs_total', { status: 'success' }, '0+1x60')], '20m'),
    ],
  },
  DatabaseConnectionsSaturated: {
    cases: [
      fires(
        '17 of 20 are in use',
        pool(17),
        { from: '0m' },
        JOB,
        'The fullest connection pool is 85% utilized (threshold 80%).',
      ),
      silent('15 of 20', pool(15), '10m'),
      silent('a pool that has opened one of 20 uses all that are open', pool(1), '10m'),
    ],
  },
  HighMemoryUsage: {
    cases: [
      fires(
        'one process of one role',
        memory(0.95),
        { from: '0m' },
        { ...JOB, role: 'worker' },
        'The fullest worker process uses 95% of its memory limit; all worker processes together use 2GiB.',
      ),
      silent('80%', memory(0.8), '15m'),
    ],
  },
};
