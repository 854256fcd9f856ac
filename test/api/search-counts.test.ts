import { beforeAll, expect, test } from 'vitest';
import { jobFilters } from '../../api/job-query.ts';
import { COUNT_MAX, countExactly, countFacets, countHidden, countJobs } from '../../api/queries/search/counts.ts';
import type { Database } from '../../shared/db/database.ts';
import { allPages, crowdedDatabase, reindex } from './search-crowd.ts';
import { NOW } from './server.ts';

let db: Database;

beforeAll(async () => {
  db = await crowdedDatabase();
}, 120_000);

const NOTHING = { jobIds: [], companies: [], keywords: [] };

test.each([
  ['a few jobs', { jobIds: ['3', '4', '5'] }, 3],
  ['companies of whom there are many', { companies: ['Company 3', 'company 4'] }, COUNT_MAX + 1],
  ['words', { keywords: ['company 3', '4'] }, COUNT_MAX + 1],
  [
    'jobs, a company that is not here and words that nobody has',
    { jobIds: ['3'], companies: ['?'], keywords: ['no'] },
    1,
  ],
])('of a search that thousands fit it is told how many are hidden: %s', async (_, hide, expected) => {
  const hidden = { ...NOTHING, ...hide };
  for (const parameters of [
    { state: 'closed' },
    { state: 'closed', q: 'engineer' },
    { state: 'closed', q: 'iam or 2' },
  ]) {
    const filters = jobFilters.parse(parameters);
    expect(await countJobs(db, filters, NOW, hidden)).toEqual({ value: COUNT_MAX, relation: 'atLeast' });
    expect(await countHidden(db, filters, NOW, hidden), JSON.stringify(parameters)).toBe(expected);
  }
});

test('what a search by pay counts is what it lists: jobs whose pay can be compared', async () => {
  await db.pool.query("update job set pay_max = null where sources && array['lever'] and id % 2 = 1");
  await reindex(db, "j.sources && array['lever']");
  for (const parameters of [{ sort: 'pay', source: 'lever' }, { sort: 'pay' }, { sort: 'pay', q: 'engineer' }]) {
    const filters = jobFilters.parse(parameters);
    const listed = (await allPages(db, parameters, 100)).flat().length;
    expect(listed).toBeGreaterThan(0);
    expect(await countExactly(db, filters, NOW), JSON.stringify(parameters)).toEqual({
      value: listed,
      relation: 'exact',
    });
    const { pay_band, work_mode } = await countFacets(db, filters, ['pay_band', 'work_mode'], NOW);
    expect(pay_band?.values.some(({ value }) => value === 'unknown')).toBe(false);
    if (work_mode?.capped === false) expect(work_mode.values.reduce((sum, { count }) => sum + count, 0)).toBe(listed);
  }
  const unknown = jobFilters.parse({ sort: 'pay', pay_band: 'unknown' });
  expect((await countJobs(db, unknown, NOW)).value).toBe(0);
});
