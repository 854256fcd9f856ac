/** The timetable, the same on PostgreSQL and on Redis. */
import { describe, expect, test } from 'vitest';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openTimetable, startTimetableWorker } from '../../shared/queues/timetable.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { createTestDatabase } from '../db.ts';
import { until } from '../until.ts';

describe.each(BACKENDS)('the timetable on $name', ({ redisUrl }) => {
  async function kit() {
    return createQueueKit({
      redisUrl: await redisUrl(),
      databaseUrl: await createTestDatabase(),
      onError: () => undefined,
    });
  }
  type Kit = Awaited<ReturnType<typeof kit>>;
  function open(k: Kit) {
    const timetable = openTimetable(k);
    atEnd(() => timetable.close());
    return timetable;
  }
  function work(k: Kit, handle: (slot: Date) => Promise<void>) {
    const worker = startTimetableWorker(k, 5000, handle);
    atEnd(() => worker.close());
  }

  test('is empty until it is set, and empty again when it is switched off', async () => {
    const timetable = open(await kit());
    expect(await timetable.next()).toBeUndefined();
    await timetable.set(undefined);
    await timetable.set({ cron: '0 */6 * * *', timeZone: 'UTC' });
    expect((await timetable.next())?.getTime()).toBeGreaterThan(Date.now());
    await timetable.set(undefined);
    expect(await timetable.next()).toBeUndefined();
  });

  test('reads the pattern in its time zone', async () => {
    const timetable = open(await kit());
    await timetable.set({ cron: '30 7 1 1 *', timeZone: 'Europe/Berlin' });
    expect((await timetable.next())?.toISOString()).toMatch(/-01-01T06:30:00\.000Z$/);
    await timetable.set({ cron: '30 7 1 1 *', timeZone: 'America/New_York' });
    expect((await timetable.next())?.toISOString()).toMatch(/-01-01T12:30:00\.000Z$/);
  });

  test('tells each slot once to one of three workers, as the planned moment', async () => {
    const k = await kit();
    const timetable = open(k);
    const slots: Date[] = [];
    for (let i = 0; i < 3; i++) {
      work(k, async (slot) => {
        slots.push(slot);
      });
    }
    await timetable.set({ cron: '* * * * * *', timeZone: 'UTC' });
    await until(() => slots.length >= 3);
    await timetable.set(undefined);
    const times = slots.map((slot) => slot.getTime());
    expect(new Set(times).size).toBe(times.length);
    expect(times.every((time) => time % 1000 === 0)).toBe(true);
    expect(times.every((time, i) => i === 0 || time === (times[i - 1] ?? 0) + 1000)).toBe(true);
  });

  test('set again and again while it runs, it neither skips nor doubles a slot', async () => {
    const k = await kit();
    const timetable = open(k);
    const slots: number[] = [];
    work(k, async (slot) => {
      slots.push(slot.getTime());
    });
    await until(async () => {
      await timetable.set({ cron: '* * * * * *', timeZone: 'UTC' });
      return slots.length >= 4;
    });
    expect(slots).toEqual(slots.map((_, i) => (slots[0] ?? 0) + i * 1000));
  });

  test('a slot whose handling fails is tried again', async () => {
    const k = await kit();
    const timetable = open(k);
    const slots: number[] = [];
    work(k, async (slot) => {
      slots.push(slot.getTime());
      if (slots.length === 1) throw new Error('the database is away');
    });
    await timetable.set({ cron: '* * * * * *', timeZone: 'UTC' });
    await until(() => slots.filter((slot) => slot === slots[0]).length === 2);
  });
});
