/** Redis ends in the middle of a scan and comes back empty, as it does when it keeps nothing on disk. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { startRedis } from '../redis-server.ts';
import { until } from '../until.ts';
import { jobs, openPostings } from '../worker/unit-kit.ts';
import { testSystem } from './system.ts';

describe.each(BACKENDS.filter((backend) => backend.name === 'redis'))('with a $name of its own', ({ name }) => {
  test('a scan under way and one asked for meanwhile both end, with every posting stored once', async () => {
    const redis = await startRedis();
    if (redis === undefined) throw new Error('BACKENDS says that there is a Redis');
    atEnd(() => redis.stop());
    const system = await testSystem({ name, redisUrl: async () => redis.url });
    await system.addBoards(...Array.from({ length: 6 }, (_, i) => `greenhouse/b${i}`));
    const open = Promise.withResolvers<void>();
    for (let i = 0; i < 6; i++) {
      system.source.boards.set(`b${i}`, async () => {
        await open.promise;
        return { items: jobs(10, i * 100) };
      });
    }
    await Promise.all([system.startWorker(2), system.startScheduler()]);
    const first = await system.ask();
    expect(first.queued).toBe(true);
    await until(() => system.source.requests.length === 2);

    await redis.stop();
    const askedAt = performance.now();
    const second = await system.ask();
    expect(second).toMatchObject({ queued: false, units: 6 });
    expect(performance.now() - askedAt).toBeLessThan(8000);
    await expect(system.queue.ping()).rejects.toThrow();

    const back = await startRedis(redis.port);
    atEnd(() => back?.stop());
    await Promise.all([system.age(first.id), system.age(second.id)]);
    open.resolve();
    const views = await Promise.all([system.ended(first.id, 50_000), system.ended(second.id, 50_000)]);
    for (const view of views) expect(view).toMatchObject({ state: 'success', found: 60, kept: 60 });
    expect((views[0]?.new ?? 0) + (views[1]?.new ?? 0)).toBe(60);
    expect(await openPostings(system.db)).toHaveLength(60);
  }, 90_000);

  test('a scan of 500 units outlives FLUSHALL and a stop of Redis: nothing is lost and nothing is doubled', async () => {
    const redis = await startRedis();
    if (redis === undefined) throw new Error('BACKENDS says that there is a Redis');
    atEnd(() => redis.stop());
    const system = await testSystem({ name, redisUrl: async () => redis.url });
    await system.addBoards(...Array.from({ length: UNITS }, (_, i) => `greenhouse/b${i}`));
    // Reads go on only as far as the test lets them, so that each outage meets a scan that is under way.
    let [allowed, read] = [UNITS / 5, 0];
    for (let i = 0; i < UNITS; i++) {
      system.source.boards.set(`b${i}`, async () => {
        const turn = ++read;
        await until(() => turn <= allowed, { timeoutMs: 120_000 });
        return { items: jobs(2, i * 10) };
      });
    }
    await Promise.all([system.startWorker(8), system.startScheduler()]);
    const { id } = await system.ask({ sources: ['greenhouse'] });
    await system.age(id);
    const done = async () => (await system.read(id)).units.done;
    await until(async () => (await done()) >= UNITS / 5 - 8);
    await flushAll(redis.url);
    allowed = (UNITS * 2) / 5;
    await until(async () => (await done()) >= (UNITS * 2) / 5 - 16, { timeoutMs: 60_000 });
    await redis.stop();
    // What runs goes to its end without Redis, and then nothing can be taken: 8 slots are all that moves.
    const atStop = await done();
    allowed = UNITS * 3;
    await sleep(2000);
    expect(await done()).toBeLessThanOrEqual(atStop + 16);
    const back = await startRedis(redis.port);
    atEnd(() => back?.stop());
    const view = await system.ended(id, 120_000);
    expect(view).toMatchObject({ state: 'success', units: { total: UNITS, success: UNITS } });
    expect(view).toMatchObject({ found: UNITS * 2, kept: UNITS * 2, new: UNITS * 2, closed: 0 });
    const stored = await openPostings(system.db);
    expect(new Set(stored).size).toBe(UNITS * 2);
    expect(stored).toHaveLength(UNITS * 2);
    // Only units that were under way when their task was lost are read twice, and no read is missing.
    expect(new Set(system.source.requests).size).toBe(UNITS);
    expect(system.source.requests.length).toBeLessThanOrEqual(UNITS + 3 * 8);
  }, 240_000);
});

const UNITS = 500;

async function flushAll(url: string): Promise<void> {
  const client = new Redis(url);
  try {
    await client.flushall();
  } finally {
    client.disconnect();
  }
}
