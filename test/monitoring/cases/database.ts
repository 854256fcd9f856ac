/** The database. */
import { type AlertCases, APP, app, buckets, fires, JOB, silent } from './case.ts';

const faults = (perStep: number, errorType = 'connection') =>
  app('database_errors_total', { operation: 'select', error_type: errorType }, `0+${perStep}x60`);
const statements = (perStep: Record<string, number>) =>
  buckets('db_query_duration_seconds', { operation: 'select', table: 'job' }, perStep);

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
