/** Scans as rows: how they begin, end, are cancelled and are read. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { createScan, TooManyScansError, UnknownSourceError } from '../../shared/db/scans/create.ts';
import { finishScanIfDone } from '../../shared/db/scans/finish.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { endUnit, findOpenUnit, openWork, takeUnit } from '../../shared/db/scans/units.ts';
import type { UnitState } from '../../shared/db/tables/scan.ts';
import type { Log } from '../../shared/log.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import { addBoards, fakeQueue, request, scanWith } from './helpers.ts';

let db: Database;
beforeEach(async () => {
  ({ db } = await testDatabase());
});

const unitsOf = (scanId: string) =>
  db.sql.selectFrom('scan_unit').where('scan_id', '=', scanId).orderBy('board_id').selectAll().execute();

describe('a scan begins', () => {
  test('with one unit for each enabled board of its sources, all handed to the queue', async () => {
    await addBoards(db, 'greenhouse/acme', 'greenhouse/off!', 'lever/acme', 'remoteok/*');
    const queue = fakeQueue();
    const scan = await createScan(db, request(), queue);
    expect(scan).toEqual({ id: scan.id, units: 2, existing: false, queued: true });
    const units = await unitsOf(scan.id);
    expect(units.map((unit) => [unit.source, unit.state])).toEqual([
      ['greenhouse', 'queued'],
      ['lever', 'queued'],
    ]);
    expect(queue.ids.toSorted()).toEqual(units.map((unit) => unit.id).toSorted());
    expect(units.every((unit) => unit.enqueued_at !== null)).toBe(true);
  });

  test('without the boards of a source that is switched off', async () => {
    await addBoards(db, 'greenhouse/acme', 'lever/acme');
    await db.sql.insertInto('source_state').values({ source: 'lever', enabled: false }).execute();
    const scan = await createScan(db, request(), fakeQueue());
    expect((await unitsOf(scan.id)).map((unit) => unit.source)).toEqual(['greenhouse']);
  });

  test('with units that wait for a key where the source lacks one, and only there', async () => {
    await addBoards(db, 'greenhouse/acme', 'adzuna/*', 'jsearch/*');
    const sources = ['greenhouse', 'adzuna', 'jsearch'];
    const queue = fakeQueue();
    const keys = { JSEARCH_API_KEY: 'k', ADZUNA_APP_ID: 'id', ADZUNA_APP_KEY: '' };
    const scan = await createScan(db, request({ sources, keys }), queue);
    const states = Object.fromEntries((await unitsOf(scan.id)).map((unit) => [unit.source, unit.state]));
    expect(states).toEqual({ greenhouse: 'queued', jsearch: 'queued', adzuna: 'waiting_for_key' });
    expect(queue.ids).toHaveLength(2);
  });

  test('though the queue is down, and says so', async () => {
    await addBoards(db, 'greenhouse/acme');
    const scan = await createScan(db, request(), fakeQueue(true));
    expect(scan.queued).toBe(false);
    expect((await unitsOf(scan.id)).map((unit) => [unit.state, unit.enqueued_at])).toEqual([['queued', null]]);
  });

  test('boards that were never read or longest ago come first', async () => {
    await addBoards(db, 'greenhouse/new', 'greenhouse/old', 'greenhouse/never');
    await db.sql.updateTable('board').set({ last_read_at: '2026-01-02' }).where('token', '=', 'new').execute();
    await db.sql.updateTable('board').set({ last_read_at: '2026-01-01' }).where('token', '=', 'old').execute();
    const queue = fakeQueue();
    const scan = await createScan(db, request(), queue);
    const order = new Map((await unitsOf(scan.id)).map((unit) => [unit.id, unit.board_id]));
    expect(queue.ids.map((id) => order.get(id))).toEqual([3, 2, 1]);
  });

  test('sources take turns, so that one with many boards does not hold up one with few', async () => {
    await addBoards(db, 'greenhouse/a', 'greenhouse/b', 'greenhouse/c', 'lever/a', 'remoteok/*');
    const queue = fakeQueue();
    const scan = await createScan(db, request({ sources: ['greenhouse', 'lever', 'remoteok'] }), queue);
    const sourceOf = new Map((await unitsOf(scan.id)).map((unit) => [unit.id, unit.source]));
    expect(queue.ids.map((id) => sourceOf.get(id))).toEqual([
      'greenhouse',
      'lever',
      'remoteok',
      'greenhouse',
      'greenhouse',
    ]);
  });

  test('and ends at once as failed when there is nothing to read', async () => {
    const scan = await createScan(db, request(), fakeQueue());
    const view = await readScan(db, scan.id);
    expect(view).toMatchObject({ state: 'failed', reason: 'There is no enabled board of greenhouse, lever to read.' });
    expect(view?.finishedAt).toBeInstanceOf(Date);
  });

  test('and ends at once as failed when everything waits for a key', async () => {
    await addBoards(db, 'adzuna/*', 'jsearch/*');
    const scan = await createScan(db, request({ sources: ['adzuna', 'jsearch'] }), fakeQueue());
    expect(await readScan(db, scan.id)).toMatchObject({
      state: 'failed',
      reason: 'adzuna, jsearch wait for a key, and there was nothing else to read.',
      units: { total: 2, waitingForKey: 2 },
    });
  });

  test.each([[['greenhouse', 'indeed']], [[]], [['__proto__']]])('never for %j', async (sources) => {
    const scan = createScan(db, request({ sources }), fakeQueue());
    await expect(scan).rejects.toThrow(UnknownSourceError);
    await expect(scan).rejects.toThrow(`there are: ${SOURCE_NAMES.join(', ')}`);
    expect((await listScans(db, { limit: 10 })).scans).toEqual([]);
  });

  test('once for each slot of the timetable, however many ask at once', async () => {
    await addBoards(db, 'greenhouse/acme', 'lever/acme');
    const slot = new Date('2026-11-22T18:00:00Z');
    const asked = Array.from({ length: 8 }, () => createScan(db, request({ trigger: 'timetable', slot }), fakeQueue()));
    const scans = await Promise.all(asked);
    expect(new Set(scans.map((scan) => scan.id)).size).toBe(1);
    expect(scans.filter((scan) => !scan.existing)).toHaveLength(1);
    expect(scans.every((scan) => scan.units === 2)).toBe(true);
    expect((await listScans(db, { limit: 10 })).scans).toHaveLength(1);
  });

  test('not while fifty others are open', async () => {
    await addBoards(db, 'greenhouse/acme');
    for (let i = 0; i < 50; i++) await createScan(db, request(), fakeQueue());
    await expect(createScan(db, request(), fakeQueue())).rejects.toThrow(TooManyScansError);
  });
});

describe('a scan ends', () => {
  test.each<[UnitState[], string]>([
    [['success', 'success'], 'success'],
    [['success', 'waiting_for_key'], 'success'],
    [['success', 'failed'], 'partial'],
    [['success', 'partial'], 'partial'],
    [['partial', 'partial'], 'partial'],
    [['partial', 'failed'], 'partial'],
    [['failed', 'failed'], 'failed'],
    [['failed', 'waiting_for_key'], 'failed'],
  ])('with units %j as %s', async (states, outcome) => {
    const id = await scanWith(db, states);
    expect(await finishScanIfDone(db, id)).toBe(outcome);
    expect(await readScan(db, id)).toMatchObject({ state: outcome });
  });

  test.each<UnitState>(['queued', 'running'])('not while a unit is %s', async (open) => {
    const id = await scanWith(db, ['success', open]);
    expect(await finishScanIfDone(db, id)).toBeUndefined();
    expect((await readScan(db, id))?.finishedAt).toBeNull();
  });

  test('for exactly one of many that see its end, and is counted once', async () => {
    const id = await scanWith(db, ['success', 'failed']);
    const runs = async () =>
      (await registry.getSingleMetric('iam_scan_runs_total')?.get())?.values.find((v) => v.labels.status === 'partial')
        ?.value ?? 0;
    const before = await runs();
    const logged: unknown[] = [];
    const log = { info: (fields: unknown) => void logged.push(fields) } as unknown as Log;
    const ends = await Promise.all(Array.from({ length: 8 }, () => finishScanIfDone(db, id, log)));
    expect(ends.filter((end) => end !== undefined)).toEqual(['partial']);
    expect(logged).toMatchObject([{ scanId: id, state: 'partial' }]);
    expect(await runs()).toBe(before + 1);
  });

  test('with a reason that names the first fault and counts the others', async () => {
    const id = await scanWith(db, ['failed', 'partial', 'failed', 'success']);
    await finishScanIfDone(db, id);
    expect((await readScan(db, id))?.reason).toMatch(/^greenhouse\/\w+-0: 404 of unit 0; 2 more$/);
  });

  test('and leaves in source_state what came of each source', async () => {
    const id = await scanWith(db, ['failed', 'success']);
    await db.sql
      .updateTable('scan_unit')
      .set({ found: 7, rejected: 7 })
      .where('scan_id', '=', id)
      .where('state', '=', 'success')
      .execute();
    await finishScanIfDone(db, id);
    const state = await db.sql.selectFrom('source_state').selectAll().executeTakeFirstOrThrow();
    expect(state).toMatchObject({ source: 'greenhouse', last_found: 7, last_error_type: 'http_4xx' });
    expect(state.last_success_at).not.toBeNull();
    expect(state.last_error_at).not.toBeNull();
  });

  test('a source of which nothing could be read keeps its last success', async () => {
    await finishScanIfDone(db, await scanWith(db, ['success']));
    const before = await db.sql.selectFrom('source_state').selectAll().executeTakeFirstOrThrow();
    await finishScanIfDone(db, await scanWith(db, ['failed']));
    const after = await db.sql.selectFrom('source_state').selectAll().executeTakeFirstOrThrow();
    expect(after.last_success_at).toEqual(before.last_success_at);
    expect(after.last_error).toBe('404 of unit 0');
  });

  test('an unknown scan never ends', async () => {
    expect(await finishScanIfDone(db, '00000000-0000-7000-8000-000000000000')).toBeUndefined();
  });
});

describe('a scan is cancelled', () => {
  test('at once when none of its units has begun', async () => {
    const id = await scanWith(db, ['queued', 'queued']);
    expect(await cancelScan(db, id)).toBe('cancelled');
    expect(await readScan(db, id)).toMatchObject({
      state: 'cancelled',
      reason: 'Cancelled with 2 of 2 units not read to their end.',
      units: { done: 2, cancelled: 2 },
    });
  });

  test('when its running units have stopped', async () => {
    const id = await scanWith(db, ['running', 'queued']);
    expect(await cancelScan(db, id)).toBe('queued');
    const [running] = await unitsOf(id);
    const unit = await findOpenUnit(db, running!.id);
    await endUnit(db, unit!, { state: 'cancelled' });
    expect(await finishScanIfDone(db, id)).toBe('cancelled');
  });

  test('twice like once, and never after its end', async () => {
    const id = await scanWith(db, ['running']);
    await cancelScan(db, id);
    const first = (await readScan(db, id))?.cancelRequestedAt;
    await cancelScan(db, id);
    expect((await readScan(db, id))?.cancelRequestedAt).toEqual(first);
    const ended = await scanWith(db, ['success']);
    await finishScanIfDone(db, ended);
    expect(await cancelScan(db, ended)).toBe('success');
    expect((await readScan(db, ended))?.cancelRequestedAt).toBeNull();
  });

  test('only when there is one', async () => {
    expect(await cancelScan(db, '00000000-0000-7000-8000-000000000000')).toBeUndefined();
    expect(await cancelScan(db, 'not-an-id')).toBeUndefined();
  });

  test('while units are taken, without anybody waiting for somebody else for ever', async () => {
    const id = await scanWith(
      db,
      Array.from({ length: 30 }, () => 'queued' as const),
    );
    const units = await Promise.all((await unitsOf(id)).map((unit) => findOpenUnit(db, unit.id)));
    const taking = units.map(async (unit) => {
      const taken = await takeUnit(db, unit!);
      if (taken === undefined) return;
      await endUnit(db, unit!, { state: taken.cancelRequested ? 'cancelled' : 'success', complete: true });
      await finishScanIfDone(db, id);
    });
    await Promise.all([cancelScan(db, id), ...taking]);
    expect((await readScan(db, id))?.state).toBe('cancelled');
  });
});

describe('a unit', () => {
  test('is taken with its number of attempts and the time of the first one', async () => {
    const id = await scanWith(db, ['queued']);
    const unit = (await findOpenUnit(db, (await unitsOf(id))[0]!.id))!;
    const first = (await takeUnit(db, unit))!;
    const second = (await takeUnit(db, unit))!;
    expect([first.attempts, second.attempts]).toEqual([1, 2]);
    expect(second.startedAt).toEqual(first.startedAt);
    expect(second.takenAt.getTime()).toBeGreaterThanOrEqual(first.takenAt.getTime());
    const scan = (await readScan(db, id))!;
    expect(scan.state).toBe('running');
    expect(scan.startedAt!.getTime()).toBeLessThanOrEqual(first.startedAt.getTime());
  });

  test('ends once', async () => {
    const id = await scanWith(db, ['running']);
    const unit = (await findOpenUnit(db, (await unitsOf(id))[0]!.id))!;
    expect(await endUnit(db, unit, { state: 'failed', errorType: 'timeout', error: 'a\0b' })).toBe(true);
    expect(await endUnit(db, unit, { state: 'success', complete: true })).toBe(false);
    expect((await unitsOf(id))[0]).toMatchObject({ state: 'failed', error: 'a\ufffdb' });
    expect(await findOpenUnit(db, unit.unitId)).toBeUndefined();
    expect(await takeUnit(db, unit)).toBeUndefined();
  });

  test('tells its board how it went', async () => {
    const id = await scanWith(db, ['running', 'running']);
    const [a, b] = await Promise.all((await unitsOf(id)).map((unit) => findOpenUnit(db, unit.id)));
    await endUnit(db, a!, { state: 'success', complete: true });
    await endUnit(db, b!, { state: 'failed', errorType: 'http_4xx', error: '404' });
    const boards = await db.sql.selectFrom('board').where('enabled', '=', true).orderBy('id').selectAll().execute();
    expect(boards[0]).toMatchObject({ failures: 0, last_error: null });
    expect(boards[0]!.last_complete_at).not.toBeNull();
    expect(boards[1]).toMatchObject({ failures: 1, last_error: '404', last_complete_at: null });
    expect(boards[1]!.last_read_at).not.toBeNull();
  });
});

describe('a scan is read', () => {
  test('with counts that add up over its units, and one result for each source', async () => {
    await addBoards(db, 'greenhouse/a', 'greenhouse/b', 'lever/a', 'adzuna/*');
    const { id } = await createScan(db, request({ sources: ['greenhouse', 'lever', 'adzuna'] }), fakeQueue());
    const [a, b, lever] = await unitsOf(id);
    const set = (unitId: string, values: object) =>
      db.sql.updateTable('scan_unit').set(values).where('id', '=', unitId).execute();
    await set(a!.id, {
      state: 'success',
      requests: 3,
      found: 10,
      kept: 4,
      rejected: 6,
      new: 1,
      changed: 1,
      unchanged: 2,
    });
    await set(b!.id, { state: 'failed', requests: 2, error_type: 'timeout', error: 'no answer' });
    await set(lever!.id, { state: 'running', requests: 1, found: 1, kept: 1, new: 1, closed: 2 });
    const view = (await readScan(db, id))!;
    expect(view).toMatchObject({
      requests: 6,
      found: 11,
      kept: 5,
      rejected: 6,
      new: 2,
      changed: 1,
      unchanged: 2,
      closed: 2,
    });
    expect(view.units).toEqual({
      total: 4,
      done: 3,
      success: 1,
      partial: 0,
      failed: 1,
      cancelled: 0,
      waitingForKey: 1,
      outOfQuota: 0,
    });
    expect(view.sourceResults.map((r) => [r.source, r.state, r.done, r.units, r.errors, r.errorType, r.error])).toEqual(
      [
        ['adzuna', 'waiting_for_key', 1, 1, 0, null, null],
        ['greenhouse', 'partial', 2, 2, 1, 'timeout', 'no answer'],
        ['lever', 'running', 0, 1, 0, null, null],
      ],
    );
    expect(view.requestedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test('never by something that is no id', async () => {
    for (const id of ['', 'x', '1', "'; drop table scan; --", '00000000-0000-7000-8000-000000000000']) {
      expect(await readScan(db, id)).toBeUndefined();
    }
  });

  test('in pages, newest first, each scan once', async () => {
    await addBoards(db, 'greenhouse/acme');
    const made: string[] = [];
    for (let i = 0; i < 7; i++) made.push((await createScan(db, request(), fakeQueue())).id);
    const read: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listScans(db, { limit: 3, cursor });
      read.push(...page.scans.map((scan) => scan.id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(read).toEqual(made.toReversed());
    expect((await listScans(db, { limit: 3, cursor: 'nonsense' })).scans).toEqual([]);
  });
});

test('open work is what the queue was given and not just now, and scans that nobody ended', async () => {
  const age = (id: string) =>
    db.sql.updateTable('scan_unit').set({ enqueued_at: '2026-01-01' }).where('scan_id', '=', id).execute();
  const open = await scanWith(db, ['running', 'success', 'queued']);
  const forgotten = await scanWith(db, ['success']);
  const ended = await scanWith(db, ['success']);
  await finishScanIfDone(db, ended);
  await Promise.all([open, forgotten, ended].map(age));
  await scanWith(db, ['queued']);
  const work = await openWork(db);
  const units = (await unitsOf(open)).filter((unit) => unit.state !== 'success').map((unit) => unit.id);
  expect(work.unitIds.toSorted()).toEqual(units.toSorted());
  expect(work.scansToEnd).toEqual([forgotten]);
});
