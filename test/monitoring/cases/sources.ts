/** The sources and what they list. */
import { type AlertCases, APP, app, type Case, fires, JOB, type Series, silent } from './case.ts';

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
