/** Every metric that any process registers, with every series that is known at start, in this process's registry. */
import '../../shared/metrics/db.ts';
import '../../shared/metrics/db-pool.ts';
import '../../shared/metrics/external-api.ts';
import '../../shared/metrics/http.ts';
import '../../shared/metrics/liveness.ts';
import '../../shared/metrics/scan.ts';
import '../../shared/metrics/watchdog.ts';
import { registerBudgetMetrics } from '../../shared/metrics/budget.ts';
import { type BusinessStats, registerBusinessMetrics } from '../../shared/metrics/business.ts';
import { registerProcessMetrics } from '../../shared/metrics/process.ts';
import { QUEUES, registerQueueMetrics } from '../../shared/metrics/queue.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';

export interface MetricInfo {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly aggregator: string;
  readonly labels: readonly string[];
  readonly upperBounds?: readonly number[];
}

/** BullMQ's states of a task. */
const STATES = ['active', 'completed', 'delayed', 'failed', 'prioritized', 'waiting', 'waiting-children'];

export const NO_STATS: BusinessStats = {
  jobsTotal: 0,
  jobsNewThisWeek: 0,
  jobsSaved: 0,
  jobsApplied: 0,
  activeSessions: 0,
  jobsHidden: 0,
  lastSuccessfulScanAt: 0,
  lastScanFound: 0,
  lastScanNew: 0,
  scansInProgress: 0,
  sources: SOURCE_NAMES.map((source) => ({
    source,
    enabled: true,
    lastSuccessAt: 0,
    lastFound: 0,
    freshAsOf: 0,
    state: 'degraded' as const,
  })),
};

let registered = false;

export async function allMetrics(): Promise<MetricInfo[]> {
  if (!registered) {
    registered = true;
    registerProcessMetrics('api', { revision: 'abc1234', deployment: 'test' });
    registerBusinessMetrics({ read: async () => NO_STATS, scanIntervalSeconds: 3600 });
    registerBudgetMetrics(async () => ({
      budgets: SOURCE_NAMES.map((source) => ({ source, period: 'day', ceiling: 1, spent: 0 })),
      breakers: SOURCE_NAMES.map((source) => ({ source, isOpen: false, openHosts: 0 })),
    }));
    registerQueueMetrics(async () =>
      Object.keys(QUEUES).map((queue) => ({
        queue,
        counts: Object.fromEntries(STATES.map((state) => [state, 0])),
        oldestWaitingSeconds: 0,
        paused: false,
        workers: 1,
      })),
    );
  }
  return registry.getMetricsAsArray().map((metric) => {
    const { labelNames, ...info } = metric as unknown as MetricInfo & { labelNames?: string[] };
    return {
      ...info,
      aggregator: info.aggregator ?? 'sum',
      labels: (labelNames ?? []).filter((name) => name !== 'le'),
    };
  });
}
