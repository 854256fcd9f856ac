/** One unit, from the taken task to its end, against a server on loopback. */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Database, withLock } from '../../shared/db/database.ts';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { readScan, type ScanView } from '../../shared/db/scans/read.ts';
import { runUnit } from '../../worker/unit.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { until } from '../until.ts';
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
} from './unit-kit.ts';

let db: Database;
let source: TestSource;
let m: ReturnType<typeof means>;
beforeEach(async () => {
  ({ db } = await testDatabase());
  source = await testSource();
  m = means(db, source);
});

const unit = async (scan: { id: string }) =>
  db.sql.selectFrom('scan_unit').where('scan_id', '=', scan.id).selectAll().executeTakeFirstOrThrow();
const board = async () => db.sql.selectFrom('board').orderBy('id').selectAll().executeTakeFirstOrThrow();
const postings = async () =>
  Number(
    (
      await db.sql
        .selectFrom('posting')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  );

function expectToAddUp(view: ScanView) {
  expect(view.found).toBe(view.kept + view.rejected);
  expect(view.kept).toBe(view.new + view.changed + view.unchanged);
}

describe('a board that answers', () => {
  test('is read page by page and its IAM jobs are stored', async () => {
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', (page) => ({ items: jobs(10, page * 100), next: page < 3 }));
    const { view, answers } = await scanNow(m, 'greenhouse');
    expect(answers).toEqual(['done']);
    expect(source.requests).toEqual(['acme/1', 'acme/2', 'acme/3']);
    expect(view).toMatchObject({
      state: 'success',
      reason: null,
      requests: 3,
      found: 30,
      kept: 30,
      new: 30,
      rejected: 0,
    });
    expect(await openPostings(db)).toHaveLength(30);
    expect(await board()).toMatchObject({ failures: 0, last_error: null });
    expect((await board()).last_complete_at).not.toBeNull();
  });

  test('read again has everything unchanged, and not a row of a posting is written', async () => {
    await addBoards(db, 'greenhouse/acme');
    let seen = 0;
    source.boards.set('acme', () => ({ items: jobs(20, 1, { seen: ++seen }) }));
    await scanNow(m, 'greenhouse');
    const versions = () =>
      db.sql
        .selectFrom('posting')
        .select(['id', 'changed_at', 'xmin' as 'id'])
        .execute();
    const before = await versions();
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', found: 20, kept: 20, unchanged: 20, new: 0, changed: 0 });
    expect(await versions()).toEqual(before);
  });

  test('read again has what changed, what is new, what is gone and what is back', async () => {
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', () => ({ items: jobs(10) }));
    await scanNow(m, 'greenhouse');
    source.boards.set('acme', () => ({
      items: [...jobs(2, 1, { text: 'Okta, newly told' }), ...jobs(7, 3), ...jobs(1, 50)],
    }));
    const second = (await scanNow(m, 'greenhouse')).view;
    expect(second).toMatchObject({ found: 10, new: 1, changed: 2, unchanged: 7, closed: 1 });
    expect(await openPostings(db)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '50']);
    source.boards.set('acme', () => ({
      items: [...jobs(2, 1, { text: 'Okta, newly told' }), ...jobs(8, 3), ...jobs(1, 50)],
    }));
    const third = (await scanNow(m, 'greenhouse')).view;
    expect(third).toMatchObject({ found: 11, new: 0, changed: 1, unchanged: 10, closed: 0 });
    expect(await openPostings(db)).toContain('10');
  });

  test('counts every item that it does not keep, with its reason, and keeps samples of broken ones', async () => {
    await addBoards(db, 'greenhouse/acme');
    const broken = [{ id: 90 }, { id: 91, title: 7 }];
    const items = [
      ...jobs(5),
      ...jobs(2),
      { id: 80, title: 'throw' },
      { id: 70, title: 'Cook', text: 'Soup' },
      ...broken,
    ];
    source.boards.set('acme', () => ({ items }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', found: 11, kept: 5, rejected: 6 });
    const row = await unit(view);
    expect(row.rejected_reasons).toEqual({ repeated: 2, unusable: 1, not_iam: 1, invalid: 2 });
    expect(row.invalid_samples).toMatchObject([
      { reason: 'invalid', problem: 'no title', item: '{"id":90}' },
      { reason: 'invalid' },
      { reason: 'unusable', problem: 'Error: this cannot be read' },
    ]);
  });

  test('with thousands of jobs on one page stores each of them', async () => {
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', () => ({ items: jobs(2345) }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', found: 2345, new: 2345 });
    expect(await postings()).toBe(2345);
  });

  test('with nothing at all is a success', async () => {
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', () => ({ items: [] }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'success', found: 0 });
  });
});

describe('a job that is stored', () => {
  beforeEach(async () => {
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', () => ({ items: jobs(10) }));
    await scanNow(m, 'greenhouse');
  });

  test('and is rewritten into something else is closed', async () => {
    source.boards.set('acme', () => ({ items: [{ id: 1, title: 'Cook', text: 'Soup' }, ...jobs(9, 2)] }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', rejected: 1, unchanged: 9, closed: 1 });
    const closed = await db.sql
      .selectFrom('posting')
      .where('native_id', '=', '1')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(closed.closed_evidence).toBe('read again: it is no IAM work any more');
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'success', rejected: 1, closed: 0 });
  });

  test('and has lost its form stays open: it is still listed', async () => {
    source.boards.set('acme', () => ({ items: [{ id: 1 }, { id: 2, title: 'throw' }, ...jobs(8, 3)] }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', rejected: 2, unchanged: 8, closed: 0 });
    expect(await openPostings(db)).toHaveLength(10);
  });

  test('stays open when a later page fails', async () => {
    source.boards.set('acme', (page) => (page === 1 ? { items: jobs(8), next: true } : 500));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'partial', unchanged: 8, closed: 0 });
    expect(view.sourceResults[0]).toMatchObject({ state: 'partial', errors: 1, errorType: 'http_5xx' });
    expect(view.reason).toMatch(/^greenhouse\/acme: page 2: /);
    expect(await openPostings(db)).toHaveLength(10);
  });

  test('stays open when the source was not read to its end by our own limit', async () => {
    source.boards.set('acme', (page) => ({ items: jobs(1, page), next: true }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'partial', requests: 5, closed: 0 });
    expect(view.reason).toContain('there is more than 5 pages');
    expect(await openPostings(db)).toHaveLength(10);
  });

  test('stays open when too many vanish at once, until a later read says the same', async () => {
    source.boards.set('acme', () => ({ items: jobs(6) }));
    const first = (await scanNow(m, 'greenhouse')).view;
    expect(first).toMatchObject({ state: 'partial', unchanged: 6, closed: 0 });
    expect(first.reason).toBe(
      'greenhouse/acme: too many postings vanished at once: 4 of 10; they stay open until a read at least 15 minutes later says the same',
    );
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'partial', closed: 0 });
    expect(await openPostings(db)).toHaveLength(10);
    await letTimePass(db);
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'success', unchanged: 6, closed: 4 });
    expect(await openPostings(db)).toHaveLength(6);
  });

  test('is closed when only a few vanish', async () => {
    source.boards.set('acme', () => ({ items: jobs(7) }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'success', unchanged: 7, closed: 3 });
  });

  test('stays open when the whole list is cut short, though hardly any of our postings is missing', async () => {
    const others = Array.from({ length: 10 }, (_, i) => ({ id: 100 + i, title: 'Cook', text: 'Soup' }));
    source.boards.set('acme', () => ({ items: [...jobs(10), ...others] }));
    await scanNow(m, 'greenhouse');
    source.boards.set('acme', () => ({ items: [...jobs(9, 2), ...others.slice(0, 5)] }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'success', closed: 0 });
    expect(await openPostings(db)).toHaveLength(10);
    source.boards.set('acme', () => ({ items: [...jobs(10), ...others] }));
    await scanNow(m, 'greenhouse');
    expect(await openPostings(db)).toHaveLength(10);
  });

  test('stays open when the board answers with an empty list by mistake', async () => {
    source.boards.set('acme', () => ({ items: [] }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'partial', closed: 0 });
    source.boards.set('acme', () => ({ items: jobs(10) }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'success', unchanged: 10 });
    expect(await openPostings(db)).toHaveLength(10);
  });
});

describe('a search source', () => {
  beforeEach(() => addBoards(db, 'jsearch/words'));

  test('that has more than we read is a success all the same', async () => {
    source.boards.set('words', (page) => ({ items: jobs(2, page * 10), next: true }));
    expect((await scanNow(m, 'jsearch')).view).toMatchObject({ state: 'success', requests: 5, new: 10 });
  });

  test('closes nothing that it does not list', async () => {
    source.boards.set('words', () => ({ items: jobs(10) }));
    await scanNow(m, 'jsearch');
    source.boards.set('words', () => ({ items: jobs(1, 99) }));
    expect((await scanNow(m, 'jsearch')).view).toMatchObject({ state: 'success', new: 1, closed: 0 });
    expect(await openPostings(db)).toHaveLength(11);
  });
});

describe('a source that fails', () => {
  beforeEach(() => addBoards(db, 'greenhouse/acme'));

  test.each([
    // A board that is not there is no failure of its source, and so none of the scan.
    [404, 'http_4xx', 'partial'],
    [403, 'auth', 'failed'],
    [500, 'http_5xx', 'failed'],
  ])('with %i at the first request fails the unit as %s, never as nothing found', async (status, errorType, state) => {
    source.boards.set('acme', () => status);
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state, found: 0, units: { failed: 1 } });
    expect(view.requests).toBe(source.requests.length);
    expect(view.sourceResults[0]).toMatchObject({ state, errors: 1, errorType });
    expect(view.reason).toContain(String(status));
    expect(await board()).toMatchObject({ failures: 1, last_complete_at: null });
  });

  test('by another form of all its items fails the unit', async () => {
    source.boards.set('acme', () => ({ items: [{ job: 1 }, { job: 2 }] }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'failed', found: 2, rejected: 2 });
    expect(view.reason).toContain('2 of 2 postings did not have the form');
  });

  test('by a form in which no item can be read fails the unit', async () => {
    source.boards.set('acme', () => ({ items: [1, 2, 3].map((id) => ({ id, title: 'throw' })) }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'failed', found: 3, kept: 0, rejected: 3 });
    expect(view.reason).toContain('3 of 3 postings did not have the form');
  });

  test('never by items that have the form and are no opening', async () => {
    source.boards.set('acme', () => ({ items: [{ id: 1, title: 'Speculative application' }] }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', found: 1, rejected: 1 });
    expect((await unit(view)).rejected_reasons).toEqual({ no_opening: 1 });
  });

  test('by another form of half of its items is partial, and closes nothing', async () => {
    source.boards.set('acme', () => ({ items: jobs(4) }));
    await scanNow(m, 'greenhouse');
    source.boards.set('acme', () => ({ items: [...jobs(3), { job: 1 }, { job: 2 }, { job: 3 }] }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'partial', unchanged: 3, closed: 0 });
    expect(await openPostings(db)).toHaveLength(4);
  });

  test('in one of two boards makes the scan partial, in both failed', async () => {
    await addBoards(db, 'greenhouse/gone');
    source.boards.set('acme', () => ({ items: jobs(3) }));
    expect((await scanNow(m, 'greenhouse')).view).toMatchObject({ state: 'partial', new: 3 });
    source.boards.delete('acme');
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'failed', units: { failed: 2 } });
    expect(view.reason).toMatch(/; 1 more$/);
  });
});

describe('a unit is stopped', () => {
  beforeEach(() => addBoards(db, 'greenhouse/acme'));

  test('in the middle of a request when its scan is cancelled, and keeps what it had', async () => {
    source.boards.set('acme', (page) => (page === 1 ? { items: jobs(5), next: true } : 'never'));
    const scan = await asked(m, 'greenhouse');
    const running = runUnit(m, task(scan.unitIds[0]!));
    await until(() => source.requests.length === 2);
    expect(await cancelScan(db, scan.id)).toBe('running');
    expect(await running).toBe('done');
    const view = (await readScan(db, scan.id))!;
    expect(view).toMatchObject({ state: 'cancelled', units: { cancelled: 1 }, requests: 2, new: 5, closed: 0 });
    expect(await openPostings(db)).toHaveLength(5);
  });

  test('before it begins when its scan was cancelled while it waited', async () => {
    const scan = await asked(m, 'greenhouse');
    await cancelScan(db, scan.id);
    expect(await runUnit(m, task(scan.unitIds[0]!))).toBe('done');
    expect(source.requests).toEqual([]);
  });

  test('at its last page too: a cancelled scan closes nothing', async () => {
    source.boards.set('acme', () => ({ items: jobs(10) }));
    await scanNow(m, 'greenhouse');
    const scan = await asked(m, 'greenhouse');
    source.boards.set('acme', async () => {
      await cancelScan(db, scan.id);
      return { items: jobs(9) };
    });
    await runUnit(m, task(scan.unitIds[0]!));
    expect(await readScan(db, scan.id)).toMatchObject({ state: 'cancelled', closed: 0, unchanged: 9 });
  });

  test('and left to another process when this one ends; the second attempt counts as if there had been one', async () => {
    source.boards.set('acme', (page) => (page === 1 ? { items: jobs(5), next: true } : 'never'));
    const scan = await asked(m, 'greenhouse');
    const ending = new AbortController();
    const running = runUnit(m, task(scan.unitIds[0]!, { signal: ending.signal }));
    await until(() => source.requests.length === 2);
    ending.abort(new Error('this process is ending'));
    expect(await running).toEqual({ againInMs: 0 });
    expect(await unit(scan)).toMatchObject({ state: 'running', attempts: 0, new: 5, requests: 2 });
    source.boards.set('acme', (page) => ({ items: jobs(5, page * 5 - 4), next: page < 2 }));
    expect(await runUnit(m, task(scan.unitIds[0]!))).toBe('done');
    const view = (await readScan(db, scan.id))!;
    expect(view).toMatchObject({ state: 'success', found: 10, new: 10, unchanged: 0, requests: 4 });
    expect(await postings()).toBe(10);
  });
});

describe('a task', () => {
  beforeEach(async () => {
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', () => ({ items: jobs(5) }));
  });

  test('that comes again after its unit ended does nothing', async () => {
    const { unitIds, view } = await scanNow(m, 'greenhouse');
    expect(await runUnit(m, task(unitIds[0]!))).toBe('done');
    expect(source.requests).toHaveLength(1);
    expect(await readScan(db, view.id)).toEqual(view);
  });

  test('that is given to two workers at once is done by one, and stores once', async () => {
    const open = Promise.withResolvers<void>();
    source.boards.set('acme', async () => {
      await open.promise;
      return { items: jobs(5) };
    });
    const scan = await asked(m, 'greenhouse');
    const first = runUnit(m, task(scan.unitIds[0]!));
    await until(() => source.requests.length === 1);
    expect(await runUnit(m, task(scan.unitIds[0]!))).toEqual({ againInMs: 5000 });
    open.resolve();
    expect(await first).toBe('done');
    expect(await readScan(db, scan.id)).toMatchObject({ state: 'success', new: 5, requests: 1 });
    expect(await postings()).toBe(5);
  });

  test('whose board is read by another scan waits without being counted as an attempt', async () => {
    const scan = await asked(m, 'greenhouse');
    const { board_id } = await unit(scan);
    await withLock(db, `board:${board_id}`, async () => {
      expect(await runUnit(m, task(scan.unitIds[0]!))).toEqual({ againInMs: 5000 });
    });
    expect(await unit(scan)).toMatchObject({ state: 'queued', attempts: 0 });
    expect(await runUnit(m, task(scan.unitIds[0]!))).toBe('done');
  });

  test('of an unknown unit is done at once', async () => {
    expect(await runUnit(m, task('00000000-0000-7000-8000-000000000000'))).toBe('done');
  });

  test('that ended its worker five times is not begun a sixth time', async () => {
    const scan = await asked(m, 'greenhouse');
    await db.sql.updateTable('scan_unit').set({ attempts: 5, state: 'running' }).execute();
    expect(await runUnit(m, task(scan.unitIds[0]!))).toBe('done');
    expect(await unit(scan)).toMatchObject({ state: 'failed', error_type: 'crashed' });
    expect(await readScan(db, scan.id)).toMatchObject({ state: 'failed' });
    expect(source.requests).toEqual([]);
  });

  test('of a source whose key only the asker had waits for the key', async () => {
    await addBoards(db, 'adzuna/*');
    const scan = await asked(m, 'adzuna');
    expect(await runUnit(m, task(scan.unitIds[0]!))).toBe('done');
    expect(await unit(scan)).toMatchObject({ state: 'waiting_for_key', error_type: null });
    expect(await readScan(db, scan.id)).toMatchObject({ state: 'failed', units: { waitingForKey: 1 } });
  });

  test('that the database refuses is tried again, and its last try ends the unit', async () => {
    await db.pool.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'disk full' using errcode = '53100'; end $$`);
    await db.pool.query('create trigger refuse before insert on posting for each row execute function refuse()');
    const scan = await asked(m, 'greenhouse');
    await expect(runUnit(m, task(scan.unitIds[0]!))).rejects.toThrow('disk full');
    expect(await unit(scan)).toMatchObject({ state: 'running', attempts: 1 });
    expect(await runUnit(m, task(scan.unitIds[0]!, { lastTry: true }))).toBe('done');
    expect(await unit(scan)).toMatchObject({ state: 'failed', error_type: 'database', error: 'disk full', found: 0 });
    expect(await readScan(db, scan.id)).toMatchObject({ state: 'failed' });
  });

  test('lives through the loss of the connection that holds its lock', async () => {
    const open = Promise.withResolvers<void>();
    source.boards.set('acme', async () => {
      await open.promise;
      return { items: jobs(5) };
    });
    const scan = await asked(m, 'greenhouse');
    const running = runUnit(m, task(scan.unitIds[0]!));
    await until(() => source.requests.length === 1);
    await db.pool.query(
      `select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and pid <> pg_backend_pid()
         and database = (select oid from pg_database where datname = current_database())`,
    );
    await sleep(50);
    open.resolve();
    expect(await running).toBe('done');
    expect(await readScan(db, scan.id)).toMatchObject({ state: 'success', new: 5 });
  });
});

test('whatever happens, the counts add up', async () => {
  await addBoards(db, 'greenhouse/acme', 'greenhouse/broken', 'lever/acme', 'jsearch/words');
  source.boards.set('acme', (page) => ({ items: [...jobs(4, page), { id: 'x' }], next: page < 3 }));
  source.boards.set('broken', (page) =>
    page < 2 ? { items: [1, null, 'x', [], { id: 1, title: 'throw' }], next: true } : 503,
  );
  source.boards.set('words', () => ({ items: jobs(3) }));
  for (let i = 0; i < 2; i++) {
    const { view } = await scanNow(m, 'greenhouse', 'lever', 'jsearch');
    expectToAddUp(view);
    for (const result of view.sourceResults) expect(result.found).toBe(result.kept + result.rejected);
    expect(view.found).toBeGreaterThan(20);
  }
});
