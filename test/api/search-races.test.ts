import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import { allPages, crowdedDatabase, idsWhere, reindex } from './search-crowd.ts';
import { NOW } from './server.ts';

let db: Database;

beforeAll(async () => {
  db = await crowdedDatabase();
}, 120_000);

test('a list that became long a moment ago is cut short, too, and leads on', async () => {
  const search = { source: ['remoteok', 'lever'], country: 'unknown', work_mode: 'unknown' };
  const before = await allPages(db, search, 7);
  await db.pool.query(
    `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, title, company, places, employment, sources, terms, card, words)
      select id, id, $1::timestamptz + (id - 121600) * interval '1 second', $1, 1, case when id = 100001 then 'open' else 'closed' end,
        'unknown', 'IAM Engineer', 'Company 9', '{}', '{}', '{remoteok}', '{}', '{"title":"IAM"}', ''
      from generate_series(100001, 121600) id`,
    [NOW],
  );
  await reindex(db, 'j.id > 100000');
  const after = await allPages(db, search, 7);
  expect(new Set(after.flat())).toEqual(new Set([...before.flat(), '100001']));
  await db.pool.query('delete from job_term where job_id > 100000');
  await db.pool.query('delete from job where id > 100000');
  await reindex(db, 'j.id = 1');
});

/** The database, where `work` is done before the first statement whose name begins so. */
function doneBefore(name: string, work: () => Promise<void>) {
  const { pool } = db;
  const at = { wasDone: false };
  const query = async (...asked: Parameters<typeof pool.query>) => {
    if (!at.wasDone && (asked[0] as unknown as { name?: string }).name?.startsWith(name) === true) {
      at.wasDone = true;
      await work();
    }
    return pool.query(...asked);
  };
  return { at, pool: new Proxy(pool, { get: (of, key) => (key === 'query' ? query : Reflect.get(of, key, of)) }) };
}

/** Entry `place` of greenhouse, whose job is opened. */
async function opened(place: number): Promise<{ id: string; before: number }> {
  const { rows } = await db.pool.query<{ id: string }>(
    `select job_id::text as id from job_term where term = 'source:greenhouse' order by posted_at desc, job_id desc offset ${place} limit 1`,
  );
  const { id } = rows[0]!;
  await db.pool.query(`update job set state = 'open' where id = $1`, [id]);
  await reindex(db, `j.id = ${id}`);
  return { id, before: (await idsWhere(db, 'true', DATE)).indexOf(id) };
}

/** The newest of greenhouse become the oldest. */
async function age(many: number): Promise<void> {
  const newest = `select job_id from job_term where term = 'source:greenhouse' order by posted_at desc, job_id desc limit ${many}`;
  const { rows } = await db.pool.query<{ job_id: string }>(newest);
  const ids = rows.map(({ job_id }) => job_id).join(', ');
  await db.pool.query(`update job set posted_at = posted_at - interval '1000 days' where id in (${ids})`);
  await reindex(db, `j.id in (${ids})`);
}

const DATE = 'posted_at desc, id desc';

test('an entry that comes in while a page that was cut short is read again costs no job', async () => {
  await opened(19_999);
  const late = doneBefore('search-keys', async () => {
    await db.pool.query(
      `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, title, company, places, employment, sources, terms, card, words)
        values (900000, 900000, $1, $1, 1, 'closed', 'remote', 'X', 'Y', '{}', '{}', '{greenhouse}', '{}', '{}', '')`,
      [NOW],
    );
    await reindex(db, 'j.id = 900000');
  });
  const found = (await allPages(late, { source: ['greenhouse', 'lever'] }, 600)).flat();
  expect([late.at.wasDone, found]).toEqual([true, await idsWhere(db, 'true', DATE)]);
});

test('entries that leave the front of a list between a full page and its end cost no job', async () => {
  const { id, before } = await opened(20_000);
  const late = doneBefore('search-end-within', () => age(60));
  const found = (await allPages(late, { source: ['greenhouse', 'lever'] }, before + 1)).flat();
  expect([late.at.wasDone, found.includes(id)]).toEqual([true, true]);
});

test('entries that leave it between a page that is not full and its end cost no job', async () => {
  const { id } = await opened(20_100);
  const late = doneBefore('search-end-lists', () => age(300));
  const found = (await allPages(late, { source: ['greenhouse'] }, 100)).flat();
  expect([late.at.wasDone, found.includes(id)]).toEqual([true, true]);
});

/** The database, where `work` is done when the first statement whose name begins so has read what it tells, and before anybody hears it. */
function doneAfter(name: string, work: () => Promise<unknown>) {
  const { pool } = db;
  const at = { wasDone: false };
  const query = (asked: unknown, values: unknown, heard: (...answer: unknown[]) => void) => {
    const isIt = !at.wasDone && (asked as { name?: string }).name?.startsWith(name) === true;
    at.wasDone ||= isIt;
    const late = (...answer: unknown[]) =>
      void work().then(
        () => heard(...answer),
        (error) => heard(error, []),
      );
    return (pool.query as (...all: unknown[]) => unknown)(asked, values, isIt ? late : heard);
  };
  return { at, pool: new Proxy(pool, { get: (of, key) => (key === 'query' ? query : Reflect.get(of, key, of)) }) };
}

test.each([
  ['date', 'unknown', 'posted_at desc, id desc', {}],
  ['match', 'onsite', 'score desc, posted_at desc, id desc', {}],
  ['date', 'unknown', 'posted_at desc, id desc', { q: 'every', in: 'text' }],
  ['match', 'onsite', 'score desc, posted_at desc, id desc', { q: 'every', in: 'text' }],
])(
  'jobs that leave what a page of all has looked at cost no job behind it: by %s, %s, %s, %j',
  async (sort, mode, order, words) => {
    const search = { work_mode: mode, country: 'unknown', sort, ...words };
    await db.pool.query(`insert into job_text (job_id, posted_at, score, words, flags)
    select id, posted_at, score, to_tsvector('simple', 'every'), -1 from job on conflict do nothing`);
    await db.pool.query('analyze job_text');
    const expected = await idsWhere(db, `work_mode = '${mode}' and country is null`, order);
    const closed = `select id from job where state = 'closed' order by ${order} limit 2000`;
    const { rows } = await db.pool.query<{ id: string }>(closed);
    const ids = rows.map(({ id }) => id).join(', ');
    const late = doneAfter('q' in words ? 'search-read' : 'search-jobs', () =>
      db.pool.query(`update job set posted_at = posted_at - interval '2000 days', score = -1 where id in (${ids})`),
    );
    const pages = await allPages(late, search, 100).finally(async () => {
      await db.pool.query(
        `update job set posted_at = posted_at + interval '2000 days', score = id % 60 where id in (${ids})`,
      );
      await reindex(db, `j.id in (${ids})`);
    });
    expect([late.at.wasDone, pages.flat()]).toEqual([true, expected]);
    // The first page was cut short, or it would be full.
    expect([pages.length > 1, pages[0]!.length < 100]).toEqual([true, true]);
  },
);

test('a lost count of what was indexed costs nothing but a moment, and begins anew', async () => {
  const search = { source: ['greenhouse'] };
  const before = (await allPages(db, search, 100)).flat();
  await db.pool.query('delete from search_progress');
  expect((await allPages({ pool: new Proxy(db.pool, {}) }, search, 100)).flat()).toEqual(before);
  await reindex(db, 'j.id = 1');
  expect((await db.pool.query('select moved from search_progress')).rows).toEqual([{ moved: '1' }]);
});

test('jobs whose entries are brought up to date are counted', async () => {
  const { pool } = db;
  const moved = async () => Number((await pool.query('select moved from search_progress')).rows[0].moved);
  const before = await moved();
  for (const ids of ['1, 2, 3', '3, 4']) await pool.query(`update job set employment = '{}' where id in (${ids})`);
  await indexPending(db);
  expect(await moved()).toBe(before + 4);
});

/** The last test: most jobs have another score afterwards. */
test('what was safe once is not when many entries have moved in a list, which is as long as before', async () => {
  const search = { source: ['greenhouse', 'lever'], sort: 'match' };
  const expected = () => idsWhere(db, 'true', 'score desc, posted_at desc, id desc');
  for (let n = 0; n < 2; n++) expect((await allPages(db, search, 50)).flat()).toEqual(await expected());
  await db.pool.query("update job set score = 100 where state = 'closed'");
  await reindex(db, "j.state = 'closed'");
  const pages = await allPages(db, search, 50);
  expect(pages.flat()).toEqual(await expected());
  expect(pages[0]!.length).toBeLessThan(50);
});
