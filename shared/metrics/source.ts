/** Each source: whether it is read, how often it should be, and what came of it. */
import { Counter, type Gauge } from 'prom-client';
import { INTERVAL_MAX_S } from '../board-interval.ts';
import { SOURCE_STATES, type SourceState } from '../db/source-health/judge-source.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../sources.ts';
import { onceGauge } from './once.ts';
import { registry } from './registry.ts';
import type { Snapshot } from './snapshot.ts';

export interface SourceStats {
  readonly source: SourceName;
  /** Scans read it: it is among the settings' SOURCES, not switched off, and has its keys. */
  readonly enabled: boolean;
  /** Unix seconds; 0 for never. */
  readonly lastSuccessAt: number;
  /** Postings of all its boards in the last scan that read it. */
  readonly lastFound: number;
  readonly state: SourceState;
  /** Nine of ten of its boards were read in health since then: Unix seconds, 0 for never. */
  readonly freshAsOf: number;
}

const scans = new Counter({
  name: 'iam_source_scans_total',
  help: 'Finished fetches of a source by outcome: success when at least one of its boards was read, else failed.',
  labelNames: ['source', 'status'],
  registers: [registry],
});
for (const source of SOURCE_NAMES) for (const status of ['success', 'failed']) scans.inc({ source, status }, 0);

/** Call after the commit that ended a scan, once for each source that it asked. */
export function countSourceScan(source: SourceName, status: 'success' | 'failed'): void {
  scans.inc({ source, status });
}

interface Stats {
  readonly sources: readonly SourceStats[];
}

/** `registerBusinessMetrics` calls it: one read serves both. */
export function registerSourceGauges(stats: Snapshot<Stats>, scanIntervalSeconds: number | undefined): void {
  const gauge = (name: string, help: string, of: (source: SourceStats) => number) =>
    onceGauge(`iam_source_${name}`, help, ['source'], stats, (metric, { sources }) => {
      for (const source of sources) metric.set({ source: source.source }, of(source));
    });
  gauge('enabled', '1 when scans read the source.', ({ enabled }) => Number(enabled));
  gauge(
    'last_success_timestamp_seconds',
    'End of the last successful fetch of a source; 0 when there was none.',
    ({ lastSuccessAt }) => lastSuccessAt,
  );
  gauge('jobs_found_last', 'Jobs the last fetch of a source returned.', ({ lastFound }) => lastFound);
  onceGauge('iam_source_state', '1 for the state that the source is in.', ['source', 'state'], stats, showStates);
  onceGauge(
    'iam_source_healthy_read_age_seconds',
    'Time since nine of ten boards of a source were read in health; absent when they never were.',
    ['source'],
    stats,
    (metric, { sources }) => {
      const now = Date.now() / 1000;
      for (const { source, freshAsOf } of sources)
        if (freshAsOf > 0) metric.set({ source }, Math.max(0, now - freshAsOf));
        else metric.remove({ source });
    },
  );
  onceGauge(
    'iam_source_freshness_promise_seconds',
    'How old the last healthy read of a source may be at the most.',
    ['source'],
    stats,
    (metric) => {
      for (const source of SOURCE_NAMES) metric.set({ source }, sourceInfo(source).freshWithinHours * 3600);
    },
  );
  onceGauge(
    'iam_source_expected_interval_seconds',
    'Longest time between fetches of a source that is in health; absent while the timetable is off.',
    ['source'],
    stats,
    (metric) => {
      if (scanIntervalSeconds === undefined) return;
      for (const source of SOURCE_NAMES) {
        const longest = Math.max(INTERVAL_MAX_S, sourceInfo(source).minIntervalS ?? 0);
        metric.set({ source }, Math.max(scanIntervalSeconds, longest));
      }
    },
  );
}

function showStates(metric: Gauge<'source' | 'state'>, { sources }: Stats): void {
  for (const { source, state } of sources)
    for (const one of SOURCE_STATES) metric.set({ source, state: one }, Number(one === state));
}
