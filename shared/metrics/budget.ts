/** What sources may still be asked, and what had to wait for it. */
import { Counter } from 'prom-client';
import { type Period, SOURCE_NAMES, type SourceName } from '../sources.ts';
import { onceGauge } from './once.ts';
import { registry } from './registry.ts';
import { takeSnapshots } from './snapshot.ts';

export const WAIT_REASONS = ['pace', 'calls', 'budget', 'back-off', 'breaker', 'robots'] as const;
type WaitReason = (typeof WAIT_REASONS)[number];

export interface BudgetStats {
  readonly source: SourceName;
  readonly period: Period;
  readonly ceiling: number;
  /** In the period of the calendar (UTC) that is now; in a key's lifetime. */
  readonly spent: number;
}

export interface BreakerStats {
  readonly source: SourceName;
  readonly isOpen: boolean;
  /** Hosts of the source whose own breaker is open. */
  readonly openHosts: number;
}

const waits = new Counter({
  name: 'iam_source_waits_total',
  help: 'Requests that were not made yet because they must wait, by reason: their unit came again later, or ended its read there.',
  labelNames: ['source', 'reason'],
  registers: [registry],
});
for (const source of SOURCE_NAMES) for (const reason of WAIT_REASONS) waits.inc({ source, reason }, 0);

export function countWait(source: SourceName, reason: WaitReason): void {
  waits.inc({ source, reason });
}

export interface GateStats {
  readonly budgets: readonly BudgetStats[];
  readonly breakers: readonly BreakerStats[];
}

/**
 * Call once in each process that serves metrics.
 * @param read one read; failures may be thrown, and the old values then stay, as `iam_stats_refresh_errors_total` tells of the others
 */
export function registerBudgetMetrics(read: () => Promise<GateStats>): void {
  const stats = takeSnapshots(read, () => undefined);
  onceGauge(
    'iam_source_budget_requests',
    'Requests that a source may be asked in a period; absent where nothing bounds it.',
    ['source', 'period'],
    stats,
    (gauge, { budgets }) => {
      for (const { source, period, ceiling } of budgets) gauge.set({ source, period }, ceiling);
    },
  );
  onceGauge(
    'iam_source_budget_spent_requests',
    'Requests booked in the current period of the calendar (UTC).',
    ['source', 'period'],
    stats,
    (gauge, { budgets }) => {
      for (const { source, period, spent } of budgets) gauge.set({ source, period }, spent);
    },
  );
  onceGauge(
    'iam_source_breaker_open',
    '1 while nothing is asked of a source because it is down, refuses its key or has no quota left.',
    ['source'],
    stats,
    (gauge, { breakers }) => {
      for (const { source, isOpen } of breakers) gauge.set({ source }, Number(isOpen));
    },
  );
  onceGauge(
    'iam_source_breaker_open_hosts',
    'Hosts of a source that are not asked because they are down.',
    ['source'],
    stats,
    (gauge, { breakers }) => {
      for (const { source, openHosts } of breakers) gauge.set({ source }, openHosts);
    },
  );
}
