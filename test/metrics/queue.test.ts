/** What the metrics tell of the queue, the same on PostgreSQL and on Redis. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { countTaskStart } from '../../shared/metrics/queue.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { createQueueKit, type QueueKit } from '../../shared/queues/kit.ts';
import { openQueueStates } from '../../shared/queues/states.ts';
import { openTimetable } from '../../shared/queues/timetable.ts';
import { openUnitQueue, startUnitWorker, type UnitAnswer, type UnitTask } from '../../shared/queues/units.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { createTestDatabase } from '../db.ts';
import { until } from '../until.ts';
import { sampleOf } from './page.ts';

let before = '';
beforeEach(async () => {
  before = await registry.metrics();
});
/** How much a number grew in this test. */
async function grown(name: string, labels: Record<string, string> = { queue: 'units' }): Promise<number> {
  return (sampleOf(await registry.metrics(), name, labels) ?? 0) - (sampleOf(before, name, labels) ?? 0);
}

describe.each(BACKENDS)('the queue on $name', ({ redisUrl }) => {
  async function open() {
    const env = { redisUrl: await redisUrl(), databaseUrl: await createTestDatabase(), onError: () => undefined };
    const kit = await createQueueKit(env);
    const [units, states] = [openUnitQueue(kit), openQueueStates(kit)];
    atEnd(async () => {
      await units.close();
      await states.close();
    });
    const state = async (queue = 'units') => (await states.read()).find((s) => s.queue === queue)!;
    return { kit, units, state };
  }
  function work(kit: QueueKit, handle: (task: UnitTask) => Promise<UnitAnswer>) {
    const worker = startUnitWorker(kit, { concurrency: 2, lockMs: 1000 }, handle);
    atEnd(() => worker.close(0));
    return worker;
  }

  test('that is empty says zero of everything', async () => {
    const { state } = await open();
    const { counts, ...rest } = await state();
    expect(rest).toEqual({ queue: 'units', oldestWaitingSeconds: 0, paused: false, workers: 0 });
    expect(Object.keys(counts).sort()).toEqual([
      'active',
      'completed',
      'delayed',
      'failed',
      'prioritized',
      'waiting',
      'waiting-children',
    ]);
    expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  });

  test('says what waits, since when, and who works on it', async () => {
    const { kit, units, state } = await open();
    await units.enqueue([randomUUID(), randomUUID(), randomUUID()]);
    const old = await until(async () => {
      const now = await state();
      return now.oldestWaitingSeconds > 0.05 && now;
    });
    expect(old).toMatchObject({ counts: { waiting: 3, active: 0 }, workers: 0 });
    expect(old.oldestWaitingSeconds).toBeLessThan(20);
    const { promise, resolve } = Promise.withResolvers<UnitAnswer>();
    work(kit, () => promise);
    await until(async () => {
      const { counts, workers } = await state();
      return counts.active === 2 && counts.waiting === 1 && workers === 1;
    });
    resolve('done');
    await until(async () => (await units.size()) === 0);
    expect(await state()).toMatchObject({ oldestWaitingSeconds: 0, counts: { waiting: 0, active: 0 } });
  });

  test('that is paused says so, and its tasks grow old', async () => {
    const { kit, units, state } = await open();
    const queue = kit.queue('units');
    atEnd(() => queue.close());
    await queue.pause();
    await units.enqueue([randomUUID()]);
    await until(async () => (await state()).oldestWaitingSeconds > 0.05);
    expect(await state()).toMatchObject({ paused: true });
    await queue.resume();
    expect(await state()).toMatchObject({ paused: false });
  });

  test('does not call a slot old that is still to come, and calls one old whose moment passed without anybody', async () => {
    const { kit, state } = await open();
    const timetable = openTimetable(kit);
    atEnd(() => timetable.close());
    await timetable.set({ cron: '0 0 1 1 *', timeZone: 'UTC' });
    expect(await state('timetable')).toMatchObject({ oldestWaitingSeconds: 0, counts: { delayed: 1 } });
    await timetable.set({ cron: '* * * * * *', timeZone: 'UTC' });
    await until(async () => (await state('timetable')).oldestWaitingSeconds > 0.2);
  });

  test('counts tasks that were done, how long each waited and took', async () => {
    const { kit, units } = await open();
    await units.enqueue([randomUUID(), randomUUID(), randomUUID()]);
    work(kit, async () => 'done');
    await until(async () => (await grown('bullmq_job_completed_total')) === 3);
    expect(await grown('bullmq_job_wait_seconds_count')).toBe(3);
    expect(await grown('bullmq_job_wait_seconds_sum')).toBeLessThan(3 * 20);
    const done = { queue: 'units', job_type: 'unit', status: 'completed' };
    expect(await grown('bullmq_job_duration_seconds_count', done)).toBe(3);
    expect([await grown('bullmq_job_failed_total'), await grown('bullmq_job_attempts_failed_total')]).toEqual([0, 0]);
  });

  test('counts a task that gives its slot back as neither done nor failed, and its first wait only', async () => {
    const { kit, units } = await open();
    let runs = 0;
    await units.enqueue([randomUUID()]);
    work(kit, async () => (++runs < 4 ? { againInMs: 0 } : 'done'));
    await until(async () => (await grown('bullmq_job_completed_total')) === 1);
    expect(runs).toBe(4);
    expect(await grown('bullmq_job_duration_seconds_count')).toBe(1);
    expect(await grown('bullmq_job_wait_seconds_count')).toBe(1);
    expect(await grown('bullmq_job_attempts_failed_total')).toBe(0);
  });

  test('counts each try that failed, and a task that was given up once', async () => {
    const { kit, units } = await open();
    await units.enqueue([randomUUID()]);
    work(kit, async () => {
      throw new Error('the database is away');
    });
    await until(async () => (await grown('bullmq_job_failed_total')) === 1, { timeoutMs: 20_000 });
    expect(await grown('bullmq_job_attempts_failed_total', { queue: 'units', job_type: 'unit' })).toBe(3);
    expect(await grown('bullmq_job_duration_seconds_count', { queue: 'units', status: 'failed' })).toBe(3);
    expect([await grown('bullmq_job_completed_total'), await grown('bullmq_job_wait_seconds_count')]).toEqual([0, 1]);
  });

  test('counts a task whose worker was cut off in the middle of it', async () => {
    const { kit, units } = await open();
    await units.enqueue([randomUUID()]);
    const raw = kit.worker('units', () => new Promise(() => undefined), {
      concurrency: 1,
      lockDuration: 300,
      stalledInterval: 300,
      skipLockRenewal: true,
    });
    await until(async () => (await grown('bullmq_job_wait_seconds_count')) === 1);
    await raw.disconnect();
    work(kit, async () => 'done');
    await until(async () => (await grown('bullmq_job_completed_total')) === 1, { timeoutMs: 20_000 });
    expect(await grown('bullmq_jobs_stalled_total')).toBe(1);
  });
});

test('clocks that differ make no wait below zero, and an unknown queue is no new label', async () => {
  countTaskStart('nobody knows', -5);
  expect(await grown('bullmq_job_wait_seconds_sum', { queue: 'other' })).toBe(0);
  expect(await grown('bullmq_job_wait_seconds_count', { queue: 'other' })).toBe(1);
});
