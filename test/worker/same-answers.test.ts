/** A board that answers as before: nothing of it is read, and nothing is believed that could hide a change. */
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { runUnit } from '../../worker/unit.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { until } from '../until.ts';
import {
  type Answer,
  asked,
  jobs,
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
  await addBoards(db, 'greenhouse/acme');
});

const COOK = { id: 900, title: 'Cook', text: 'Soup' };
const answers = (answer: (page: number) => Answer) => source.boards.set('acme', answer);
const scan = async () => (await scanNow(m, 'greenhouse')).view;
const board = () => db.sql.selectFrom('board').selectAll().executeTakeFirstOrThrow();
const unitOf = (scanId: string) =>
  db.sql.selectFrom('scan_unit').where('scan_id', '=', scanId).selectAll().executeTakeFirstOrThrow();
/** What reading whole leaves behind and a repeated answer does not. */
const isFullRead = async () => {
  const before = (await board()).body_at;
  await scan();
  return String((await board()).body_at) !== String(before);
};

describe('a board of one answer', () => {
  test('with an ETag is asked with it, and a 304 is a complete read with the counts of before', async () => {
    answers(() => ({ items: [...jobs(5), COOK], headers: { etag: 'W/"1"' } }));
    await scan();
    const first = source.sent;
    const before = await board();
    const second = await scan();
    expect(source.statuses).toEqual([200, 304]);
    expect(source.sent).toBe(first);
    expect(second).toMatchObject({
      state: 'success',
      requests: 1,
      found: 6,
      kept: 5,
      unchanged: 5,
      rejected: 1,
      new: 0,
    });
    expect((await unitOf(second.id)).rejected_reasons).toEqual({ not_iam: 1 });
    const after = await board();
    expect(Date.parse(String(after.last_complete_at))).toBeGreaterThan(Date.parse(String(before.last_complete_at)));
    expect(after).toMatchObject({ failures: 0, last_error: null, etag: 'W/"1"' });
  });

  test('with a date is asked with that', async () => {
    answers(() => ({ items: jobs(3), headers: { 'last-modified': 'Sun, 22 Nov 2026 18:00:00 GMT' } }));
    await scan();
    expect(await scan()).toMatchObject({ state: 'success', unchanged: 3 });
    expect(source.statuses).toEqual([200, 304]);
  });

  test('without either is known by its body, and no posting is touched or loaded', async () => {
    answers(() => ({ items: jobs(4) }));
    await scan();
    await sql`alter table posting rename to posting_away`.execute(db.sql);
    expect(await scan()).toMatchObject({ state: 'success', found: 4, unchanged: 4, closed: 0 });
  });

  test('that differs is read whole, and then known by its new body', async () => {
    answers(() => ({ items: jobs(4), headers: { etag: '"1"' } }));
    await scan();
    answers(() => ({ items: jobs(5), headers: { etag: '"2"' } }));
    expect(await scan()).toMatchObject({ new: 1, unchanged: 4 });
    expect(await scan()).toMatchObject({ new: 0, unchanged: 5 });
    expect(source.statuses).toEqual([200, 200, 304]);
  });

  test('whose server changes only the ETag is known by its body, and asked with the new one', async () => {
    answers(() => ({ items: jobs(4), headers: { etag: '"1"' } }));
    await scan();
    answers(() => ({ items: jobs(4), headers: { etag: '"2"' } }));
    expect(await isFullRead()).toBe(false);
    await scan();
    expect(source.statuses).toEqual([200, 200, 304]);
  });

  test('whose server says 304 for ever is read whole after a while, and only then', async () => {
    answers(() => ({ items: jobs(4), headers: { etag: '"1"' } }));
    await scan();
    answers(() => 304);
    expect(await scan()).toMatchObject({ state: 'success', unchanged: 4 });
    await sql`update board set body_at = now() - interval '8 days'`.execute(db.sql);
    answers(() => ({ items: jobs(3), headers: { etag: '"1"' } }));
    source.statuses.length = 0;
    expect(await scan()).toMatchObject({ state: 'success', unchanged: 3, closed: 1 });
    expect(source.statuses).toEqual([200]);
  });

  test('whose server says 304 though it was not asked so has failed', async () => {
    answers(() => 304);
    expect(await scan()).toMatchObject({ state: 'failed', found: 0 });
  });

  test('is read whole under other rules, other settings, and after a doubt', async () => {
    answers(() => ({ items: jobs(4), headers: { etag: '"1"' } }));
    await scan();
    expect(await isFullRead()).toBe(false);
    m = { ...m, version: 'other rules' };
    expect(await isFullRead()).toBe(true);
    expect(await isFullRead()).toBe(false);
    const { settingsOf } = m;
    m = { ...m, settingsOf: (name) => ({ ...settingsOf(name), pagesMax: 4 }) };
    expect(await isFullRead()).toBe(true);
    await sql`update board set vanish_since = now()`.execute(db.sql);
    source.statuses.length = 0;
    await scan();
    expect(source.statuses).toEqual([200]);
  });

  test('that was read as something else in between is not taken for the board of before', async () => {
    answers(() => ({ items: jobs(10), headers: { etag: '"1"' } }));
    await scan();
    // So many vanished that the read is in doubt; a new posting of it is stored all the same.
    answers(() => ({ items: [...jobs(2), ...jobs(1, 50)], headers: { etag: '"2"' } }));
    expect(await scan()).toMatchObject({ state: 'partial', new: 1 });
    answers(() => ({ items: jobs(10), headers: { etag: '"1"' } }));
    const third = await scan();
    expect(source.statuses).toEqual([200, 200, 200]);
    expect(third).toMatchObject({ unchanged: 10 });
  });

  test('that failed meanwhile without an answer is still known', async () => {
    answers(() => ({ items: jobs(4), headers: { etag: '"1"' } }));
    await scan();
    answers(() => 404);
    expect(await scan()).toMatchObject({ state: 'partial' });
    answers(() => ({ items: jobs(4), headers: { etag: '"1"' } }));
    source.statuses.length = 0;
    expect(await scan()).toMatchObject({ state: 'success', unchanged: 4 });
    expect(source.statuses).toEqual([304]);
    expect(await board()).toMatchObject({ failures: 0, absences: 0 });
  });

  test('says when to come again, and is not asked sooner', async () => {
    answers(() => ({ items: jobs(2), headers: { 'cache-control': 'public, max-age=72000' } }));
    await scan();
    const { next_check_at, hint_s } = await board();
    expect(hint_s).toBe(72_000);
    expect(Date.parse(String(next_check_at)) - Date.now()).toBeGreaterThan(71_000_000);
  });
});

describe('a board of several answers', () => {
  const pages = (last: readonly unknown[]) => (page: number) => ({
    items: page < 3 ? jobs(4, page * 10) : last,
    next: page < 3,
  });

  test('that all are the same is a success without a look into its postings', async () => {
    answers(pages([...jobs(4, 30), COOK]));
    await scan();
    await sql`alter table posting rename to posting_away`.execute(db.sql);
    expect(await scan()).toMatchObject({ state: 'success', requests: 3, found: 13, unchanged: 12, rejected: 1 });
  });

  test('of which the last differs is read whole, first pages included', async () => {
    answers(pages(jobs(4, 30)));
    await scan();
    answers(pages(jobs(3, 30)));
    await sql`update board set vanish_since = null`.execute(db.sql);
    const second = await scan();
    expect(second).toMatchObject({ found: 11, unchanged: 11, new: 0 });
    answers(pages([...jobs(4, 30), ...jobs(1, 77)]));
    expect(await scan()).toMatchObject({ found: 13, new: 1 });
  });

  test('of which fewer come, or a later one fails, is not the same', async () => {
    answers(pages(jobs(4, 30)));
    await scan();
    answers((page) => (page < 3 ? { items: jobs(4, page * 10), next: true } : 500));
    expect(await scan()).toMatchObject({ state: 'partial', found: 8, unchanged: 8 });
    expect((await board()).body_hash).toBeNull();
    expect(await openPostings(db)).toHaveLength(12);
  });
});

test('a worker that dies after it wrote something of a new answer leaves nothing to be believed', async () => {
  answers(() => ({ items: jobs(5), headers: { etag: '"1"' } }));
  await scan();
  answers((page) => (page === 1 ? { items: [...jobs(5), ...jobs(1, 60)], next: true } : 'never'));
  const unit = await asked(m, 'greenhouse');
  const ending = new AbortController();
  const running = runUnit(m, task(unit.unitIds[0]!, { signal: ending.signal }));
  await until(() => source.requests.at(-1) === 'acme/2');
  ending.abort(new Error('this process is ending'));
  expect(await running).toEqual({ againInMs: 0 });
  expect(await openPostings(db)).toContain('60');
  answers(() => ({ items: jobs(5), headers: { etag: '"1"' } }));
  source.statuses.length = 0;
  expect(await runUnit(m, task(unit.unitIds[0]!))).toBe('done');
  expect(source.statuses).toEqual([200]);
  expect(await openPostings(db)).not.toContain('60');
});
