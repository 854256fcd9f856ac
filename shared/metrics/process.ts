/** This process itself, and prom-client's default metrics. */
import { Counter, collectDefaultMetrics, Gauge } from 'prom-client';
import { registry } from './registry.ts';

export const ROLES = ['api', 'worker', 'scheduler', 'supervisor'] as const;
export type Role = (typeof ROLES)[number];

const APPLICATION_ERRORS = ['unhandled', 'internal', 'database', 'queue', 'other'] as const;
export type ApplicationError = (typeof APPLICATION_ERRORS)[number];

const applicationErrors = new Counter({
  name: 'application_errors_total',
  help: 'Failures that the code did not expect, by kind, place and severity.',
  labelNames: ['error_type', 'endpoint', 'severity'],
  registers: [registry],
});
for (const error_type of APPLICATION_ERRORS) {
  for (const severity of ['critical', 'warning']) applicationErrors.inc({ error_type, endpoint: 'none', severity }, 0);
}

/** @param endpoint route pattern, or `none` outside of HTTP */
export function countApplicationError(
  errorType: ApplicationError,
  endpoint: string,
  severity: 'critical' | 'warning',
): void {
  applicationErrors.inc({ error_type: errorType, endpoint, severity });
}

/** Call once at the start of a process. */
export function registerProcessMetrics(role: Role): void {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'process_memory_bytes',
    help: 'Resident memory by role, all processes.',
    labelNames: ['role'],
    registers: [registry],
    collect() {
      this.set({ role }, process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'application_uptime_seconds',
    help: 'Uptime of the oldest process.',
    aggregator: 'max',
    registers: [registry],
    collect() {
      this.set(process.uptime());
    },
  });
}
