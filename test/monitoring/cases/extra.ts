/** Requests, database and sources. */
import {
  type AlertCases,
  APP,
  answers,
  app,
  buckets,
  type Case,
  fires,
  JOB,
  requests,
  type Series,
  silent,
} from './case.ts';

/** Traffic that changes: so many requests with each step, then so many others. */
const traffic = (before: number, steps: number, after: number, afterSteps = 60): Series => {
  const count = before * steps;
  return app(
    'http_requests_total',
    { method: 'GET', endpoint: '/', status_code: '200' },
    `0+${before}x${steps} ${count + after}+${after}x${afterSteps}`,
  );
};
const slowExport = (perStep: number, quick: number): Series[] => [
  ...answers({ '1': 0, '2': quick, '5': perStep, '+Inf': perStep }, '/api/v1/export', 80),
  requests(perStep, '200', 80, '/api/v1/export'),
  ...answers({ '2': 2, '5': 2, '+Inf': 2 }, '/api/v1/jobs', 80),
  requests(2, '200', 80),
];
const critical = (count: number) => [
  app('application_errors_total', { error_type: 'TypeError', endpoint: '/', severity: 'critical' }, `0x10 ${count}x60`),
  app('application_errors_total', { error_type: 'QueueError', endpoint: '/', severity: 'warning' }, '0x10 60x60'),
];
const faults = (perStep: number, errorType = 'connection') =>
  app('database_errors_total', { operation: 'select', error_type: errorType }, `0+${perStep}x60`);
const statements = (perStep: Record<string, number>) =>
  buckets('db_query_duration_seconds', { operation: 'select', table: 'job' }, perStep);
const calls = (success: number, error: number) => [
  app('external_api_requests_total', { api_name: 'jsearch', status: 'success' }, `0+${success}x120`),
  app('external_api_requests_total', { api_name: 'jsearch', status: 'error' }, `0+${error}x120`),
  app('external_api_requests_total', { api_name: 'adzuna', status: 'success' }, '0+1x120'),
];
const budget = (period: string, spent: number, of = 100) => [
  app('iam_source_budget_requests', { source: 'jsearch', period }, `${of}x60`),
  app('iam_source_budget_spent_requests', { source: 'jsearch', period }, `${spent}x60`),
];
const state = (source: string, is: string, from = '') => [
  app('iam_source_state', { source, state: is }, `${from}1x200`),
  app('iam_source_state', { source, state: is === 'healthy' ? 'degraded' : 'healthy' }, `${from}0x200`),
];
const trips = (count: number) => app('iam_close_guard_trips_total', { source: 'lever' }, `0x20 ${count}x200`);

const lever = { ...JOB, source: 'lever' };
const jsearch = { ...JOB, source: 'jsearch' };
const called = { ...jsearch, api_name: 'jsearch' };

/** A source of whose last healthy read so many seconds have passed at the start; undefined: it never was. */
function source(age: number | undefined, { enabled = 1, is = 'degraded' } = {}): Series[] {
  return [
    app('iam_source_freshness_promise_seconds', { source: 'lever' }, '3600x200'),
    app('iam_source_enabled', { source: 'lever' }, `${enabled}x200`),
    app('application_uptime_seconds', {}, '0+60x200'),
    ...state('lever', is),
    ...(age === undefined ? [] : [app('iam_source_healthy_read_age_seconds', { source: 'lever' }, `${age}+60x200`)]),
  ];
}

export const HTTP: Readonly<Record<string, AlertCases>> = {
  TrafficDrop: {
    step: '1m',
    cases: [
      fires(
        'to a fortieth',
        [traffic(120, 60, 3)],
        { from: '65m' },
        JOB,
        'Only 0.05 requests/s, less than a tenth of the daily mean.',
      ),
      fires(
        'to a little less than a tenth, with a little more traffic than it takes',
        [traffic(20, 120, 1.2)],
        { at: '2h30m' },
        JOB,
        'Only 0.02 requests/s, less than a tenth of the daily mean.',
      ),
      silent('to a seventh', [traffic(120, 240, 18)], '4h20m'),
      silent('there never was much', [traffic(10, 60, 0)], '80m'),
    ],
  },
  TrafficSpike: {
    step: '2m',
    cases: [
      fires(
        'to the sevenfold of a day',
        [traffic(120, 300, 840, 30)],
        { at: '10h15m' },
        JOB,
        '7.0 requests/s, more than five times the daily mean.',
      ),
      fires(
        'at once',
        [traffic(120, 100, 12000, 30)],
        { from: '202m' },
        JOB,
        '100.0 requests/s, more than five times the daily mean.',
      ),
      silent('to the fourfold', [traffic(240, 300, 960, 30)], '10h20m'),
      silent('from hardly anything to a little', [traffic(60, 100, 480, 30)], '3h40m'),
    ],
  },
  SlowEndpoint: {
    cases: [
      fires(
        'one is slow, the other is not',
        slowExport(20, 0),
        { from: '30s' },
        { ...JOB, endpoint: '/api/v1/export' },
        'p95 of /api/v1/export is 4.85s.',
      ),
      fires(
        'a tenth of its answers, with a little more traffic than it takes',
        slowExport(0.9, 0.81),
        { at: '30m' },
        { ...JOB, endpoint: '/api/v1/export' },
        'p95 of /api/v1/export is 3.5s.',
      ),
      silent(
        '1.5 s are not slow',
        [
          ...answers({ '1': 90, '2': 100, '+Inf': 100 }, '/api/v1/export', 80),
          requests(100, '200', 80, '/api/v1/export'),
        ],
        '30m',
      ),
      silent('too little traffic to say', slowExport(0.45, 0), '30m'),
      silent(
        'scrapes may be slow',
        [...answers({ '2': 0, '5': 10, '+Inf': 10 }, '/metrics', 80), requests(10, '200', 80, '/metrics')],
        '30m',
      ),
    ],
  },
  ApplicationErrors: {
    cases: [
      fires(
        'four that nobody expected',
        critical(4),
        { from: '5m30s' },
        { ...JOB, error_type: 'TypeError' },
        '4 unexpected TypeError errors in 15 minutes.',
      ),
      silent('two of them, and many that were expected', critical(2), '12m'),
    ],
  },
};

export const DATABASE: Readonly<Record<string, AlertCases>> = {
  DatabaseErrors: {
    cases: [
      fires(
        'statements fail',
        [faults(60)],
        { from: '30s' },
        { ...JOB, error_type: 'connection' },
        '2.00 connection errors/s.',
      ),
      fires(
        'a few do',
        [faults(4.5)],
        { at: '15m' },
        { ...JOB, error_type: 'connection' },
        '0.15 connection errors/s.',
      ),
      silent('hardly any', [faults(2.1)], '15m'),
      silent('who is second is told so', [faults(60, 'unique_violation')], '15m'),
    ],
  },
  SlowDatabaseQueries: {
    cases: [
      fires(
        'all of a table',
        statements({ '1': 0, '2.5': 10, '+Inf': 10 }),
        { from: '30s' },
        { ...JOB, operation: 'select', table: 'job' },
        'p95 of select on job is 2.425s.',
      ),
      fires(
        'a tenth',
        statements({ '1': 9, '2.5': 10, '+Inf': 10 }),
        { at: '15m' },
        { ...JOB, operation: 'select', table: 'job' },
        'p95 of select on job is 1.75s.',
      ),
      silent('0.75 s are not slow', statements({ '0.5': 9, '1': 10, '2.5': 10, '+Inf': 10 }), '15m'),
    ],
  },
  DatabasePoolExhausted: {
    cases: [
      fires(
        'somebody waits all the time',
        [app('db_connections_waiting', {}, '0x3 3x20')],
        { from: '4m' },
        APP,
        'At least 3 callers have been waiting for a pool connection for minutes.',
      ),
      silent('now and then', [app('db_connections_waiting', {}, '0x3 3 3 0 3 3 0 3 3 0 3 3 0 3 3 0 3 3')], '10m'),
    ],
  },
};

const stale = (name: string, age: number | undefined, from: string, says: string): Case =>
  fires(name, source(age), { from }, lever, says);

export const SOURCES: Readonly<Record<string, AlertCases>> = {
  ExternalApiErrors: {
    cases: [
      fires('three of four calls', calls(100, 300), { from: '30s' }, called, '75% of the calls to jsearch fail.'),
      fires('few calls, most of them', calls(0.06, 0.18), { at: '40m' }, called, '75% of the calls to jsearch fail.'),
      silent('two of five', calls(3, 2), '40m'),
      silent('too few calls to say', calls(0.03, 0.09), '40m'),
    ],
  },
  SourceBreakerOpen: {
    cases: [
      fires(
        'all the time',
        [app('iam_source_breaker_open', { source: 'jsearch' }, '0x9 1x60')],
        { from: '10m' },
        { ...APP, source: 'jsearch' },
        'jsearch has not been asked for more than 10 minutes: it is down, refuses its key or has no quota left.',
      ),
      silent('now and then', [app('iam_source_breaker_open', { source: 'jsearch' }, '1x5 0 1x8 0 1x8 0 1x8')], '16m'),
      silent('it is closed', [app('iam_source_breaker_open', { source: 'jsearch' }, '0x60')], '25m'),
    ],
  },
  SourceBudgetExhausted: {
    cases: [
      fires(
        'of a month',
        budget('month', 100),
        { from: '0m' },
        jsearch,
        'jsearch may not be asked any more until its period ends.',
      ),
      fires(
        'it says so itself',
        state('jsearch', 'out of quota'),
        { from: '0m' },
        jsearch,
        'jsearch may not be asked any more until its period ends.',
      ),
      silent('three quarters of a month', [...budget('month', 75), ...state('jsearch', 'healthy')], '15m'),
      silent('of a day', budget('day', 100), '15m'),
      silent('it may be asked nothing', budget('month', 0, 0), '15m'),
    ],
  },
  SourceStale: {
    step: '1m',
    cases: [
      stale('older than promised', 60, '60m', 'lever was last read in health 1h 11m 0s ago, longer than it may be.'),
      stale(
        'never read in health',
        undefined,
        '61m',
        'lever was last read in health 1h 11m 0s ago, longer than it may be.',
      ),
      silent('switched off', source(9000, { enabled: 0 }), '90m'),
      silent('never read, and switched off', source(undefined, { enabled: 0 }), '90m'),
      silent('paused', source(9000, { is: 'paused' }), '90m'),
      silent(
        'fresh, though the system is old',
        [...source(undefined), app('iam_source_healthy_read_age_seconds', { source: 'lever' }, '60x200')],
        '90m',
      ),
    ],
  },
  SourceSuspect: {
    step: '1m',
    cases: [
      fires(
        'for half an hour',
        state('lever', 'suspect'),
        { from: '0m' },
        lever,
        'lever lists far less than it did, or nothing new; its page of sources says what.',
      ),
      silent('healthy', state('lever', 'healthy'), '40m'),
    ],
  },
  SourceClosesMuch: {
    cases: [
      fires(
        'four boards within an hour',
        [trips(4)],
        { from: '10m30s' },
        lever,
        '4 boards of lever lost many postings within an hour; a second read will close them.',
      ),
      silent('two', [trips(2)], '13m'),
    ],
  },
};
