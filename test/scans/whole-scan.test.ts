/** Whole scans through the queue, on PostgreSQL and on Redis. */
import { describe, expect, test } from 'vitest';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import type { ScanView } from '../../shared/db/scans/read.ts';
import { BACKENDS } from '../backends.ts';
import { until } from '../until.ts';
import { jobs, openPostings } from '../worker/unit-kit.ts';
import { fakeQueue, request } from './helpers.ts';
import { type TestSystem, testSystem } from './system.ts';

const BOARDS = Array.from({ length: 12 }, (_, i) => `greenhouse/b${i}`);

/** Twelve boards of ten jobs, over two pages each. */
async function twelveBoards(system: TestSystem): Promise<void> {
  await system.addBoards(...BOARDS);
  for (let i = 0; i < BOARDS.length; i++) {
    system.source.boards.set(`b${i}`, (page) => ({ items: jobs(5, i * 100 + page * 10), next: page < 2 }));
  }
}

function expectToAddUp(view: ScanView): void {
  for (const counts of [view, ...view.sourceResults]) {
    expect(counts.found).toBe(counts.kept + counts.rejected);
    expect(counts.kept).toBe(counts.new + counts.changed + counts.unchanged);
  }
}

describe.each(BACKENDS)('a scan on $name', (backend) => {
  test('is read by several workers and ends as a success with true counts; the next one finds all unchanged', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    await Promise.all([system.startWorker(), system.startWorker(), system.startWorker()]);
    const first = await system.ended((await system.ask()).id);
    expect(first).toMatchObject({ state: 'success', reason: null, found: 120, kept: 120, new: 120, requests: 24 });
    expect(first.units).toMatchObject({ total: 12, done: 12, success: 12 });
    expectToAddUp(first);
    const second = await system.ended((await system.ask()).id);
    expect(second).toMatchObject({ state: 'success', found: 120, unchanged: 120, new: 0, changed: 0, closed: 0 });
    expect(await openPostings(system.db)).toHaveLength(120);
  });

  test('is partial when one of its boards fails, failed when all do, and says why', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    system.source.boards.set('b3', () => 404);
    await system.startWorker();
    const partial = await system.ended((await system.ask()).id);
    expect(partial).toMatchObject({ state: 'partial', new: 110, units: { success: 11, failed: 1 } });
    expect(partial.reason).toMatch(/^greenhouse\/b3: .*404/);
    expectToAddUp(partial);
    system.source.boards.clear();
    const failed = await system.ended((await system.ask()).id);
    expect(failed).toMatchObject({ state: 'failed', found: 0, units: { failed: 12 } });
    expect(failed.reason).toMatch(/404.*; 11 more$/);
  });

  test('leaves out what waits for a key', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0', 'adzuna/*');
    system.source.boards.set('b0', () => ({ items: jobs(3) }));
    await system.startWorker();
    const view = await system.ended((await system.ask({ sources: ['greenhouse', 'adzuna'] })).id);
    expect(view).toMatchObject({ state: 'success', new: 3, units: { total: 2, success: 1, waitingForKey: 1 } });
  });

  test('that is cancelled in the middle stops what runs and never begins what waits', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    for (let i = 0; i < BOARDS.length; i++) {
      system.source.boards.set(`b${i}`, (page) => (page === 1 ? { items: jobs(5, i * 100), next: true } : 'never'));
    }
    await system.startWorker(3);
    const { id } = await system.ask();
    await until(() => system.source.requests.filter((asked) => asked.endsWith('/2')).length === 3);
    await cancelScan(system.db, id);
    const view = await system.ended(id);
    expect(view).toMatchObject({ state: 'cancelled', found: 15, new: 15, closed: 0, units: { cancelled: 12 } });
    expect(new Set(system.source.requests.map((asked) => asked.split('/')[0])).size).toBe(3);
    expectToAddUp(view);
    await until(async () => (await system.queue.size()) === 0);
  });

  test('shares its boards with another scan, one after the other', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0');
    let reading = 0;
    let most = 0;
    system.source.boards.set('b0', async () => {
      most = Math.max(most, ++reading);
      await until(async () => (await listScans(system.db, { limit: 5 })).scans.length === 2);
      reading--;
      return { items: jobs(4) };
    });
    await Promise.all([system.startWorker(), system.startWorker()]);
    const scans = [await system.ask(), await system.ask()];
    const views = await Promise.all(scans.map((scan) => system.ended(scan.id)));
    expect(most).toBe(1);
    expect(views.map((view) => [view.state, view.new, view.unchanged]).sort()).toEqual([
      ['success', 0, 4],
      ['success', 4, 0],
    ]);
  });

  test('whose tasks are all there twice is stored and counted once', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    const { id } = await system.ask();
    const units = await system.db.sql.selectFrom('scan_unit').select('id').execute();
    await system.startWorker();
    // Again and again while they run: some tasks are gone by then and come a second time.
    const again = setInterval(() => void system.queue.enqueue(units.map((unit) => unit.id)).catch(() => undefined), 20);
    const view = await system.ended(id).finally(() => clearInterval(again));
    expect(view).toMatchObject({ state: 'success', found: 120, new: 120, requests: 24 });
    await until(async () => (await system.queue.size()) === 0);
    expect(await openPostings(system.db)).toHaveLength(120);
    expect(await system.read(id)).toEqual(view);
  });

  test('that loses its whole queue before a worker came is found by the scheduler and ends', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    const { id } = await system.ask();
    await system.age(id);
    await system.loseQueue();
    expect(await system.queue.size()).toBe(0);
    await Promise.all([system.startWorker(), system.startScheduler()]);
    expect(await system.ended(id)).toMatchObject({ state: 'success', found: 120, new: 120, requests: 24 });
  });

  test('that loses its whole queue while units run ends, and counts them once', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    const open = Promise.withResolvers<void>();
    for (const [token, pages] of [...system.source.boards]) {
      system.source.boards.set(token, async (page) => {
        if (page === 2) await open.promise;
        return await pages(page);
      });
    }
    await Promise.all([system.startWorker(2), system.startWorker(2)]);
    const { id } = await system.ask();
    await system.age(id);
    await until(() => system.source.requests.filter((asked) => asked.endsWith('/2')).length === 4);
    await system.loseQueue();
    await system.startScheduler();
    await until(async () => (await system.queue.size()) > 0);
    open.resolve();
    expect(await system.ended(id)).toMatchObject({ state: 'success', found: 120, new: 120, requests: 24 });
    expect(await openPostings(system.db)).toHaveLength(120);
  });

  test('that nobody ended, because the process died in that moment, is ended by the scheduler', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0');
    const { id } = await system.ask();
    await system.db.sql.updateTable('scan_unit').set({ state: 'success' }).execute();
    await system.startScheduler();
    expect(await system.ended(id)).toMatchObject({ state: 'success' });
  });

  test('asked for while the queue is down is read when it is back', async () => {
    const system = await testSystem(backend);
    await twelveBoards(system);
    const { id, queued } = await createScan(system.db, request(), fakeQueue(true));
    expect(queued).toBe(false);
    await system.age(id);
    await Promise.all([system.startWorker(), system.startScheduler()]);
    expect(await system.ended(id)).toMatchObject({ state: 'success', new: 120 });
  });
});
