/** Several schedulers: one leads, each slot of the timetable is one scan. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { keepLeading } from '../../scheduler/leader.ts';
import { lookAfter } from '../../scheduler/rounds.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import { createLog, type Log } from '../../shared/log.ts';
import { openTimetable, type Timetable } from '../../shared/queues/timetable.ts';
import type { UnitQueue } from '../../shared/queues/units.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { testDatabase } from '../db.ts';
import { testSystem } from '../scans/system.ts';
import { until } from '../until.ts';

const log = createLog('test', 'silent');
const EVERY_SECOND = { cron: '* * * * * *', timeZone: 'UTC' };

/** A scheduler's leadership alone, with a pool of its own; `rounds` counts what it does as the leader. */
async function candidate(url: string) {
  const db = await openDatabase(url, 'test-leader', 2);
  const counted = { rounds: 0 };
  const leading = keepLeading(
    db,
    log,
    async () => {
      counted.rounds++;
    },
    { everyMs: 20 },
  );
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= leading.stop().then(() => db.close());
    return stopped;
  };
  atEnd(stop);
  return { counted, stop };
}

describe('of several schedulers', () => {
  test('one leads, and another one takes over when it stops', async () => {
    const { url } = await testDatabase();
    const first = await candidate(url);
    await until(() => first.counted.rounds > 0);
    const second = await candidate(url);
    const before = first.counted.rounds;
    await until(() => first.counted.rounds > before + 10);
    expect(second.counted.rounds).toBe(0);
    await first.stop();
    await until(() => second.counted.rounds > 0);
  });

  test('the one whose connection breaks leads no more, and somebody leads again', async () => {
    const { url, db } = await testDatabase();
    const [first, second] = [await candidate(url), await candidate(url)];
    await until(() => first.counted.rounds + second.counted.rounds > 5);
    const leads = async () => {
      const [a, b] = [first.counted.rounds, second.counted.rounds];
      await sleep(200);
      return [first.counted.rounds > a, second.counted.rounds > b];
    };
    for (let i = 0; i < 3; i++) {
      const { rowCount } = await db.pool.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
           and database = (select oid from pg_database where datname = current_database())`,
      );
      expect(rowCount).toBe(1);
      await until(async () => (await leads()).filter(Boolean).length === 1);
      expect((await leads()).filter(Boolean)).toHaveLength(1);
    }
  });

  test('a round that fails in one part does the others, and the next round comes', async () => {
    const { db } = await testDatabase();
    const calls: string[] = [];
    const units = {
      size: async () => {
        calls.push('size');
        return 0;
      },
      sweep: async () => {
        calls.push('sweep');
      },
      enqueue: async () => undefined,
      ping: async () => undefined,
      close: async () => undefined,
    };
    const timetable = {
      set: async () => {
        throw new Error('the queue is away');
      },
      next: async () => undefined,
      close: async () => undefined,
    };
    const round = lookAfter({ db, units, timetable, times: EVERY_SECOND, log });
    await round();
    await round();
    expect(calls).toEqual(['size', 'sweep', 'size']);
  });

  test('that fail for minutes say so once in a while, and a full disk as what somebody must act on', async () => {
    const { db } = await testDatabase();
    const said: string[] = [];
    const note = (level: string) => (_: unknown, text: string) => void said.push(`${level}: ${text}`);
    const full = Object.assign(new Error('could not extend file'), { code: '53100' });
    const failing = (error: Error) => () => Promise.reject(error);
    const units = {
      enqueue: failing(full),
      size: failing(full),
      sweep: failing(full),
      ping: failing(full),
      close: failing(full),
    };
    const round = lookAfter({
      db,
      units: units as unknown as UnitQueue,
      timetable: { set: failing(new Error('the queue is away')) } as unknown as Timetable,
      times: EVERY_SECOND,
      log: { warn: note('warn'), error: note('error') } as unknown as Log,
    });
    for (let i = 0; i < 5; i++) await round();
    expect(said).toEqual([
      'warn: a round of the scheduler failed in part; the next one does it again',
      expect.stringMatching(/^error: the disk of the database is full: make room/),
      expect.stringMatching(/^error: the disk/),
    ]);
  });
});

describe.each(BACKENDS)('the timetable with schedulers on $name', (backend) => {
  test('makes exactly one scan for each slot, with two schedulers and one that ends in between', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0');
    system.source.boards.set('b0', () => ({ items: [] }));
    const ending = await system.startScheduler(EVERY_SECOND);
    await system.startScheduler(EVERY_SECOND);
    const slots = async () => {
      const rows = await system.db.sql.selectFrom('scan').select('slot').orderBy('slot').execute();
      return rows.map((row) => new Date(row.slot!).getTime());
    };
    await until(async () => (await slots()).length >= 2);
    await ending.stop();
    await until(async () => (await slots()).length >= 5);
    const times = await slots();
    // One a second, none twice, none left out.
    expect(times).toEqual(times.map((_, i) => times[0]! + i * 1000));
    expect((await listScans(system.db, { limit: 1 })).scans[0]).toMatchObject({
      trigger: 'timetable',
      requestedBy: null,
    });
  });

  test('is taken away by a leader for whom it is off', async () => {
    const system = await testSystem(backend);
    const timetable = openTimetable(system.kit);
    atEnd(() => timetable.close());
    await timetable.set({ cron: '0 0 1 1 *', timeZone: 'UTC' });
    await system.startScheduler(undefined);
    await until(async () => (await timetable.next()) === undefined);
  });

  test('is there again after the queue was lost', async () => {
    const system = await testSystem(backend);
    const timetable = openTimetable(system.kit);
    atEnd(() => timetable.close());
    await system.startScheduler({ cron: '0 0 1 1 *', timeZone: 'UTC' });
    await until(async () => (await timetable.next()) !== undefined);
    await timetable.set(undefined);
    await until(async () => (await timetable.next()) !== undefined);
  });
});
