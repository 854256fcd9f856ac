import { expect, test } from 'vitest';
import { readBody } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import type { Posting } from '../../worker/posting.ts';
import { score } from '../../worker/steps/score/score.ts';
import { RULES_VERSION } from '../../worker/steps/score/taxonomy.ts';
import { mergePending } from '../../worker/store/merge/pending.ts';
import { applyBatch, lookAtBatch, startRescore } from '../../worker/store/rescore.ts';
import { listedTerms } from '../../worker/store/rows.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import { run } from '../cli/run.ts';
import { testDatabase } from '../db.ts';
import { createUnit, noCounts, posting, ready, SCORE } from './store-kit.ts';

const scoreOf = ({ title, text, company }: Posting) => score({ title, text, company });

/** Stored by other rules: points of long ago for the first two, today's for the last. */
async function storeThree(db: Database): Promise<void> {
  const store = await (await createUnit(db)).open();
  const cook = posting('2', { title: 'Line Cook', text: 'Soups and sauces.', html: '' });
  const same = posting('3');
  const batch = [ready('1'), ready('2', 1, { posting: cook }), ready('3', 1, { posting: same, score: scoreOf(same) })];
  await store.write(batch, noCounts({ found: 3, kept: 3, new: 3 }));
  await mergePending(db);
}

const jobs = async (db: Database) => {
  await indexPending(db);
  return (
    await db.pool.query(
      `select native_id, j.score, j.state, j.terms, p.closed_evidence, j.card::json ->> 'score' as card_score,
        (select array_agg(term order by term) from job_term t where t.job_id = j.id
          and t.term !~ '^((w|source|country|company):|$)') as listed
       from job j join posting p on p.id = j.posting_id order by native_id`,
    )
  ).rows;
};
const events = async (db: Database) =>
  (
    await db.pool.query(
      `select native_id, kind, by, evidence from job_event e join posting p on p.id = e.posting_id
       where kind in ('rescore', 'close') order by native_id, kind`,
    )
  ).rows;

test('looking says what would change, and changes nothing', async () => {
  const { db } = await testDatabase();
  await storeThree(db);
  const before = await jobs(db);
  const { differences, looked, next } = await lookAtBatch(db, '0');
  expect({ looked, next }).toEqual({ looked: 3, next: undefined });
  expect(differences).toMatchObject([
    { title: 'IAM Engineer 1', before: SCORE.points, after: scoreOf(posting('1')).points, leaves: false },
    { title: 'Line Cook', before: SCORE.points, after: 0, leaves: true },
  ]);
  expect(await jobs(db)).toEqual(before);
  expect(await events(db)).toEqual([]);
});

test('applying brings scores, reasons and lists in line, and closes what is no IAM work, with the reason', async () => {
  const { db } = await testDatabase();
  await storeThree(db);
  const [, , untouched] = await jobs(db);
  await applyBatch(db, await startRescore(db, 'me'), 'me');
  const now = scoreOf(posting('1'));
  const [first, second, third] = await jobs(db);
  const terms = listedTerms(now);
  expect(terms).toContain('discipline:iga');
  expect(first).toMatchObject({ score: now.points, state: 'open', terms, card_score: String(now.points) });
  expect(first.listed).toEqual(terms.toSorted());
  expect(second).toMatchObject({
    score: 0,
    state: 'closed',
    closed_evidence: `judged anew by rules ${RULES_VERSION}: it is no IAM work`,
  });
  expect(third).toEqual(untouched);
  const { rows } = await db.pool.query<{ body: Buffer }>(
    `select body from posting_body b join posting p on p.id = b.posting_id where native_id = '1'`,
  );
  const { detail, raw } = readBody(rows[0]!.body);
  expect(detail.parts).toEqual(now.parts);
  expect(detail.html).toBe(posting('1').html);
  expect(raw).toEqual({ id: '1', version: 1 });
  expect(await events(db)).toEqual([
    {
      native_id: '1',
      kind: 'rescore',
      by: 'me',
      evidence: { rules: RULES_VERSION, before: SCORE.points, after: now.points, relevant: true },
    },
    { native_id: '2', kind: 'close', by: 'me', evidence: { why: second.closed_evidence } },
    {
      native_id: '2',
      kind: 'rescore',
      by: 'me',
      evidence: { rules: RULES_VERSION, before: SCORE.points, after: 0, relevant: false },
    },
  ]);
  const { rows: days } = await db.pool.query(
    'select sum(jobs_new)::int as fresh, sum(jobs_closed)::int as closed from stats_day',
  );
  expect(days).toEqual([{ fresh: 3, closed: 1 }]);
});

test('a second time changes nothing', async () => {
  const { db } = await testDatabase();
  await storeThree(db);
  await applyBatch(db, await startRescore(db, 'me'), 'me');
  const before = [await jobs(db), await events(db)];
  expect(await startRescore(db, 'me')).toBe('0');
  expect((await applyBatch(db, '0', 'me')).differences).toEqual([]);
  expect([await jobs(db), await events(db)]).toEqual(before);
});

test('a run that was stopped goes on where it was', async () => {
  const { db } = await testDatabase();
  const store = await (await createUnit(db)).open();
  const batch = Array.from({ length: 250 }, (_, i) => ready(String(i)));
  await store.write(batch, noCounts({ found: 250, kept: 250, new: 250 }));
  const first = await applyBatch(db, await startRescore(db, 'me'), 'me');
  expect(first).toMatchObject({ looked: 200 });
  expect(await startRescore(db, 'me')).toBe(first.next);
  const second = await applyBatch(db, first.next ?? '', 'me');
  expect(second).toMatchObject({ looked: 50, next: undefined });
  const { rows } = await db.pool.query('select looked::int, changed::int, finished_at is null as open from rescore');
  expect(rows).toEqual([{ looked: 250, changed: 250, open: false }]);
  expect(await events(db)).toHaveLength(250);
});

test('a job of several postings stays one job', async () => {
  const { db } = await testDatabase();
  const applyUrls = ['https://careers.example.com/iam/4711'];
  for (const board of ['acme', 'acme-careers']) {
    const store = await (await createUnit(db, board)).open();
    await store.write(
      [ready('1', board, { posting: posting('1', { applyUrls }) })],
      noCounts({ found: 1, kept: 1, new: 1 }),
    );
  }
  await mergePending(db);
  const count = async () => (await db.pool.query('select postings from job')).rows;
  expect(await count()).toEqual([{ postings: 2 }]);
  await applyBatch(db, await startRescore(db, 'me'), 'me');
  expect(await count()).toEqual([{ postings: 2 }]);
  expect((await jobs(db))[0]).toMatchObject({ score: scoreOf(posting('1')).points, state: 'open' });
});

test('the command shows the difference first, then applies it', async () => {
  const { db, url } = await testDatabase();
  await storeThree(db);
  const rescore = (...args: string[]) => run('cli/rescore.ts', args, { DATABASE_URL: url });
  const shown = await rescore();
  expect(shown.stdout).toContain(
    `3 postings judged by rules ${RULES_VERSION}: 2 otherwise than before, 1 of them no IAM work`,
  );
  expect(shown.stdout).toMatch(/Line Cook .*18 -> 0 .*leaves/);
  expect(shown.stdout).toContain('Nothing was changed');
  const applied = await rescore('--apply', '--json');
  expect(JSON.parse(applied.stdout)).toMatchObject({ applied: true, looked: 3, changed: 2, leaves: 1 });
  expect((await rescore()).stdout).toContain('0 otherwise than before');
  expect((await rescore('--aply')).code).toBe(64);
});
