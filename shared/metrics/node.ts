/** What Node tells of this process: prom-client's default metrics, mended where they hide or lose something. */
import { constants, type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Histogram } from 'prom-client';
import { BUCKETS, registry } from './registry.ts';

/** By default an average, which hides the one process that is blocked, and left out, which hides restarts. */
const WORST = [
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'process_start_time_seconds',
];
/** Gauges named like counters, which `promtool check metrics` refuses; each is the sum of one without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Call once at the start of a process. */
export function registerNodeMetrics(role: string): void {
  collectDefaultMetrics({ register: registry });
  // prom-client's own object: its aggregator cannot be chosen when it is made.
  for (const name of WORST) Object.assign(registry.getSingleMetric(name) ?? {}, { aggregator: 'max' });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  observeGarbageCollection();
  let before = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of time the event loop was busy since the last report, busiest process of a role.',
    labelNames: ['role'],
    aggregator: 'max',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set({ role }, performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
}

const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** In place of prom-client's own (15.1.3), which counts only the first of the collections that are reported together. */
function observeGarbageCollection(): void {
  registry.removeSingleMetric('nodejs_gc_duration_seconds');
  const duration = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Garbage collection duration by kind.',
    labelNames: ['kind'],
    buckets: [...BUCKETS.gc],
    registers: [registry],
  });
  for (const kind of Object.values(GC_KINDS)) duration.zero({ kind });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { readonly detail?: { readonly kind: number } })[]) {
      const kind = GC_KINDS[entry.detail?.kind ?? -1];
      if (kind !== undefined) duration.observe({ kind }, entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
}
