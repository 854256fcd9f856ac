/** That what was loaded in bulk is what the product itself would have written. */
import type pg from 'pg';
import type { Database } from '../../shared/db/database.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import { TEXT_WORDS } from '../../worker/store/search/texts.ts';

/** Jobs that are looked at, from the first to the last. */
const SAMPLE = 200;

/** Has the worker's own indexer do a sample again. @throws when entries or counts are others afterwards */
export async function checkLists(client: pg.Client, db: Pick<Database, 'pool'>, ids: readonly number[]): Promise<void> {
  const before = await listsOf(client, ids);
  await client.query('insert into search_todo (job_id) select unnest($1::bigint[])', [ids]);
  await indexPending(db);
  const after = await listsOf(client, ids);
  await client.query('truncate text_todo');
  if (before.entries === 0) throw new Error('the jobs that were loaded are in no posting list');
  if (before.text !== after.text) {
    throw new Error(`posting lists of ${ids.length} loaded jobs are not those that the worker writes`);
  }
}

async function listsOf(client: pg.Client, ids: readonly number[]) {
  const { rows } = await client.query<{ entries: number; text: string }>(
    `with entry as (select * from job_term where job_id = any ($1::bigint[]))
    select (select count(*)::integer from entry) as entries,
      (select string_agg(entry::text, ' ' order by entry::text) from entry)
        || (select string_agg(w::text, ' ' order by word) from search_word w where word in (select term from entry)) as text`,
    [ids],
  );
  return rows[0] ?? { entries: 0, text: '' };
}

/** @throws when the words of a loaded text are not those that the worker makes of it */
export async function checkTexts(client: pg.Client, rows: number, description: string): Promise<void> {
  const ids = sampleOf(rows);
  const { rows: found } = await client.query<{ same: number }>(
    `select count(*)::integer as same from job_text x join job j on j.id = x.job_id join ${description}
     where x.job_id = any ($1::bigint[]) and (x.posted_at, x.score, x.words, x.flags) = (j.posted_at, j.score, ${TEXT_WORDS('d.text')}, j.flags)`,
    [ids],
  );
  if (found[0]?.same !== ids.length) {
    throw new Error(`words of ${found[0]?.same} of ${ids.length} loaded texts are those that the worker writes`);
  }
}

/** Ids of jobs, of which there are so many. */
export const sampleOf = (rows: number): number[] => {
  const many = Math.min(SAMPLE, rows);
  return Array.from({ length: many }, (_, i) => 1 + Math.floor((i * rows) / many));
};
