/** More jobs in one list than a walk looks at, and what is asked of them. */
import { expect } from 'vitest';
import { jobFilters } from '../../api/job-query.ts';
import { type JobPage, searchJobs } from '../../api/queries/search/search.ts';
import { itemsOf } from '../../api/queries/search/whole-page.ts';
import type { Database } from '../../shared/db/database.ts';
import { ENTRIES } from '../../worker/store/search/entries.ts';
import { testDatabase } from '../db.ts';
import { NOW } from './server.ts';

/** More than one walk looks at. */
const GREENHOUSE = 21_600;
const LEVER = 600;

/** Nothing is marked, so that rows decide. Of greenhouse one job in a thousand is open; those of lever are spread among all. */
export async function crowdedDatabase(): Promise<Database> {
  const { db } = await testDatabase();
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
  return db;
}

type Db = Pick<Database, 'pool'>;

export async function allPages(db: Db, parameters: Record<string, unknown>, limit: number) {
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

export const idsOf = ({ items }: JobPage) => itemsOf(items).map((item) => (JSON.parse(item) as { id: string }).id);

export async function idsWhere(db: Db, condition: string, order: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `select id::text from job where state = 'open' and ${condition} order by ${order}`,
  );
  return rows.map(({ id }) => id);
}

/** As the indexer would, in one go. */
export async function reindex({ pool }: Db, condition: string): Promise<void> {
  await pool.query(`delete from job_term using job j where j.id = job_id and ${condition}`);
  await pool.query(`insert into job_term (job_id, posted_at, score, flags, pay, term) ${ENTRIES} where ${condition}`);
  await pool.query(`insert into search_todo (job_id) select id from job j where ${condition}`);
  await pool.query(`insert into search_word (word, jobs) select term, count(*) from job_term group by term
    on conflict (word) do update set jobs = excluded.jobs`);
  await pool.query('delete from search_todo');
}
