/** Scans: counted once, by the process whose commit ended the scan. */
import { Counter, Histogram } from 'prom-client';
import { SCAN_ERROR_TYPES, type ScanErrorType } from '../errors.ts';
import { BUCKETS, registry } from './registry.ts';

const runs = new Counter({
  name: 'iam_scan_runs_total',
  help: 'Finished scans by outcome: success (every source), partial (some), failed (none), cancelled.',
  labelNames: ['status'],
  registers: [registry],
});
const duration = new Histogram({
  name: 'scan_duration_seconds',
  help: 'Time from the first unit of a scan to its end.',
  buckets: [...BUCKETS.scan],
  registers: [registry],
});
const errors = new Counter({
  name: 'scan_errors_total',
  help: 'Units that failed or stayed partial, by kind of failure.',
  labelNames: ['error_type'],
  registers: [registry],
});

export type ScanOutcome = 'success' | 'partial' | 'failed' | 'cancelled';
for (const status of ['success', 'partial', 'failed', 'cancelled']) runs.inc({ status }, 0);
for (const error_type of SCAN_ERROR_TYPES) errors.inc({ error_type }, 0);

/** Call after the commit that ended the scan, in the process that made it. */
export function countScan(status: ScanOutcome, seconds: number): void {
  runs.inc({ status });
  duration.observe(seconds);
}

/** Call after the commit that ended the unit. */
export function countUnitError(errorType: ScanErrorType): void {
  errors.inc({ error_type: errorType });
}
