/** Words of adverts: whichever way they are looked for, the answer is the same. */
import { beforeAll, describe, expect, test } from 'vitest';
import { jobQuery } from '../../api/job-query.ts';
import { searchJobs } from '../../api/queries/search/search.ts';
import { textWay } from '../../api/queries/search/text.ts';
import { itemsOf } from '../../api/queries/search/whole-page.ts';
import type { Database } from '../../shared/db/database.ts';
import { flagsOf } from '../../shared/search/flags.ts';
import { testDatabase } from '../db.ts';

const JOBS = 6000;
const NOW = new Date('2026-11-23T00:00:00Z');
const MODES = ['remote', 'hybrid', 'onsite', 'unknown'] as const;
/** How many jobs are as old as each other. */
const TIES = 7;
/** Of how many jobs one has the word. */
const EVERY = { everywhere: 1, common: 4, halfrare: 40, rare: 1500 } as const;
type Word = keyof typeof EVERY;
const WORDS = Object.keys(EVERY) as Word[];

let db: Database;

/** Job `n` is `n / TIES` hours old, so that higher numbers are older and ties go to the higher number. */
async function fill({ pool }: Database): Promise<void> {
  const flags = MODES.map((workMode) =>
    flagsOf({ workMode, level: null, disciplines: [], sources: ['greenhouse'], country: null, pay: null }),
  );
  await pool.query(
    `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, title, places, employment, sources, terms, card, words, flags)
    select n, n, at, at, n % 50, case when n % 11 = 0 then 'closed' else 'open' end, ($3::text[])[1 + n % 4], 'Engineer', '{}', '{}', '{greenhouse}', '{}',
      '{"n":' || n || '}', to_tsvector('simple', 'Engineer'), ($4::bigint[])[1 + n % 4]
    from (select n, $2::timestamptz - interval '1 hour' * (n / ${TIES}) as at from generate_series(1, $1::integer) n) as made`,
    [JOBS, NOW, MODES, flags.map(String)],
  );
  // Nothing is counted but by the tests.
  await pool.query('alter table job_text set (autovacuum_enabled = false)');
  const words = WORDS.map((word) => `case when job.id % ${EVERY[word]} = 0 then '${word}' end`).join(', ');
  // One job in five was indexed by a release that knew no marks.
  await pool.query(
    `insert into job_text (job_id, posted_at, score, words, flags)
    select id, posted_at, score, to_tsvector('simple', concat_ws(' ', 'engineer', ${words})), case when id % 5 = 0 then -1 else flags end from job`,
  );
}

/** The numbers of all jobs that fit, in the order of dates. */
function expected(word: Word, { mode, days }: { readonly mode?: string; readonly days?: number } = {}): number[] {
  return Array.from({ length: JOBS }, (_, i) => i + 1)
    .filter((n) => n % EVERY[word] === 0 && n % 11 !== 0)
    .filter((n) => mode === undefined || MODES[n % 4] === mode)
    .filter((n) => days === undefined || Math.floor(n / TIES) <= days * 24)
    .sort((a, b) => Math.floor(a / TIES) - Math.floor(b / TIES) || b - a);
}

async function pages(parameters: Record<string, string>, most: number): Promise<number[]> {
  const found: number[] = [];
  let cursor: string | null = null;
  do {
    const more: Record<string, string> = cursor === null ? {} : { cursor };
    const page = await searchJobs(db, jobQuery.parse({ in: 'text', limit: '50', ...parameters, ...more }), NOW);
    found.push(...itemsOf(page.items).map((item) => (JSON.parse(item) as { n: number }).n));
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < most);
  return found;
}

describe('words of adverts', () => {
  beforeAll(async () => {
    ({ db } = await testDatabase());
    await fill(db);
    await db.pool.query('analyze job, job_text');
  }, 60_000);

  test('are looked for in three ways, by how many jobs have them', async () => {
    const asked = { sort: 'date', limit: 20, before: 'infinity', since: '-infinity' } as const;
    const wayOf = (word: Word, more = {}) => textWay(db, { kind: 'word', word }, { ...asked, ...more });
    expect(await wayOf('rare')).toEqual({ rest: 'rows', after: undefined });
    expect(await wayOf('everywhere')).toEqual({ rest: 'walk', after: undefined });
    const common = await wayOf('common');
    expect(common.rest).not.toBe('newest');
    expect(Date.parse(common.after ?? '')).toBeGreaterThan(NOW.getTime() - 10 * 86_400_000);
    const since = new Date(NOW.getTime() - 2 * 86_400_000).toISOString();
    expect(await wayOf('common', { since })).toEqual({ rest: 'newest', after: since });
    expect((await wayOf('common', { sort: 'match' })).after).toBeUndefined();
  });

  test.each(WORDS)('"%s" is found in every job that has it, page after page, newest first', async (word) => {
    const wanted = expected(word).slice(0, 400);
    expect((await pages({ q: word }, 400)).slice(0, 400)).toEqual(wanted);
  });

  test.each(WORDS)('"%s" is found with other filters, whatever marks the adverts have', async (word) => {
    const remote = expected(word, { mode: 'remote' });
    expect((await pages({ q: word, work_mode: 'remote' }, 300)).slice(0, 300)).toEqual(remote.slice(0, 300));
    const young = expected(word, { mode: 'onsite', days: 3 });
    expect(await pages({ q: word, work_mode: 'onsite', posted_since: '3d' }, JOBS)).toEqual(young);
  });

  test('a filter that nothing among the newest fits is looked for among all', async () => {
    await db.pool.query(`update job set first_seen_at = $1 where id > 5800`, [new Date(NOW.getTime() + 86_400_000)]);
    const found = await pages({ q: 'common', seen_since: '2026-11-23T12:00:00Z' }, JOBS);
    expect(found).toEqual(expected('common').filter((n) => n > 5800));
  });

  test('are found before anything has been counted', async () => {
    const fresh = await testDatabase();
    await fill(fresh.db);
    const { after } = await textWay(
      fresh.db,
      { kind: 'word', word: 'common' },
      { sort: 'date', limit: 20, before: 'infinity', since: '-infinity' },
    );
    expect(after).toBeUndefined();
    const query = jobQuery.parse({ q: 'common', in: 'text', limit: '50' });
    const { items } = await searchJobs(fresh.db, query, NOW);
    expect(itemsOf(items).map((item) => (JSON.parse(item) as { n: number }).n)).toEqual(
      expected('common').slice(0, 50),
    );
  });
});
