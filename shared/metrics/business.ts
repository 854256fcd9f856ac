/**
 * What the database knows: jobs, scans, users. The process that serves the numbers reads them from maintained counts, at most
 * every 10 s, and keeps the old values when the database does not answer (the refresh timestamp then tells).
 */
import { Counter, Gauge } from 'prom-client';
import { registry } from './registry.ts';

/** One read of the counts; times are Unix seconds, 0 when it never happened. */
export interface BusinessStats {
  readonly jobsTotal: number;
  readonly jobsNewThisWeek: number;
  readonly lastSuccessfulScanAt: number;
  readonly lastScanFound: number;
  readonly lastScanNew: number;
  readonly scansInProgress: number;
}

const REFRESH_MS = 10_000;

/** Call once in each process that serves metrics. */
export function registerBusinessMetrics(read: () => Promise<BusinessStats>): void {
  const refreshErrors = new Counter({
    name: 'iam_stats_refresh_errors_total',
    help: 'Failed refreshes of the business gauges.',
    registers: [registry],
  });
  let latest: BusinessStats | undefined;
  let refreshedAt = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  const refresh = async () => {
    checkedAt = performance.now();
    try {
      latest = await read();
      refreshedAt = Date.now() / 1000;
    } catch {
      refreshErrors.inc();
    }
  };
  const fresh = () => {
    if (running === undefined && performance.now() - checkedAt < REFRESH_MS) return;
    running ??= refresh().finally(() => {
      running = undefined;
    });
    return running;
  };
  // aggregator 'max': several api processes report the same database, so the values must not be added up.
  const once = (name: string, help: string, of: (stats: BusinessStats) => number) =>
    new Gauge({
      name,
      help,
      aggregator: 'max',
      registers: [registry],
      async collect() {
        await fresh();
        if (latest !== undefined) this.set(of(latest));
      },
    });
  once('iam_jobs_total', 'Jobs in the database.', (s) => s.jobsTotal);
  once('iam_jobs_new_this_week', 'Jobs first seen in the last 7 days.', (s) => s.jobsNewThisWeek);
  once('iam_jobs_saved', 'Jobs saved by users.', () => 0);
  once('iam_jobs_applied', 'Jobs applied to by users.', () => 0);
  once('active_user_sessions', 'Sessions of signed-in users.', () => 0);
  once(
    'iam_last_successful_scan_timestamp',
    'End of the last successful scan (Unix time); 0 when there was none.',
    (s) => s.lastSuccessfulScanAt,
  );
  once('iam_scan_jobs_found_last', 'Postings found by the last finished scan.', (s) => s.lastScanFound);
  once('iam_scan_new_jobs_last', 'New jobs stored by the last finished scan.', (s) => s.lastScanNew);
  once('iam_scan_in_progress', '1 while a scan is open.', (s) => (s.scansInProgress > 0 ? 1 : 0));
  once('iam_stats_last_refresh_timestamp_seconds', 'When the business gauges were last read.', () => refreshedAt);

  const updates = new Counter({
    name: 'iam_job_status_updates_total',
    help: 'Changes of a job by its user.',
    labelNames: ['status'],
    registers: [registry],
  });
  for (const status of ['saved', 'applied', 'hidden', 'new']) updates.inc({ status }, 0);
}
