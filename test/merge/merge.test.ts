/** Postings that are one opening become one job, and come apart again. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { testDatabase } from '../db.ts';
import { close, everything, faults, merge, openings, put, TEXT } from './kit.ts';

let db: Database;
beforeEach(async () => {
  db = (await testDatabase()).db;
  return async () => {
    expect(await faults(db)).toEqual([]);
  };
});

const jobs = async () =>
  (
    await db.pool.query(
      `select id::text, posting_id::text, state, sources, places, postings, fields, card::jsonb as card from job order by id`,
    )
  ).rows;
const events = async (kind: string) =>
  (await db.pool.query('select job_id::text, evidence from job_event where kind = $1 order by id', [kind])).rows;

describe('two postings of one opening', () => {
  const own = { nativeId: 'own' } as const;
  const copy = { source: 'adzuna', board: '*', nativeId: 'copy' } as const;

  test('become one job with both sources, and the event says why', async () => {
    await put(db, own, copy);
    expect(await merge(db)).toEqual({ compared: 2, merged: 1, split: 0 });
    const [job, ...others] = await jobs();
    expect(others).toEqual([]);
    expect(job).toMatchObject({ state: 'open', postings: 2, sources: ['greenhouse', 'adzuna'] });
    expect(job.card).toMatchObject({ source: 'greenhouse', sources: ['greenhouse', 'adzuna'] });
    const [event] = await events('merge');
    expect(event).toMatchObject({ job_id: job.id, evidence: { to: job.id, rule: 'alike' } });
    expect(event.evidence.seen.join()).toContain('title "engineer identity access management"');
  });

  test('stay as they are when nothing new comes: not one row is written', async () => {
    await put(db, own, copy);
    await merge(db);
    const before = await everything(db);
    expect(await merge(db)).toEqual({ compared: 0, merged: 0, split: 0 });
    expect(await everything(db)).toEqual(before);
  });

  test('come apart by themselves when one changes into another opening, and the rows are those of two strangers', async () => {
    await put(db, own);
    await merge(db);
    const alone = await everything(db);
    await put(db, copy);
    await merge(db);
    expect(await jobs()).toHaveLength(1);
    await put(db, { ...copy, title: 'Senior PAM Architect' });
    expect(await merge(db)).toMatchObject({ split: 1 });
    expect(await jobs()).toHaveLength(2);
    expect(await everything(db)).toEqual(expect.arrayContaining(alone.filter((row) => !row.startsWith('day'))));
    expect(await events('split')).toHaveLength(1);
  });

  test('are open while one of them is, and show what the open one says', async () => {
    await put(db, own, copy);
    await merge(db);
    await close(db, 'greenhouse', 'acme', 'own');
    await merge(db);
    expect((await jobs())[0]).toMatchObject({ state: 'open', card: { source: 'adzuna' } });
    await close(db, 'adzuna', '*', 'copy');
    await merge(db);
    expect((await jobs())[0]).toMatchObject({ state: 'closed' });
    await put(db, { ...own, text: `${TEXT} Apply soon.` });
    await merge(db);
    expect((await jobs())[0]).toMatchObject({ state: 'open', card: { source: 'greenhouse' } });
  });

  test('are not compared again when one is only closed, and their job is brought in line all the same', async () => {
    await put(db, own, copy);
    await merge(db);
    await close(db, 'greenhouse', 'acme', 'own');
    expect(await merge(db)).toEqual({ compared: 0, merged: 0, split: 0 });
    const [job] = await jobs();
    expect(job.card).toMatchObject({ source: 'adzuna' });
  });

  test('are compared when one is closed and then listed in other words, or was never compared before it was closed', async () => {
    await put(db, own);
    await merge(db);
    await close(db, 'greenhouse', 'acme', 'own');
    await put(db, { ...own, title: 'Senior PAM Architect' });
    expect(await merge(db)).toMatchObject({ compared: 1 });
    await put(db, copy);
    await close(db, 'adzuna', '*', 'copy');
    expect(await merge(db)).toMatchObject({ compared: 1 });
  });

  test('are compared when an older release closed one, or its rules were others', async () => {
    await put(db, own, copy);
    await merge(db);
    await db.pool.query('insert into merge_todo (posting_id) select id from posting limit 1');
    expect(await merge(db)).toMatchObject({ compared: 1 });
    await db.pool.query('update posting_sign set version = 0');
    await close(db, 'greenhouse', 'acme', 'own');
    expect(await merge(db)).toMatchObject({ compared: 2 });
  });

  test('show the fields of the one that knows them, and say which', async () => {
    const pay = {
      raw: '€70k-80k',
      min: 70_000,
      max: 80_000,
      currency: 'EUR',
      period: 'year',
      estimated: false,
    } as const;
    await put(db, { ...own, workMode: 'unknown' }, { ...copy, pay, workMode: 'hybrid', places: ['Berlin', 'Munich'] });
    await merge(db);
    const [job] = await jobs();
    expect(job.card).toMatchObject({ pay, workMode: 'hybrid', places: ['Berlin, Germany', 'Berlin', 'Munich'] });
    expect(job.fields.title).toBe(job.posting_id);
    expect(job.fields.pay).not.toBe(job.posting_id);
    expect(job.fields.pay).toBe(job.fields.workMode);
  });
});

describe('what looks alike and is not', () => {
  test.each([
    ['levels', { title: 'IAM Engineer II' }],
    ['cities', { places: ['Hamburg, Germany'] }],
    ['firms', { company: 'Globex' }],
    ['trades', { title: 'PAM Engineer' }],
  ])('stays two: %s', async (_, other) => {
    await put(db, { nativeId: 'a' }, { source: 'adzuna', board: '*', nativeId: 'b', ...other });
    await merge(db);
    expect(await openings(db)).toEqual([['a'], ['b']]);
  });

  test('two entries of one board at the same time stay two', async () => {
    await put(db, { nativeId: 'a' }, { nativeId: 'b' });
    await merge(db);
    expect(await openings(db)).toEqual([['a'], ['b']]);
  });
});

test('thirty cities of one requisition are one job with thirty places', async () => {
  const cities = Array.from({ length: 30 }, (_, i) => ({
    nativeId: `city-${i}`,
    places: [`City${i}, Germany`],
    requisitions: ['REQ-4711'],
  }));
  await put(db, ...cities);
  await merge(db);
  const [job, ...others] = await jobs();
  expect(others).toEqual([]);
  expect(job.postings).toBe(30);
  expect(job.places).toHaveLength(30);
});

test('an old id leads to the job that absorbed it', async () => {
  await put(db, { nativeId: 'a' }, { source: 'adzuna', board: '*', nativeId: 'b' });
  const [first, second] = await jobs();
  await merge(db);
  const { rows } = await db.pool.query('select job_id::text from posting where home_job_id = $1', [second.id]);
  expect(rows).toEqual([{ job_id: first.id }]);
});

test('several processes that store, close and merge at the same time leave everything in order', async () => {
  const lists = Array.from({ length: 4 }, (_, n) => [
    { nativeId: `own-${n}`, board: `b${n}`, company: `Firm ${n}` },
    { nativeId: `copy-${n}`, source: 'adzuna' as const, board: `a${n}`, company: `Firm ${n}` },
  ]);
  await Promise.all(
    lists.map(async (list, n) => {
      await put(db, ...list);
      await Promise.all([merge(db), close(db, 'greenhouse', `b${n}`, `own-${n}`)]);
      await merge(db);
    }),
  );
  expect(await openings(db)).toEqual([0, 1, 2, 3].map((n) => [`copy-${n}`, `own-${n}`]));
  expect((await jobs()).map(({ state, postings, sources }) => [state, postings, sources[0]])).toEqual(
    Array.from({ length: 4 }, () => ['open', 2, 'adzuna']),
  );
});

test('a firm with more adverts than a key may have is still merged, by the narrower keys, and in any order', async () => {
  const many = Array.from({ length: 70 }, (_, n) => ({
    nativeId: `p${String(n).padStart(2, '0')}`,
    source: 'adzuna' as const,
    board: '*',
    // Every tenth city has two.
    places: [`Town${n % 63}, Germany`],
    text: `${TEXT} ${Array.from({ length: 60 }, (_, i) => `word${(n % 63) * 60 + i}`).join(' ')}`,
  }));
  await put(db, ...many);
  await merge(db);
  const all = await openings(db);
  expect(all).toHaveLength(63);
  for (const one of ['p00', 'p63'])
    await put(db, { ...many.find(({ nativeId }) => nativeId === one)!, title: 'PKI Clerk' });
  await merge(db);
  await put(db, { ...many[63]!, url: 'https://jobs.example/again' }, many[0]!);
  await merge(db);
  expect(await openings(db)).toEqual(all);
});
