/** What operators can do, on real rows: tried without doing it, done once, in the trail, taken back. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { cancel } from '../../shared/db/operations/cancel.ts';
import { pause, readHolds, resume } from '../../shared/db/operations/holds.ts';
import { rerunUnit, retryFailed } from '../../shared/db/operations/retry.ts';
import { listOperations, undo } from '../../shared/db/operations/trail.ts';
import { undoClose } from '../../shared/db/operations/undo-close.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { handOver } from '../../shared/db/scans/hand-over.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { runUnit } from '../../worker/unit.ts';
import { testDatabase } from '../db.ts';
import { addBoards, fakeQueue, request, scanWith } from '../scans/helpers.ts';
import {
  asked,
  jobs,
  letTimePass,
  means,
  openPostings,
  scanNow,
  type TestSource,
  task,
  testSource,
} from '../worker/unit-kit.ts';

let db: Database;
beforeEach(async () => {
  ({ db } = await testDatabase());
});

const REAL = { who: 'ops', dryRun: false };
const DRY = { who: 'ops', dryRun: true };
const ASKED = { trigger: 'cli' } as const;
const NOBODY = '01890000-0000-7000-8000-000000000000';

async function trail() {
  return (await listOperations(db, 20)).map(({ verb, target, dryRun, undoneBy }) => ({
    verb,
    target,
    dryRun,
    undoneBy,
  }));
}

describe('a source that is paused', () => {
  let source: TestSource;
  let m: ReturnType<typeof means>;
  beforeEach(async () => {
    source = await testSource();
    m = means(db, source);
    await addBoards(db, 'greenhouse/acme', 'lever/other');
    source.boards.set('acme', () => ({ items: jobs(2) }));
    source.boards.set('other', () => ({ items: jobs(3, 50) }));
  });

  test('has no units in new scans, and the others have', async () => {
    await pause(db, REAL, 'greenhouse', 'half of it is missing');
    const { view } = await scanNow(m, 'greenhouse', 'lever');
    expect(view).toMatchObject({ state: 'success', units: { total: 1 }, found: 3 });
    expect(source.requests).toEqual(['other/1']);
  });

  test('keeps units that a worker was given in their rows, and has them read after its end', async () => {
    const { id, unitIds } = await asked(m, 'greenhouse');
    await pause(db, REAL, 'greenhouse', null);
    expect(await runUnit(m, task(unitIds[0]!))).toBe('done');
    expect(source.requests).toEqual([]);
    expect(await readScan(db, id)).toMatchObject({ state: 'queued', units: { total: 1, done: 0 } });
    const queue = fakeQueue();
    expect(await handOver(db, queue)).toBe(0);
    await resume(db, REAL, 'greenhouse');
    expect(await handOver(db, queue)).toBe(1);
    expect(await runUnit(m, task(queue.ids[0]!))).toBe('done');
    expect(await readScan(db, id)).toMatchObject({ state: 'success', found: 2 });
  });

  test('says how many units wait, holds once, and is in the trail', async () => {
    await asked(m, 'greenhouse');
    const tried = await pause(db, DRY, 'greenhouse', 'why');
    expect(tried).toMatchObject({ changed: true, dryRun: true, detail: { waiting: 1, running: 0 } });
    expect(await readHolds(db)).toEqual([]);
    const done = await pause(db, REAL, 'greenhouse', 'why');
    expect(done).toMatchObject({ changed: true, says: tried.says, detail: tried.detail });
    expect(await pause(db, REAL, 'greenhouse', 'again')).toMatchObject({ changed: false, id: null });
    expect(await readHolds(db)).toMatchObject([{ target: 'greenhouse', who: 'ops', reason: 'why' }]);
    expect(await trail()).toEqual([
      { verb: 'pause', target: 'greenhouse', dryRun: false, undoneBy: null },
      { verb: 'pause', target: 'greenhouse', dryRun: true, undoneBy: null },
    ]);
  });

  test('goes on when its pause is taken back, and is held again when that is', async () => {
    const paused = await pause(db, REAL, 'greenhouse', 'why');
    expect(await undo(db, DRY, paused.id!)).toMatchObject({ verb: 'resume', changed: true });
    expect(await readHolds(db)).toHaveLength(1);
    const back = await undo(db, REAL, paused.id!);
    expect(await readHolds(db)).toEqual([]);
    expect(await undo(db, REAL, paused.id!)).toMatchObject({ changed: false });
    await undo(db, REAL, back.id!);
    expect(await readHolds(db)).toMatchObject([{ target: 'greenhouse', reason: 'why' }]);
  });

  test('that was not paused is not resumed', async () => {
    expect(await resume(db, REAL, 'greenhouse')).toMatchObject({ changed: false, id: null });
    expect(await trail()).toEqual([]);
  });
});

test('a drain holds every source back, also in scans that are asked for meanwhile', async () => {
  await addBoards(db, 'greenhouse/acme', 'lever/acme');
  await pause(db, REAL, '*', 'new version');
  const queue = fakeQueue();
  const { id } = await createScan(db, request(), queue);
  expect(queue.ids).toEqual([]);
  expect(await readScan(db, id)).toMatchObject({ state: 'queued', units: { total: 2 } });
  await resume(db, REAL, '*');
  expect(await handOver(db, queue)).toBe(2);
});

describe('units that failed', () => {
  test('are read again by their cause, once, in a scan of its own', async () => {
    const scanId = await scanWith(db, ['success', 'failed', 'failed', 'partial', 'failed']);
    await db.pool.query(
      `update scan_unit set error_type = 'timeout' where id = (select max(id::text)::uuid from scan_unit where state = 'failed')`,
    );
    const queue = fakeQueue();
    const which = { scanId, cause: 'http_4xx' } as const;
    const tried = await retryFailed(db, queue, DRY, ASKED, which);
    expect(tried.detail).toMatchObject({ units: 3, willRead: 3, causes: { http_4xx: 3, timeout: 1 } });
    expect(queue.ids).toEqual([]);
    const done = await retryFailed(db, queue, REAL, ASKED, which);
    expect(done).toMatchObject({ changed: true, says: tried.says });
    expect(queue.ids).toHaveLength(3);
    const newScan = String(done.detail.newScanId);
    expect(await readScan(db, newScan)).toMatchObject({ trigger: 'cli', requestedBy: 'ops', units: { total: 3 } });
    const twice = await retryFailed(db, queue, REAL, ASKED, which);
    expect(twice).toMatchObject({ changed: false, detail: { alreadyOpen: 3, willRead: 0 } });
    expect(queue.ids).toHaveLength(3);

    await undo(db, REAL, done.id!);
    expect(await readScan(db, newScan)).toMatchObject({ state: 'cancelled' });
  });

  test('are refused for a scan that is not there, and change nothing for a cause that did not happen', async () => {
    const scanId = await scanWith(db, ['failed']);
    const call = (id: string, cause: 'auth' | 'http_4xx') =>
      retryFailed(db, fakeQueue(), REAL, ASKED, { scanId: id, cause });
    await expect(call(NOBODY, 'auth')).rejects.toMatchObject({ why: 'missing' });
    await expect(call('x', 'auth')).rejects.toMatchObject({ why: 'missing' });
    expect(await call(scanId, 'auth')).toMatchObject({ changed: false, detail: { causes: { http_4xx: 1 } } });
  });

  test('are read again one by one, but not while they are open or switched off', async () => {
    const scanId = await scanWith(db, ['failed', 'queued']);
    const { rows } = await db.pool.query<{ id: string; state: string }>(
      'select id, state from scan_unit where scan_id = $1',
      [scanId],
    );
    const [failed, open] = ['failed', 'queued'].map((state) => rows.find((row) => row.state === state)!.id);
    const queue = fakeQueue();
    const rerun = (id: string) => rerunUnit(db, queue, REAL, ASKED, id);
    await expect(rerun(open!)).rejects.toMatchObject({ why: 'conflict' });
    await expect(rerun(NOBODY)).rejects.toMatchObject({ why: 'missing' });
    expect(await rerun(failed!)).toMatchObject({ changed: true, detail: { willRead: 1 } });
    expect(queue.ids).toHaveLength(1);
    expect(await rerun(failed!)).toMatchObject({ changed: false, detail: { alreadyOpen: 1 } });
    await db.pool.query('update board set enabled = false');
    await expect(rerun(failed!)).rejects.toMatchObject({ why: 'conflict' });
  });

  test('leave no scan and no row of the trail when the scan cannot be written', async () => {
    const scanId = await scanWith(db, ['failed']);
    await db.pool.query(`insert into scan (trigger, sources) select 'cli', '{greenhouse}' from generate_series(1, 60)`);
    const call = retryFailed(db, fakeQueue(), REAL, ASKED, { scanId, cause: 'http_4xx' });
    await expect(call).rejects.toThrow('scans are open already');
    expect(await trail()).toEqual([]);
  });
});

test('a scan is cancelled once, and not when it is over', async () => {
  const scanId = await scanWith(db, ['queued', 'success']);
  expect(await cancel(db, DRY, scanId)).toMatchObject({ changed: true, detail: { openUnits: 1, units: 2 } });
  expect(await readScan(db, scanId)).toMatchObject({ cancelRequestedAt: null });
  await cancel(db, REAL, scanId);
  expect(await readScan(db, scanId)).toMatchObject({ state: 'cancelled' });
  await expect(cancel(db, REAL, scanId)).rejects.toMatchObject({ why: 'conflict' });
  await expect(cancel(db, REAL, NOBODY)).rejects.toMatchObject({ why: 'missing' });
});

describe('a mass closing', () => {
  let source: TestSource;
  let m: ReturnType<typeof means>;
  beforeEach(async () => {
    source = await testSource();
    m = means(db, source);
    await addBoards(db, 'greenhouse/acme', 'greenhouse/other');
    source.boards.set('acme', () => ({ items: jobs(10) }));
    source.boards.set('other', () => ({ items: jobs(10, 100) }));
    await scanNow(m, 'greenhouse');
  });

  /** Two reads some time apart say that only these are left. */
  async function shrink(acme: number, other: number): Promise<void> {
    source.boards.set('acme', () => ({ items: jobs(acme) }));
    source.boards.set('other', () => ({ items: jobs(other, 100) }));
    for (let i = 0; i < 3; i++) {
      await scanNow(m, 'greenhouse');
      await letTimePass(db);
    }
  }

  test('of a board is taken back whole, with its history, and only once', async () => {
    await shrink(5, 10);
    expect(await openPostings(db)).toHaveLength(15);
    const where = { source: 'greenhouse', board: 'acme' } as const;
    const tried = await undoClose(db, DRY, where);
    expect(tried).toMatchObject({ changed: true, detail: { postings: 5, boards: 1 } });
    expect(await openPostings(db)).toHaveLength(15);
    expect(await undoClose(db, REAL, where)).toMatchObject({ says: tried.says });
    expect(await openPostings(db)).toHaveLength(20);
    const { rows: jobsNow } = await db.pool.query('select state, count(*)::int as n from job group by state');
    expect(jobsNow).toEqual([{ state: 'open', n: 20 }]);
    const { rows: events } = await db.pool.query(
      `select kind, by, (undone_by is not null) as undone, count(*)::int as n from job_event group by 1, 2, 3 order by 1`,
    );
    expect(events).toMatchObject([
      { kind: 'close', undone: true, n: 5 },
      { kind: 'reopen', by: 'operator:ops', undone: false, n: 5 },
    ]);
    await expect(undoClose(db, REAL, where)).rejects.toMatchObject({ why: 'missing' });
    const { rows: days } = await db.pool.query(
      'select sum(jobs_closed)::int as closed, sum(jobs_reopened)::int as reopened from stats_day',
    );
    expect(days).toEqual([{ closed: 5, reopened: 5 }]);
  });

  test('is decided anew by the reads after it was taken back', async () => {
    await shrink(5, 10);
    await undoClose(db, REAL, { source: 'greenhouse', board: 'acme' });
    await scanNow(m, 'greenhouse');
    expect(await openPostings(db)).toHaveLength(20);
    await letTimePass(db);
    await scanNow(m, 'greenhouse');
    expect(await openPostings(db)).toHaveLength(15);
  });

  test('of a source is that of one scan, all boards together, and leaves alone what was opened since', async () => {
    await shrink(5, 5);
    expect(await openPostings(db)).toHaveLength(10);
    source.boards.set('acme', () => ({ items: jobs(6) }));
    await scanNow(m, 'greenhouse');
    const done = await undoClose(db, REAL, { source: 'greenhouse' });
    expect(done).toMatchObject({ detail: { postings: 9, closedThen: 10, boards: 2 } });
    expect(await openPostings(db)).toHaveLength(20);
  });

  test('that never was is not taken back', async () => {
    source.boards.set('acme', () => ({ items: jobs(9) }));
    await scanNow(m, 'greenhouse');
    await expect(undoClose(db, REAL, { source: 'greenhouse' })).rejects.toMatchObject({ why: 'missing' });
    await expect(undoClose(db, REAL, { source: 'lever' })).rejects.toMatchObject({ why: 'missing' });
    expect(await openPostings(db)).toHaveLength(19);
  });
});
