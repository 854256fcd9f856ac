/** /metrics of two supervisors that share a Redis. */
import { describe, expect, inject, test } from 'vitest';
import { freePort } from '../../shared/embedded/free-port.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase } from '../db.ts';
import { type RedisServer, startRedis } from '../redis-server.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';
import { sampleOf } from './page.ts';
import { watchPage } from './page-watch.ts';

const hasRedis = inject('redisUrl') !== undefined;
if (!hasRedis)
  test.skip('two supervisors: redis-server is not installed, `npm test` says how to get it', () => undefined);
const JOBS = { endpoint: '/api/v1/jobs', status_code: '200' };

describe.runIf(hasRedis)('two supervisors with one Redis', () => {
  test('show the fleet, each alone when asked, and no total falls when Redis stops and comes back empty', async () => {
    const redis = (await startRedis()) as RedisServer;
    atEnd(() => redis.stop());
    const databaseUrl = await createTestDatabase();
    const start = async () => {
      const port = await freePort();
      const system = await startSystem({
        roles: ['api'],
        settings: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, METRICS_PORT: `${port}` },
      });
      await system.ready();
      const url = `http://127.0.0.1:${port}/metrics`;
      const jobs = async (query = '') =>
        sampleOf(await (await fetch(`${url}${query}`)).text(), 'http_requests_total', JOBS);
      return {
        system,
        url,
        jobs,
        ask: async () => expect((await system.call('GET', '/api/v1/jobs')).status).toBe(200),
      };
    };
    const [a, b] = [await start(), await start()];
    for (const { ask } of [a, a, a, b, b]) await ask();
    for (const { jobs } of [a, b]) await until(async () => (await jobs()) === 5);
    expect([await a.jobs('?scope=host'), await b.jobs('?scope=host')]).toEqual([3, 2]);

    const watches = [a, b].map(({ url }) => watchPage(url));
    await redis.stop();
    const isUp = async () => sampleOf(await (await fetch(a.url)).text(), 'metrics_bus_redis_up');
    await until(async () => (await isUp()) === 0);
    await a.ask();
    await until(async () => (await a.jobs()) === 6);
    const back = (await startRedis(redis.port)) as RedisServer;
    atEnd(() => back.stop());
    for (const { jobs } of [a, b]) await until(async () => (await jobs()) === 6, { timeoutMs: 20_000 });
    for (const watch of watches) {
      await watch.stop();
      expect(watch.falls).toEqual([]);
      expect(watch.failures).toEqual([]);
      expect(watch.reads).toBeGreaterThan(3);
    }
    for (const { system } of [a, b]) await system.stop();
  });
});
