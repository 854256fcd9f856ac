import { beforeAll, expect, test } from 'vitest';
import { jobFilters } from '../../api/job-query.ts';
import { setFrom } from '../../api/queries/search/orders.ts';
import { planSearch } from '../../api/queries/search/plan.ts';
import { startOf } from '../../api/queries/search/position.ts';
import { type JobPage, searchJobs } from '../../api/queries/search/search.ts';
import { ANY_FROM_THERE, shapeOf } from '../../api/queries/search/shape.ts';
import { valuesOf } from '../../api/queries/search/statement.ts';
import { walkOf } from '../../api/queries/search/walk.ts';
import { itemsOf } from '../../api/queries/search/whole-page.ts';
import type { Database } from '../../shared/db/database.ts';
import { ENTRIES, indexPending } from '../../worker/store/search/entries.ts';
import { testDatabase } from '../db.ts';
import { NOW } from './server.ts';

/** More than one walk looks at. */
const GREENHOUSE = 21_600;
const LEVER = 600;

let db: Database;

/** Nothing is marked, so that rows decide. Of greenhouse one job in a thousand is open; those of lever are spread among all. */
beforeAll(async () => {
  ({ db } = await testDatabase());
  const { pool } = db;
  await pool.query(
    `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, country, pay_max, pay_currency, pay_period,
        title, company, places, employment, sources, terms, card, words)
      select n, n, $1::timestamptz - n * interval '1 minute', $1::timestamptz - n * interval '1 minute', n % 60,
        case when source = 'lever' or n % 1000 = 7 then 'open' else 'closed' end,
        (array['remote', 'hybrid', 'onsite', 'unknown'])[1 + n % 4], (array['DE', 'US', null])[1 + n % 3], 50000 + n, 'EUR', 'year',
        'IAM Engineer', 'Company ' || n % 5, '{}', '{}', array[source], array['level:' || (array['senior', 'lead'])[1 + n % 2]],
        '{"title":"Ingénieur IAM"}', to_tsvector('simple', 'iam engineer company ' || n % 5)
      from (select n, case when n % ${(GREENHOUSE + LEVER) / LEVER} = 1 then 'lever' else 'greenhouse' end as source
        from generate_series(1, ${GREENHOUSE + LEVER}) n) as made`,
    [NOW],
  );
  await pool.query(`insert into job_term (job_id, posted_at, score, flags, pay, term) ${ENTRIES}`);
  await pool.query('insert into search_word (word, jobs) select term, count(*) from job_term group by term');
  await pool.query('delete from search_todo');
  await pool.query('analyze');
}, 120_000);

async function allPages(parameters: Record<string, unknown>, limit: number) {
  const filters = jobFilters.parse(parameters);
  const pages: string[][] = [];
  let cursor = filters.cursor;
  for (;;) {
    expect(pages.length).toBeLessThan(400);
    const page = await searchJobs(db, { ...filters, limit, cursor }, NOW);
    pages.push(idsOf(page));
    if (page.nextCursor === null) return pages;
    cursor = jobFilters.parse({ ...parameters, cursor: page.nextCursor }).cursor;
  }
}

const idsOf = ({ items }: JobPage) => itemsOf(items).map((item) => (JSON.parse(item) as { id: string }).id);

async function idsWhere(condition: string, order: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `select id::text from job where state = 'open' and ${condition} order by ${order}`,
  );
  return rows.map(({ id }) => id);
}

test.each([
  ['date', 'posted_at desc, id desc'],
  ['match', 'score desc, posted_at desc, id desc'],
  ['pay', 'pay_max desc, id desc'],
])('by %s a walk that is cut short leads on, and shows every job once and in order', async (sort, order) => {
  for (const source of [['greenhouse'], ['greenhouse', 'lever']]) {
    const pages = await allPages({ source, sort }, 100);
    const expected = await idsWhere(`sources && array['${source.join("','")}']`, order);
    expect(pages.flat()).toEqual(expected);
    expect(pages.every((page) => page.length <= 100)).toBe(true);
    if (source.length === 1) expect([expected.length < 100, pages.length > 1]).toEqual([true, true]);
  }
});

test.each([
  ['date', 'unknown', 50, 'posted_at desc, id desc'],
  ['match', 'US,unknown', 100, 'score desc, posted_at desc, id desc'],
  ['pay', 'unknown', 50, 'pay_max desc, id desc'],
])('by %s a list that is cut short before others fill a page loses nothing', async (sort, country, limit, order) => {
  const source = ['greenhouse', 'lever', 'remoteok', 'remotive', 'jobicy'];
  const pages = await allPages({ source, work_mode: 'unknown', country, sort }, limit);
  const expected = await idsWhere(
    `coalesce(country, 'unknown') = any ('{${country}}') and work_mode = 'unknown'`,
    order,
  );
  expect(pages.flat()).toEqual(expected);
  // The first page ends where the list does, or it would be full.
  expect(expected.length).toBeGreaterThan(limit);
  expect(pages[0]!.length).toBeLessThan(limit);
});

test('an `or` alone is no word', async () => {
  for (const q of ['or', 'OR or']) expect(await planSearch(db, { q }, NOW)).toMatchObject({ isEmpty: true });
  expect(await planSearch(db, { q: '"or"' }, NOW)).toMatchObject({ isEmpty: false, lists: ['w:or'] });
});

test('a long word is looked for by as many characters as its list has, also where each is two in JavaScript', async () => {
  const rare = '\u{20000}';
  for (const [typed, kept] of [
    [40, 40],
    [70, 60],
  ] as const) {
    const { lists } = await planSearch(db, { q: rare.repeat(typed) }, NOW);
    expect(lists).toEqual([`w:${rare.repeat(kept)}`]);
  }
});

test('many lists are walked less far each, and still lead on to every job', async () => {
  const company = ['Company 0', 'Company 1', 'Company 2', 'Company 3', 'Company 4', ...'abcdefghijklmno'];
  const pages = await allPages({ company, country: 'unknown', work_mode: 'unknown', sort: 'match' }, 100);
  const expected = await idsWhere("country is null and work_mode = 'unknown'", 'score desc, posted_at desc, id desc');
  expect(pages.flat()).toEqual(expected);
  expect([expected.length > 0, expected.length < 100, pages.length > 1]).toEqual([true, true, true]);
});

test.each([
  ['date', 'posted_at desc, id desc'],
  ['match', 'score desc, posted_at desc, id desc'],
  ['pay', 'pay_max desc, id desc'],
])('by %s a job that is in two lists is found, whichever of them is walked', async (sort, order) => {
  for (const [q, source] of [
    ['company 3', 'lever'],
    ['"company 2" iam', 'greenhouse'],
    ['3 engineer -2', 'lever'],
  ] as const) {
    const filters = jobFilters.parse({ q, source, sort });
    const { values } = await planSearch(db, filters, NOW);
    expect(values.also).toBeDefined();
    const company = q.includes('"') ? 'Company 2' : 'Company 3';
    const expected = await idsWhere(`company = '${company}' and sources && array['${source}']`, order);
    expect(expected.length).toBeGreaterThan(0);
    expect((await allPages({ q, source, sort }, 100)).flat()).toEqual(expected);
  }
});

test.each<Record<string, unknown>>([
  {},
  { work_mode: 'remote', posted_since: '30d' },
  { source: 'lever', country: 'DE' },
  { source: 'lever', sort: 'match', seen_since: '60d' },
  { q: 'engineer', sort: 'match' },
  { q: 'iam engineer', company_not: 'Company 2' },
  { q: 'iam or engineer', work_mode: 'hybrid,unknown', country: 'US,unknown' },
  { company: 'company 3', pay_min: '60000', state: 'all' },
  { seniority: 'lead', without: 'nothing', sort: 'pay' },
  { pay_band: '50-80', pay_unknown: 'true', discipline: 'unknown' },
])('a statement made for %j finds what the one that fits every search finds', async (parameters) => {
  const filters = jobFilters.parse(parameters);
  const sort = filters.sort ?? 'date';
  const first = idsOf(await searchJobs(db, { ...filters, limit: 7 }, NOW));
  expect(first.length).toBe(7);
  const hidden = { jobIds: first.slice(0, 1), companies: [], keywords: [] };
  for (const isBehind of [false, true]) {
    const plan = await planSearch(db, filters, NOW, hidden);
    const { nextCursor } = await searchJobs(db, { ...filters, limit: 3 }, NOW);
    const at = isBehind ? jobFilters.parse({ ...parameters, cursor: nextCursor }).cursor : undefined;
    if (at !== undefined) setFrom(plan.values, at);
    plan.values.limit = 8;
    const shape = shapeOf(plan.values);
    const { quick, page } = await walkOf(db, plan, sort, 7);
    for (const made of quick === undefined ? [page] : [quick, page]) {
      const values = { ...plan.values };
      const own = made(shape);
      const shared = made(ANY_FROM_THERE);
      expect(own.parameters.length).toBeLessThan(shared.parameters.length);
      const found = await db.pool.query({ text: own.text, values: valuesOf(own, values) });
      if (!isBehind) setFrom(values, startOf(sort));
      const expected = await db.pool.query({ text: shared.text, values: valuesOf(shared, values) });
      expect(expected.rows.length).toBeGreaterThan(0);
      expect(found.rows).toEqual(expected.rows);
    }
  }
});

/** As the indexer would, in one go. */
async function reindex(condition: string): Promise<void> {
  const { pool } = db;
  await pool.query(`delete from job_term using job j where j.id = job_id and ${condition}`);
  await pool.query(`insert into job_term (job_id, posted_at, score, flags, pay, term) ${ENTRIES} where ${condition}`);
  await pool.query(`update search_progress set moved = moved + (select count(*) from job j where ${condition})`);
  await pool.query(`insert into search_word (word, jobs) select term, count(*) from job_term group by term
    on conflict (word) do update set jobs = excluded.jobs`);
  await pool.query('delete from search_todo');
}

test('a list that became long a moment ago is cut short, too, and leads on', async () => {
  const search = { source: ['remoteok', 'lever'], country: 'unknown', work_mode: 'unknown' };
  const before = await allPages(search, 7);
  await db.pool.query(
    `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, title, company, places, employment, sources, terms, card, words)
      select id, id, $1::timestamptz + (id - 121600) * interval '1 second', $1, 1, case when id = 100001 then 'open' else 'closed' end,
        'unknown', 'IAM Engineer', 'Company 9', '{}', '{}', '{remoteok}', '{}', '{"title":"IAM"}', ''
      from generate_series(100001, 121600) id`,
    [NOW],
  );
  await reindex('j.id > 100000');
  const after = await allPages(search, 7);
  expect(new Set(after.flat())).toEqual(new Set([...before.flat(), '100001']));
  await db.pool.query('delete from job_term where job_id > 100000');
  await db.pool.query('delete from job where id > 100000');
  await reindex('j.id = 1');
});

test('an entry that comes in while a page that was cut short is read again costs no job', async () => {
  const { pool } = db;
  const search = { source: ['greenhouse', 'lever'] };
  const { rows } = await pool.query<{ id: string }>(
    `select job_id::text as id from job_term where term = 'source:greenhouse' order by posted_at desc, job_id desc offset 19999 limit 1`,
  );
  const cut = rows[0]!.id;
  await pool.query(`update job set state = 'open' where id = $1`, [cut]);
  await reindex(`j.id = ${cut}`);
  let came = 0;
  const comesIn = async () => {
    const id = 900_000 + came++;
    await pool.query(
      `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, title, company, places, employment, sources, terms, card, words)
        values (${id}, ${id}, $1, $1, 1, 'closed', 'remote', 'X', 'Y', '{}', '{}', '{greenhouse}', '{}', '{}', '')`,
      [NOW],
    );
    await reindex(`j.id = ${id}`);
  };
  const query = async (...asked: Parameters<typeof pool.query>) => {
    if ((asked[0] as unknown as { name?: string }).name?.startsWith('search-keys') === true) await comesIn();
    return pool.query(...asked);
  };
  const between = new Proxy(pool, { get: (of, key) => (key === 'query' ? query : Reflect.get(of, key, of)) });
  const filters = jobFilters.parse(search);
  const found: string[] = [];
  for (let cursor = filters.cursor, next: string | null = ''; next !== null; ) {
    const page: JobPage = await searchJobs({ pool: between }, { ...filters, limit: 600, cursor }, NOW);
    found.push(...idsOf(page));
    next = page.nextCursor;
    cursor = next === null ? undefined : jobFilters.parse({ ...search, cursor: next }).cursor;
  }
  expect(came).toBeGreaterThan(0);
  expect(found).toEqual(await idsWhere('true', 'posted_at desc, id desc'));
  await pool.query(`update job set state = 'closed' where id = $1`, [cut]);
  await pool.query('delete from job_term where job_id >= 900000');
  await pool.query('delete from job where id >= 900000');
  await reindex(`j.id = ${cut}`);
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
  const expected = () => idsWhere('true', 'score desc, posted_at desc, id desc');
  for (let n = 0; n < 2; n++) expect((await allPages(search, 50)).flat()).toEqual(await expected());
  await db.pool.query("update job set score = 100 where state = 'closed'");
  await reindex("j.state = 'closed'");
  const pages = await allPages(search, 50);
  expect(pages.flat()).toEqual(await expected());
  expect(pages[0]!.length).toBeLessThan(50);
});
