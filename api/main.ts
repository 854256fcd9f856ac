/** The api role: serves the pages, the API and /metrics. */
import { openDatabase } from '../shared/db/database.ts';
import { type Close, type RoleContext, runRole } from '../shared/lifecycle.ts';
import { initErrors } from '../shared/metrics/application-errors.ts';
import { initRoute } from '../shared/metrics/http.ts';
import { openBoardCheckQueue } from '../shared/queues/board-checks.ts';
import { reportQueueFaults } from '../shared/queues/fault.ts';
import { createQueueKit } from '../shared/queues/kit.ts';
import { openRedisCounts } from '../shared/queues/redis-counts.ts';
import { openUnitQueue } from '../shared/queues/units.ts';
import { adminToken, secretKeys } from '../shared/secrets.ts';
import { showSystemMetrics } from '../shared/system-metrics.ts';
import { createAdminGuard } from './admin-guard.ts';
import { createAnswerCache } from './answer-cache.ts';
import { createApp } from './app.ts';
import { openAccounts } from './auth/open.ts';
import { createEventStreams } from './event-streams.ts';
import { createAllowances } from './rate-limits.ts';
import { ownStatusesOf, type Route } from './route.ts';
import { routesFor } from './routes/all.ts';
import { listen } from './server.ts';
import type { Services } from './services.ts';

/** Part of the time for shutting down that running requests get; the rest is for letting go of database and queue. */
const REQUESTS_SHARE = 0.5;

async function start({ config, log, databaseUrl, metrics, ready }: RoleContext): Promise<Close> {
  const db = await openDatabase(databaseUrl, 'api');
  const kit = await createQueueKit({ redisUrl: config.redisUrl, databaseUrl, onError: reportQueueFaults(log) });
  const queue = openUnitQueue(kit);
  const checks = openBoardCheckQueue(kit);
  const counts = config.redisUrl === undefined ? undefined : openRedisCounts(config.redisUrl);
  const systemMetrics = showSystemMetrics(config, db, kit);
  const people = openAccounts({
    databaseUrl,
    accounts: config.accounts,
    secretKeys: secretKeys(config),
    publicUrl: config.publicUrl,
    port: () => config.port,
    log,
  });
  let ending = false;
  const services: Services = {
    answers: createAnswerCache(),
    config,
    db,
    queue,
    checks,
    log,
    admin: createAdminGuard(adminToken(config), log),
    accounts: people,
    people,
    allowances: createAllowances(
      counts === undefined ? { pool: db.pool } : { redis: counts.client },
      config.rateLimits,
    ),
    streams: createEventStreams(),
    now: () => new Date(),
    readMetrics: metrics.read,
    isEnding: () => ending,
  };
  const routes = routesFor(config.metricsPort);
  initSeries(routes);
  const server = await listen(createApp(services, routes), config.host, config.port);
  ready(`page, API${config.metricsPort === undefined ? ' and /metrics' : ''} on port ${config.port}`);
  return async () => {
    ending = true;
    // Streams first: `server.close()` waits for them and they wait for nothing.
    services.streams.close();
    await server.close(config.shutdownTimeoutMs * REQUESTS_SHARE);
    await Promise.all([queue.close(), checks.close(), systemMetrics.close(), people.close()]);
    counts?.close();
    await db.close();
  };
}

/** Every series that a request can move is there before the first one comes, so that a first failure is an increase. */
function initSeries(routes: readonly Route[]): void {
  for (const route of routes) {
    initRoute(route.method, route.path, ownStatusesOf(route));
    initErrors(route.path);
  }
  initRoute('GET', 'static', [200, 304, 404]);
  initRoute('GET', 'unmatched', [404, 421]);
}

await runRole('api', start);
