/**
 * What the database knows: jobs, scans, users. Maintained counts are read at most every ten seconds; when the database does not
 * answer the old values stay, and `iam_stats_last_refresh_timestamp_seconds` tells.
 */
import { Counter, Gauge } from 'prom-client';
import { afterRefresh, onceGauge } from './once.ts';
import { registry } from './registry.ts';
import { takeSnapshots } from './snapshot.ts';
import { registerSourceGauges, type SourceStats } from './source.ts';
// What people do is counted where they do it, and is 0 everywhere else.
import './tracking.ts';

/** One read of the counts; times are Unix seconds, 0 when it never happened. */
export interface BusinessStats {
  readonly jobsTotal: number;
  readonly jobsNewThisWeek: number;
  readonly jobsSaved: number;
  readonly jobsApplied: number;
  readonly activeSessions: number;
  readonly jobsHidden: number;
  readonly lastSuccessfulScanAt: number;
  readonly lastScanFound: number;
  readonly lastScanNew: number;
  readonly scansInProgress: number;
  readonly sources: readonly SourceStats[];
}

export interface BusinessOptions {
  /** One read; failures may be thrown. */
  readonly read: () => Promise<BusinessStats>;
  /** Longest time between two scans of the timetable; undefined when it is off. */
  readonly scanIntervalSeconds: number | undefined;
}

/** Call once in each process that serves metrics. */
export function registerBusinessMetrics({ read, scanIntervalSeconds }: BusinessOptions): void {
  const refreshErrors = new Counter({
    name: 'iam_stats_refresh_errors_total',
    help: 'Failed refreshes of the business gauges.',
    registers: [registry],
  });
  const stats = takeSnapshots(read, () => refreshErrors.inc());
  for (const [name, help, of] of GAUGES)
    onceGauge(name, help, [], stats, (gauge, latest) => gauge.set(Number(of(latest))));
  for (const [name, help, of] of [
    ['last_refresh_timestamp_seconds', 'When the business gauges were last read; 0 for never.', () => stats.readAt],
    ['refresh_duration_seconds', 'How long the last refresh of the business gauges took.', () => stats.tookSeconds],
  ] as const) {
    // Shown in any case: they tell that the others are missing.
    new Gauge({
      name: `iam_stats_${name}`,
      help,
      aggregator: 'max',
      registers: [registry],
      collect() {
        return afterRefresh(stats, () => this.set(of()));
      },
    });
  }
  registerSourceGauges(stats, scanIntervalSeconds);
}

const GAUGES: readonly (readonly [string, string, (stats: BusinessStats) => number | boolean])[] = [
  ['iam_jobs_total', 'Jobs in the database.', (s) => s.jobsTotal],
  ['iam_jobs_new_this_week', 'Jobs first seen in the last 7 days.', (s) => s.jobsNewThisWeek],
  ['iam_jobs_saved', 'Jobs that users have saved and not applied to.', (s) => s.jobsSaved],
  ['iam_jobs_applied', 'Jobs that users applied to, whatever came of it.', (s) => s.jobsApplied],
  ['iam_jobs_hidden', 'Jobs that users hide.', (s) => s.jobsHidden],
  ['active_user_sessions', 'Sessions of signed-in users.', (s) => s.activeSessions],
  [
    'iam_last_successful_scan_timestamp',
    'End of the last scan in which every source answered (Unix time); 0 when there was none.',
    (s) => s.lastSuccessfulScanAt,
  ],
  ['iam_scan_jobs_found_last', 'Postings found by the last finished scan.', (s) => s.lastScanFound],
  ['iam_scan_new_jobs_last', 'New jobs stored by the last finished scan.', (s) => s.lastScanNew],
  ['iam_scan_in_progress', '1 while a scan is open.', (s) => s.scansInProgress > 0],
];
