/** Redis ends in the middle of a scan and comes back empty, as it does when it keeps nothing on disk. */
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
});
