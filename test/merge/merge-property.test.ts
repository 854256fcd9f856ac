/** Random sets of adverts in random orders: the jobs are the same, nothing else moves, and what was merged comes apart whole. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { splitPosting, undoEvent } from '../../shared/db/merge/decide.ts';
import type { SourceName } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import { type Advert, everything, faults, merge, openings, put } from './kit.ts';

let db: Database;
beforeAll(async () => {
  db = (await testDatabase()).db;
});

const TABLES =
  'posting, posting_body, job, job_term, job_event, stats_day, merge_todo, posting_sign, posting_key, posting_link, merge_decision';
const clear = async () => {
  await db.pool.query(`truncate ${TABLES}`);
};

/** Few values, so that many adverts are alike. */
const advert = fc.record({
  source: fc.constantFrom<SourceName>('greenhouse', 'adzuna', 'jsearch', 'lever'),
  title: fc.constantFrom('IAM Engineer', 'IAM Engineer II', 'IAM Engineer (Okta)', 'PAM Engineer'),
  company: fc.constantFrom('Acme', 'Acme GmbH', 'Globex', null),
  places: fc.constantFrom(['Berlin, Germany'], ['Hamburg, Germany'], []),
  requisitions: fc.constantFrom([], ['REQ-1001'], ['REQ-2002']),
});

const adverts = (min: number, max: number) =>
  fc
    .array(advert, { minLength: min, maxLength: max })
    .map((list) =>
      list.map((one, i): Advert => ({ ...one, board: one.source === 'adzuna' ? '*' : 'acme', nativeId: `p${i}` })),
    );

async function putInOrder(list: readonly Advert[], merged: readonly boolean[]): Promise<string[][]> {
  await clear();
  for (const [i, one] of list.entries()) {
    await put(db, one);
    if (merged[i] === true) await merge(db);
  }
  await merge(db);
  expect(await faults(db)).toEqual([]);
  return await openings(db);
}

test('the order of arrival does not change what is one job', async () => {
  const property = fc.asyncProperty(
    adverts(2, 6).chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length }),
        fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }),
      ),
    ),
    async ([list, shuffled, merged]) => {
      const all = await putInOrder(list, []);
      expect(await putInOrder(shuffled, merged)).toEqual(all);
    },
  );
  await fc.assert(property, { numRuns: 25, seed: 20261122 });
}, 120_000);

test('splitting everything that was merged gives every row back, byte for byte; undoing that merges it again', async () => {
  const property = fc.asyncProperty(adverts(2, 5), async (list) => {
    await clear();
    for (const one of list) await put(db, one);
    const before = await everything(db);
    await merge(db);
    const merged = await everything(db);
    const events: string[] = [];
    // What leaves one job may fit another one; each split rules out at least one pair, so this ends.
    for (let [id] = await inCompany(); id !== undefined; [id] = await inCompany()) {
      events.push((await splitPosting(db, id, 'person:test')).eventId);
      await merge(db);
    }
    expect(await everything(db)).toEqual(before);
    expect(await faults(db)).toEqual([]);
    for (const event of events.reverse()) await undoEvent(db, event, 'person:test');
    await merge(db);
    expect(await everything(db)).toEqual(merged);
  });
  await fc.assert(property, { numRuns: 20, seed: 7 });
}, 120_000);

test('a new posting changes no row of a job that it is not part of', async () => {
  const property = fc.asyncProperty(adverts(2, 6), advert, async (list, more) => {
    await putInOrder(list, []);
    const rowsOf = async () =>
      new Map(
        (await db.pool.query<{ id: string; row: string }>('select id::text, job::text as row from job')).rows.map(
          ({ id, row }) => [id, row],
        ),
      );
    const before = await rowsOf();
    await put(db, { ...more, board: more.source === 'adzuna' ? '*' : 'acme', nativeId: 'new' });
    await merge(db);
    // Where the new one is, or was moved away from: every job that had a posting linked with it.
    const { rows } = await db.pool.query<{ id: string }>(
      `select distinct e.job_id::text as id from job_event e union select evidence->>'from' from job_event
       union select evidence->>'to' from job_event union select job_id::text from posting where native_id = 'new'`,
    );
    const touched = new Set(rows.map(({ id }) => id));
    const after = await rowsOf();
    for (const [id, row] of before) if (!touched.has(id)) expect(after.get(id)).toBe(row);
    expect(await faults(db)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 20, seed: 11 });
}, 120_000);

/** Postings that share a job. */
async function inCompany(): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    'select p.id::text from posting p join job j on j.id = p.job_id where j.postings > 1 order by p.id desc',
  );
  return rows.map(({ id }) => id);
}
