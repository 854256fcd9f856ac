/** Whether alerts can travel at all: when Alertmanager last reached us with the alert that always fires. */
import { Gauge } from 'prom-client';
import { registry } from './registry.ts';

const lastReceived = new Gauge({
  name: 'iam_alert_watchdog_last_received_timestamp_seconds',
  help: 'When the Watchdog alert last reached this application (Unix time); 0 when it never did.',
  aggregator: 'max',
  registers: [registry],
});

/** Call when Watchdog arrives. The process that received it last knows; when that one ends, the next Watchdog tells another. */
export function watchdogReceived(now: Date): void {
  lastReceived.set(now.getTime() / 1000);
}
