import { beforeAll, expect, test } from 'vitest';
import { jobFilters } from '../../api/job-query.ts';
import { setFrom } from '../../api/queries/search/orders.ts';
import { planSearch } from '../../api/queries/search/plan.ts';
import { startOf } from '../../api/queries/search/position.ts';
import { searchJobs } from '../../api/queries/search/search.ts';
import { ANY_FROM_THERE, shapeOf } from '../../api/queries/search/shape.ts';
import { valuesOf } from '../../api/queries/search/statement.ts';
import { PAGES } from '../../api/queries/search/statements.ts';
import { walkOf } from '../../api/queries/search/walk.ts';
import type { Database } from '../../shared/db/database.ts';
import { allPages, crowdedDatabase, idsOf, idsWhere, reindex } from './search-crowd.ts';
import { NOW } from './server.ts';

let db: Database;

beforeAll(async () => {
  db = await crowdedDatabase();
}, 120_000);

test.each([
  ['date', 'posted_at desc, id desc'],
  ['match', 'score desc, posted_at desc, id desc'],
  ['pay', 'pay_max desc, id desc'],
])('by %s a walk that is cut short leads on, and shows every job once and in order', async (sort, order) => {
  for (const source of [['greenhouse'], ['greenhouse', 'lever']]) {
    const pages = await allPages(db, { source, sort }, 100);
    const expected = await idsWhere(db, `sources && array['${source.join("','")}']`, order);
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
  const pages = await allPages(db, { source, work_mode: 'unknown', country, sort }, limit);
  const expected = await idsWhere(
    db,
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
  const pages = await allPages(db, { company, country: 'unknown', work_mode: 'unknown', sort: 'match' }, 100);
  const expected = await idsWhere(
    db,
    "country is null and work_mode = 'unknown'",
    'score desc, posted_at desc, id desc',
  );
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
    const expected = await idsWhere(db, `company = '${company}' and sources && array['${source}']`, order);
    expect(expected.length).toBeGreaterThan(0);
    expect((await allPages(db, { q, source, sort }, 100)).flat()).toEqual(expected);
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
  { q: '2 or 3', state: 'closed,open', posted_since: '30d', country: 'US,unknown' },
  { q: '2 or 3', company_not: 'Company 2', sort: 'match' },
  { q: '1 or 4', work_mode: 'remote', sort: 'pay' },
])('a statement made for %j finds what the one that fits every search finds', async (parameters) => {
  const filters = jobFilters.parse(parameters);
  const sort = filters.sort ?? 'date';
  const first = idsOf(await searchJobs(db, { ...filters, limit: 7 }, NOW));
  expect(first.length).toBe(7);
  const hidden = { jobIds: first.slice(0, 1), companies: [], keywords: [] };
  for (const isBehind of [false, true]) {
    // Where somebody hides jobs marks do not decide, and there is nothing quick.
    const plan = await planSearch(db, filters, NOW, filters.q?.includes(' or ') === true ? undefined : hidden);
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

test.each([
  ['date', 'posted_at desc, id desc'],
  ['match', 'score desc, posted_at desc, id desc'],
  ['pay', 'pay_max desc, id desc'],
] as const)(
  'by %s several lists that are shorter than a walk are read whole, and long ones are not',
  async (sort, order) => {
    const ofTwo = "company in ('Company 2', 'Company 3')";
    await db.pool.query(`update job set flags = 0 where ${ofTwo}`);
    await reindex(db, ofTwo);
    const quickOf = async (q: string) => (await walkOf(db, await planSearch(db, { q, sort }, NOW), sort, 20)).quick;
    expect(await quickOf('2 or 3')).toBe(PAGES.short[sort]);
    expect(await quickOf('2 or iam')).toBe(PAGES.marks[sort]);
    for (const limit of [7, 100]) {
      expect((await allPages(db, { q: '2 or 3', sort }, limit)).flat()).toEqual(await idsWhere(db, ofTwo, order));
    }
  },
);
