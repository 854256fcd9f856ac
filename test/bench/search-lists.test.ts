/** The search benchmark fills posting lists in bulk; it must notice when they are not what the worker writes. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { checkLists } from '../../benchmarks/search/check-lists.ts';
import { insertJob } from '../api/rows.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';

const JOBS = 12;

async function withJobs() {
  const { url, db } = await testDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  atEnd(() => client.end());
  const ids: number[] = [];
  for (let i = 0; i < JOBS; i++) ids.push(Number(await insertJob(db)));
  return { client, ids, check: () => checkLists(client, db, ids) };
}

test('lists that are as the worker writes them pass', async () => {
  const { check } = await withJobs();
  await expect(check()).resolves.toBeUndefined();
});

test.each([
  ['an entry that is missing', `delete from job_term where job_id = $1 and term = 'w:engineer'`],
  ['an entry too many', `insert into job_term select * from job_term where job_id = $1 and term = 'w:engineer'`],
  ['marks of another job', 'update job_term set flags = 1 where job_id = $1'],
  ['a job that is in no list', 'delete from job_term where job_id = $1'],
])('%s is noticed', async (_, fault) => {
  const { client, ids, check } = await withJobs();
  await client.query(fault, [ids[3]]);
  await expect(check()).rejects.toThrow('not those that the worker writes');
});
