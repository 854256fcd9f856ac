/** The unit queue, the same on PostgreSQL and on Redis. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createQueueKit, type QueueKit } from '../../shared/queues/kit.ts';
import { openUnitQueue, startUnitWorker, type UnitAnswer, type UnitTask } from '../../shared/queues/units.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { createTestDatabase } from '../db.ts';
import { until } from '../until.ts';

describe.each(BACKENDS)('the unit queue on $name', ({ redisUrl }) => {
  async function kit(): Promise<QueueKit> {
    return createQueueKit({
      redisUrl: await redisUrl(),
      databaseUrl: await createTestDatabase(),
      onError: () => undefined,
    });
  }
  function open(k: QueueKit) {
    const queue = openUnitQueue(k);
    atEnd(() => queue.close());
    return queue;
  }
  function work(k: QueueKit, handle: (task: UnitTask) => Promise<UnitAnswer>, concurrency = 4) {
    const worker = startUnitWorker(k, { concurrency, lockMs: 2000 }, handle);
    atEnd(() => worker.close(0));
    return worker;
  }
  const ids = (n: number) => Array.from({ length: n }, () => randomUUID());

  test('hands every unit over once, though it was enqueued three times', async () => {
    const k = await kit();
    const queue = open(k);
    const units = ids(1200);
    await queue.enqueue(units);
    await queue.enqueue(units);
    await Promise.all([queue.enqueue(units.slice(0, 600)), queue.enqueue(units.slice(400))]);
    expect(await queue.size()).toBe(1200);
    const seen: string[] = [];
    work(k, async ({ unitId }) => {
      seen.push(unitId);
      return 'done';
    });
    await until(async () => (await queue.size()) === 0, { timeoutMs: 25_000 });
    expect(seen.toSorted()).toEqual(units.toSorted());
  });

  test('a unit that ended may be enqueued again under its own id', async () => {
    const k = await kit();
    const queue = open(k);
    const [unit] = ids(1) as [string];
    let runs = 0;
    work(k, async () => {
      runs += 1;
      return 'done';
    });
    await queue.enqueue([unit]);
    await until(async () => runs === 1 && (await queue.size()) === 0);
    await queue.enqueue([unit]);
    await until(() => runs === 2);
  });

  test('a unit that must wait gives its slot to another one and comes again', async () => {
    const k = await kit();
    const queue = open(k);
    const [busy, free] = ids(2) as [string, string];
    const seen: string[] = [];
    await queue.enqueue([busy, free]);
    work(
      k,
      async ({ unitId }) => {
        seen.push(unitId);
        return unitId === busy && seen.length === 1 ? { againInMs: 300 } : 'done';
      },
      1,
    );
    await until(() => seen.length === 3);
    expect(seen).toEqual([busy, free, busy]);
    await until(async () => (await queue.size()) === 0);
  });

  test('waiting never uses up the tries of a unit', async () => {
    const k = await kit();
    const queue = open(k);
    const tries: boolean[] = [];
    await queue.enqueue(ids(1));
    work(k, async ({ lastTry }) => {
      tries.push(lastTry);
      return tries.length < 8 ? { againInMs: 0 } : 'done';
    });
    await until(() => tries.length === 8);
    expect(tries).not.toContain(true);
  });

  test('an error is tried three times, and the last try is told so', async () => {
    const k = await kit();
    const queue = open(k);
    const tries: boolean[] = [];
    await queue.enqueue(ids(1));
    work(k, async ({ lastTry }) => {
      tries.push(lastTry);
      throw new Error('the database is away');
    });
    await until(() => tries.length === 3, { timeoutMs: 20_000 });
    await until(async () => (await queue.size()) === 0);
    expect(tries).toEqual([false, false, true]);
  });

  test('closing lets a running unit finish', async () => {
    const k = await kit();
    const queue = open(k);
    const finish = Promise.withResolvers<void>();
    let state = 'waiting';
    const worker = work(k, async () => {
      state = 'running';
      await finish.promise;
      state = 'finished';
      return 'done';
    });
    await queue.enqueue(ids(1));
    await until(() => state === 'running');
    const closed = worker.close(5000);
    finish.resolve();
    await closed;
    expect(state).toBe('finished');
    expect(await queue.size()).toBe(0);
  });

  test('a unit that does not finish in time is aborted, and another worker gets it at once', async () => {
    const k = await kit();
    const queue = open(k);
    const units = ids(1);
    const runs: string[] = [];
    const worker = work(k, async ({ signal }) => {
      runs.push('first');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { againInMs: 0 };
    });
    await queue.enqueue(units);
    await until(() => runs.length === 1);
    await worker.close(50);
    work(k, async ({ unitId }) => {
      runs.push(unitId);
      return 'done';
    });
    await until(() => runs.length === 2);
    expect(runs[1]).toBe(units[0]);
  });

  test('closing does not wait for a unit that never listens', async () => {
    const k = await kit();
    const queue = open(k);
    const never = Promise.withResolvers<UnitAnswer>();
    let running = false;
    const worker = startUnitWorker(k, { concurrency: 1, lockMs: 2000 }, () => {
      running = true;
      return never.promise;
    });
    await queue.enqueue(ids(1));
    await until(() => running);
    const startedAt = performance.now();
    await worker.close(50);
    expect(performance.now() - startedAt).toBeLessThan(6000);
    never.resolve('done');
  });

  test('answers a ping while it lives', async () => {
    const queue = open(await kit());
    await expect(queue.ping()).resolves.toBeUndefined();
  });
});
