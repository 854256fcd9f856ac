/** What people ask the application. */
import { type AlertCases, answers, app, fires, JOB, requests, type Series, silent } from './case.ts';

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
