/** Jobs in the product's own tables, made by the server: words, dates, marks, and the posting lists as the worker would write them. */
import type pg from 'pg';
import type { Database } from '../../shared/db/database.ts';
import { ENTRIES } from '../../worker/store/search/entries.ts';
import { saveNames } from '../../worker/store/search/names.ts';
import { checkLists, sampleOf } from './check-lists.ts';
import { insertJobs } from './job-rows.ts';
import { createIndexes, dropIndexes, inSlices, refill, whileLoading } from './loading.ts';

const TABLES = ['job', 'job_term', 'search_word'];

export async function fillJobs(
  client: pg.Client,
  db: Database,
  rows: number,
  termIds: readonly string[],
  say: (line: string) => void = () => undefined,
): Promise<void> {
  await saveNames(db);
  await whileLoading(client, async () => {
    // What is loaded is indexed here; noting each job for the worker would double the writing.
    await client.query('alter table job disable trigger user');
    const indexes = await dropIndexes(client, TABLES);
    await refill(client, TABLES, async () => {
      await inSlices(client, insertJobs(termIds), { rows, say, title: 'jobs' });
      await client.query('analyze job');
      const lists = `insert into job_term (job_id, posted_at, score, flags, pay, term) ${ENTRIES} where j.id between $1 and $2`;
      await inSlices(client, lists, { rows, say, title: 'posting lists' });
      await client.query('insert into search_word (word, jobs) select term, count(*) from job_term group by term');
    });
    await createIndexes(client, db, indexes, say);
    await client.query('alter table job enable trigger user');
    say('  check, vacuum');
    await checkJobs(client, db, rows);
  });
}

/** That the worker's own indexer would write the same entries; also of what an earlier run has loaded, for the product may have changed since. */
export async function checkJobs(client: pg.Client, db: Database, rows: number): Promise<void> {
  await checkLists(client, db, sampleOf(rows));
  for (const table of [...TABLES, 'iam_term']) await client.query(`vacuum analyze ${table}`);
}
