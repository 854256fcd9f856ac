/** The numbers that the whole system has once: jobs, scans, sources, queues. Whoever serves /metrics shows them. */
import type { Config } from './config.ts';
import { readGateStats } from './db/budgets/stats.ts';
import type { Database } from './db/database.ts';
import { readBusinessStats } from './db/stats.ts';
import { registerBudgetMetrics } from './metrics/budget.ts';
import { registerBusinessMetrics } from './metrics/business.ts';
import { registerQueueMetrics } from './metrics/queue.ts';
import type { QueueKit } from './queues/kit.ts';
import { openQueueStates } from './queues/states.ts';
import { longestPauseSeconds } from './scan-interval.ts';

type SystemConfig = Pick<Config, 'sources' | 'sourceKeys' | 'scanCron' | 'scanTimeZone'>;

/**
 * Call once in a process that serves metrics. Several may: their values are the same, and the largest is shown.
 * @returns how to let go of the queues
 */
export function showSystemMetrics(config: SystemConfig, db: Database, kit: QueueKit): { close(): Promise<void> } {
  const { scanCron, scanTimeZone } = config;
  registerBusinessMetrics({
    read: () => readBusinessStats(db, config),
    scanIntervalSeconds: scanCron === undefined ? undefined : longestPauseSeconds(scanCron, scanTimeZone),
  });
  registerBudgetMetrics(() => readGateStats(db));
  const queues = openQueueStates(kit);
  registerQueueMetrics(queues.read);
  return queues;
}
