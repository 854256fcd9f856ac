/** Scans. */
import { type AlertCases, APP, app, fires, JOB, type Series, silent, unitsIn, unitsQueue } from './case.ts';

/** A scan that has been open since the fifth minute. */
const openScan = (done: string, ...more: Series[]) => [
  app('iam_scan_in_progress', {}, '0x4 1x200'),
  unitsQueue('job_completed_total', {}, done),
  app('bullmq_job_completed_total', { queue: 'timetable' }, '0+1x200'),
  ...more,
];
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
      fires('nothing ends, and units wait', openScan('7x200', unitsIn('waiting', 5)), { from: '1h5m' }, APP, STUCK),
      fires('nothing ends, and one runs', openScan('7x200', unitsIn('active', 1)), { from: '1h5m' }, APP, STUCK),
      silent('units end', openScan('0+1x200', unitsIn('waiting', 5)), '90m'),
      silent('all wait for a budget', openScan('7x200', unitsIn('delayed', 5)), '90m'),
      silent(
        'only a slot of the timetable waits',
        openScan(
          '7x200',
          unitsIn('waiting', 0),
          app('bullmq_job_count', { queue: 'timetable', state: 'waiting' }, '1x200'),
        ),
        '90m',
      ),
      silent(
        'one scan after the other',
        [
          app('iam_scan_in_progress', {}, '1x40 0 1x40 0 1x40'),
          unitsQueue('job_completed_total', {}, '7x200'),
          unitsIn('waiting', 5),
        ],
        '100m',
      ),
    ],
  },
};
