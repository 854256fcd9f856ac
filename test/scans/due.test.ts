/** Which boards the timetable reads, in which order the queue gets units, and when a board is due again. */
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { createDueScan, createScan } from '../../shared/db/scans/create.ts';
import { finishScanIfDone } from '../../shared/db/scans/finish.ts';
import { HANDED_MAX, handOver } from '../../shared/db/scans/hand-over.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { endUnit, findOpenUnit, openWork, type UnitEnd } from '../../shared/db/scans/units.ts';
import type { BoardTable } from '../../shared/db/tables/board.ts';
import { testDatabase } from '../db.ts';
import { addBoards, fakeQueue, request } from './helpers.ts';

let db: Database;
beforeEach(async () => {
  ({ db } = await testDatabase());
});

const SLOT = new Date('2026-11-22T18:00:00Z');
const HOUR_MS = 3_600_000;
const dueScan = (slot = SLOT, more: Partial<Parameters<typeof createDueScan>[1]> = {}, queue = fakeQueue()) =>
  createDueScan(db, { ...request({ trigger: 'timetable', requestedBy: null, ...more }), slot }, queue);
const setBoard = (token: string, values: Partial<Record<keyof BoardTable, unknown>>) =>
  db.sql
    .updateTable('board')
    .set(values as never)
    .where('token', '=', token)
    .execute();
const board = (token: string) =>
  db.sql.selectFrom('board').where('token', '=', token).selectAll().executeTakeFirstOrThrow();
const tokensOf = async (scanId: string) => {
  const rows = await db.sql
    .selectFrom('scan_unit')
    .innerJoin('board', 'board.id', 'board_id')
    .where('scan_id', '=', scanId)
    .orderBy('token')
    .select('token')
    .execute();
  return rows.map((row) => row.token);
};
const tokensById = async (ids: readonly string[]) => {
  const rows = await db.sql
    .selectFrom('scan_unit')
    .innerJoin('board', 'board.id', 'board_id')
    .select(['scan_unit.id', 'token'])
    .execute();
  const names = new Map(rows.map((row) => [row.id, row.token]));
  return ids.map((id) => names.get(id));
};
const endAll = async (scanId: string, end: UnitEnd) => {
  for (const { id } of await db.sql.selectFrom('scan_unit').where('scan_id', '=', scanId).select('id').execute()) {
    const unit = await findOpenUnit(db, id);
    if (unit !== undefined) await endUnit(db, unit, end);
  }
  return finishScanIfDone(db, scanId);
};

describe('a scan of the timetable', () => {
  test('reads the boards that are due at its slot or were never read, and no others', async () => {
    await addBoards(db, 'greenhouse/never', 'greenhouse/due', 'greenhouse/later', 'greenhouse/off!', 'lever/later2');
    await setBoard('due', { next_check_at: SLOT });
    await setBoard('later', { next_check_at: new Date(SLOT.getTime() + 1) });
    await setBoard('later2', { next_check_at: new Date(SLOT.getTime() + HOUR_MS) });
    const scan = await dueScan();
    expect(scan).toMatchObject({ units: 2, existing: false, queued: true });
    expect(await tokensOf(scan!.id)).toEqual(['due', 'never']);
  });

  test('is not made at all when nothing is due', async () => {
    await addBoards(db, 'greenhouse/later');
    await setBoard('later', { next_check_at: new Date(SLOT.getTime() + 1) });
    expect(await dueScan()).toBeUndefined();
    expect((await listScans(db, { limit: 10 })).scans).toEqual([]);
  });

  test('leaves out a board that another scan is about to read', async () => {
    await addBoards(db, 'greenhouse/a');
    const asked = await createScan(db, request(), fakeQueue());
    expect(await dueScan()).toBeUndefined();
    await endAll(asked.id, { state: 'cancelled' });
    expect(await dueScan()).toMatchObject({ units: 1 });
  });

  test('leaves out sources that wait for a key, and those that are switched off', async () => {
    await addBoards(db, 'adzuna/*', 'greenhouse/a');
    await db.sql.insertInto('source_state').values({ source: 'greenhouse', enabled: false }).execute();
    expect(await dueScan(SLOT, { sources: ['adzuna', 'greenhouse'], keys: {} })).toBeUndefined();
  });

  test('leaves out sources that are paused', async () => {
    await addBoards(db, 'greenhouse/a', 'lever/b');
    await db.sql.insertInto('hold').values({ target: 'greenhouse', who: 'test', reason: null }).execute();
    expect(await tokensOf((await dueScan())!.id)).toEqual(['b']);
    await db.sql.insertInto('hold').values({ target: '*', who: 'test', reason: null }).execute();
    expect(await dueScan(new Date(SLOT.getTime() + HOUR_MS))).toBeUndefined();
  });

  test('is one for its slot, however many ask', async () => {
    await addBoards(db, 'greenhouse/a', 'lever/b');
    const scans = await Promise.all(Array.from({ length: 6 }, () => dueScan()));
    expect(new Set(scans.flatMap((scan) => scan?.id ?? [])).size).toBe(1);
    expect((await listScans(db, { limit: 10 })).scans).toMatchObject([{ trigger: 'timetable', units: { total: 2 } }]);
  });

  test('is not held up by scans of people, nor they by it', async () => {
    await addBoards(db, 'greenhouse/a', 'lever/b');
    for (let i = 0; i < 50; i++) await createScan(db, request({ sources: ['lever'] }), fakeQueue());
    expect(await dueScan()).toMatchObject({ units: 1 });
  });

  test('of people reads all boards, due or not', async () => {
    await addBoards(db, 'greenhouse/later');
    await setBoard('later', { next_check_at: '2099-01-01' });
    expect(await createScan(db, request(), fakeQueue())).toMatchObject({ units: 1 });
  });
});

describe('the queue', () => {
  const many = (source: string, count: number) => Array.from({ length: count }, (_, i) => `${source}/${source}${i}`);

  test('never holds more tasks of a source than its bound, and another source does not wait for them', async () => {
    await addBoards(db, ...many('greenhouse', HANDED_MAX + 50), ...many('lever', 3));
    const queue = fakeQueue();
    await createScan(db, request(), queue);
    expect(queue.ids).toHaveLength(HANDED_MAX + 3);
    expect((await tokensById(queue.ids.slice(0, 6))).map((token) => token?.replace(/\d+/, ''))).toEqual([
      'greenhouse',
      'lever',
      'greenhouse',
      'lever',
      'greenhouse',
      'lever',
    ]);
    expect(await handOver(db, queue)).toBe(0);
    for (const id of queue.ids.slice(0, 20)) {
      await endUnit(db, (await findOpenUnit(db, id))!, { state: 'success', complete: true });
    }
    const more = fakeQueue();
    const ended = (await tokensById(queue.ids.slice(0, 20))).filter((token) => token?.startsWith('greenhouse')).length;
    expect(await handOver(db, more)).toBe(ended);
    expect(new Set([...queue.ids, ...more.ids]).size).toBe(queue.ids.length + more.ids.length);
  });

  test('gets the board first that wants to be read the soonest, whichever scan asks for it', async () => {
    await addBoards(db, 'greenhouse/daily', 'greenhouse/hourly', 'greenhouse/new', 'lever/old', 'lever/late');
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
    // Since when it is due, and its interval: a day of lateness is less to the daily one than two hours to the hourly one.
    await setBoard('daily', { last_read_at: hoursAgo(30), next_check_at: hoursAgo(6), interval_s: 86_400 });
    await setBoard('hourly', { last_read_at: hoursAgo(3), next_check_at: hoursAgo(2), interval_s: 3600 });
    await setBoard('new', { created_at: hoursAgo(6.5) });
    await setBoard('old', { last_read_at: hoursAgo(40), next_check_at: hoursAgo(16), interval_s: 86_400 });
    await setBoard('late', { last_read_at: hoursAgo(25), next_check_at: hoursAgo(1), interval_s: 1800 });
    const slot = new Date();
    await dueScan(slot, { sources: ['greenhouse'] }, fakeQueue(true));
    await dueScan(new Date(slot.getTime() + 1), { sources: ['lever'] }, fakeQueue(true));
    const queue = fakeQueue();
    await handOver(db, queue, { max: 3 });
    expect(await tokensById(queue.ids)).toEqual(['hourly', 'late', 'new', 'old', 'daily']);
  });

  test('gets what people ask for behind what is late, and what is new to them first', async () => {
    await addBoards(db, 'greenhouse/early', 'greenhouse/late', 'greenhouse/new');
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    await setBoard('early', { last_read_at: at(-5), next_check_at: at(300), interval_s: 21_600 });
    await setBoard('late', { last_read_at: at(-900), next_check_at: at(-500), interval_s: 21_600 });
    await createScan(db, request({ sources: ['greenhouse'] }), fakeQueue(true));
    const queue = fakeQueue();
    await handOver(db, queue);
    expect(await tokensById(queue.ids)).toEqual(['new', 'late', 'early']);
  });

  test('that was away gets the units later, and lost tasks are known without reading all units', async () => {
    await addBoards(db, ...many('greenhouse', 30));
    const { queued } = await createScan(db, request(), fakeQueue(true));
    expect(queued).toBe(false);
    expect((await openWork(db)).unitIds).toEqual([]);
    const queue = fakeQueue();
    expect(await handOver(db, queue, { max: 10 })).toBe(10);
    expect((await openWork(db)).unitIds).toEqual([]);
    await sql`update scan_unit set enqueued_at = enqueued_at - interval '1 minute'`.execute(db.sql);
    expect((await openWork(db)).unitIds.toSorted()).toEqual(queue.ids.toSorted());
  });
});

describe('when a unit ends', () => {
  const read = async (end: UnitEnd, slot: Date) => {
    await sql`update board set next_check_at = null`.execute(db.sql);
    const scan = (await dueScan(slot))!;
    const outcome = await endAll(scan.id, end);
    return { scan: (await readScan(db, scan.id))!, outcome, board: await board('a') };
  };
  const slots = (function* () {
    for (let i = 0; ; i++) yield new Date(SLOT.getTime() + i * HOUR_MS);
  })();
  const next = () => slots.next().value as Date;
  const waitsMs = (row: { next_check_at: Date | string | null }) => Date.parse(String(row.next_check_at)) - Date.now();

  test('its board is due again in about six hours at first', async () => {
    await addBoards(db, 'greenhouse/a');
    const { board: after } = await read({ state: 'success', complete: true, checked: { changes: 0 } }, next());
    expect(after.interval_s).toBe(6 * 3600);
    expect(waitsMs(after)).toBeGreaterThan(5.3 * HOUR_MS);
    expect(waitsMs(after)).toBeLessThan(6.7 * HOUR_MS);
  });

  test('a board that is not there rests after five times: it is no news then, and its scan is a success', async () => {
    await addBoards(db, 'greenhouse/a', 'lever/b');
    const gone: UnitEnd = {
      state: 'failed',
      errorType: 'http_4xx',
      error: '404',
      checked: { changes: 0, absent: true },
    };
    await db.sql.updateTable('board').set({ enabled: false }).where('token', '=', 'b').execute();
    for (let i = 1; i <= 5; i++) {
      const { outcome, board: after } = await read(gone, next());
      // Its source answered: the scan was not read whole, and nothing failed that anybody could mend there.
      expect(outcome).toBe('partial');
      expect(after.absences).toBe(i);
    }
    expect(waitsMs(await board('a'))).toBeGreaterThan(19 * HOUR_MS);
    await db.sql.updateTable('board').set({ enabled: true }).where('token', '=', 'b').execute();
    const scan = (await dueScan(next()))!;
    expect(scan.units).toBe(1);
    await sql`update board set next_check_at = null where token = 'a'`.execute(db.sql);
    const other = (await dueScan(next()))!;
    await endAll(other.id, gone);
    await endAll(scan.id, { state: 'success', complete: true });
    expect(await readScan(db, other.id)).toMatchObject({
      state: 'success',
      reason: null,
      units: { failed: 1 },
      sourceResults: [{ source: 'greenhouse', state: 'success', errors: 0 }],
    });
  });

  test('the last successful scan is one in which every source answered, also when a board of it failed', async () => {
    await addBoards(db, 'greenhouse/a', 'greenhouse/b', 'lever/c');
    const scan = (await dueScan(next()))!;
    const units = await db.sql
      .selectFrom('scan_unit')
      .where('scan_id', '=', scan.id)
      .select(['id', 'board_id'])
      .execute();
    const answered = async () =>
      (await db.sql.selectFrom('scan').where('id', '=', scan.id).selectAll().executeTakeFirstOrThrow())
        .every_source_answered;
    for (const [i, { id }] of units.entries()) {
      const end: UnitEnd = i === 0 ? { state: 'failed', errorType: 'timeout', error: 'x' } : { state: 'success' };
      await endUnit(db, (await findOpenUnit(db, id))!, end);
    }
    expect(await finishScanIfDone(db, scan.id)).toBe('partial');
    expect(await answered()).toBe(true);
  });

  test('a worker without the key of its source is not asked again at each slot', async () => {
    await addBoards(db, 'greenhouse/a');
    const { board: after } = await read({ state: 'waiting_for_key' }, next());
    expect(waitsMs(after)).toBeGreaterThan(HOUR_MS / 2);
    expect(after.last_read_at).toBeNull();
  });

  test('a board whose source may not be asked now stays as it was, and is due when it may be asked', async () => {
    await addBoards(db, 'greenhouse/a');
    await setBoard('a', { last_read_at: '2026-01-01T00:00:00Z', failures: 0 });
    const notAsked = { againInMs: 2 * HOUR_MS };
    const { board: after } = await read({ state: 'failed', errorType: 'network', error: 'is down', notAsked }, next());
    expect(after).toMatchObject({ failures: 0, absences: 0, interval_s: null, last_error: 'is down' });
    expect(Date.parse(String(after.last_read_at))).toBe(Date.parse('2026-01-01T00:00:00Z'));
    expect(waitsMs(after)).toBeGreaterThan(1.9 * HOUR_MS);
    expect(waitsMs(after)).toBeLessThan(3.1 * HOUR_MS);
  });

  test('its scan keeps its sums, and is read without its units', async () => {
    await addBoards(db, 'greenhouse/a', 'lever/b');
    const { scan } = await read({ state: 'success', complete: true, checked: { changes: 0 } }, next());
    await sql`delete from scan_unit`.execute(db.sql);
    expect(await readScan(db, scan.id)).toEqual(scan);
    expect(scan.units).toMatchObject({ total: 2, success: 2 });
  });
});

test('a scan of 100,000 boards begins, is handed over in part, and ends', async () => {
  await sql`insert into board (source, token) select (array['greenhouse', 'lever', 'ashby', 'workable'])[1 + i % 4], 'b' || i
    from generate_series(1, 100000) i`.execute(db.sql);
  const queue = fakeQueue();
  const scan = await createScan(db, request({ sources: ['greenhouse', 'lever', 'ashby', 'workable'] }), queue);
  expect(scan).toMatchObject({ units: 100_000, queued: true });
  expect(queue.ids).toHaveLength(4 * HANDED_MAX);
  expect(await finishScanIfDone(db, scan.id)).toBeUndefined();
  await sql`update scan_unit set state = 'success', found = 3, rejected = 3, finished_at = now()`.execute(db.sql);
  expect(await finishScanIfDone(db, scan.id)).toBe('success');
  expect(await readScan(db, scan.id)).toMatchObject({ found: 300_000, units: { total: 100_000, success: 100_000 } });
});
