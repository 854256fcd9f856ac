/** The numbers that the system has once, shown by the supervisor of a host on which no api process does it. */
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import type { Log } from '../log.ts';
import { reportQueueFaults } from '../queues/fault.ts';
import { createQueueKit } from '../queues/kit.ts';
import { showSystemMetrics } from '../system-metrics.ts';

/** One statement at a time, every ten seconds at most. */
const POOL_MAX = 1;

/** @throws StartError when the database or the queue cannot be reached */
export async function openSystemMetrics(
  config: Config,
  databaseUrl: string,
  log: Log,
): Promise<{ release(): Promise<void> }> {
  const db = await openDatabase(databaseUrl, 'supervisor', POOL_MAX);
  const onError = reportQueueFaults(log);
  const kit = await createQueueKit({ redisUrl: config.redisUrl, databaseUrl, onError });
  const metrics = showSystemMetrics(config, db, kit);
  const release = async () => {
    await metrics.close();
    await db.close();
  };
  return { release };
}
