/** The words of whole adverts: much dearer than posting lists, so they come later, a small batch at a time. */
import { readDetail } from '../../../shared/bodies.ts';
import type { Database } from '../../../shared/db/database.ts';
import { BY_KEY, inTransaction } from '../../../shared/db/transaction.ts';
import { bigints, texts } from '../arrays.ts';

/** Bodies in memory at a time. */
const BATCH = 50;
/** Characters of one advert that are searched; PostgreSQL refuses more than a megabyte of words. */
const TEXT_MAX = 100_000;

/** Title, company, text and IAM terms of job `j`. */
export const TEXT_WORDS = (text: string) =>
  `to_tsvector('simple', j.title || ' ' || coalesce(j.company, '') || ' ' || ${text}) || array_to_tsvector(array_remove(j.terms, ''))`;

const WRITE = `with gone as (
    delete from job_text where job_id = any ($1::bigint[]) and job_id not in (select id from job where id = any ($1::bigint[]))
  )
  insert into job_text (job_id, posted_at, score, words, flags)
  select j.id, j.posted_at, j.score, ${TEXT_WORDS('u.text')}, j.flags
  from unnest($2::bigint[], $3::text[]) as u (id, text) join job j on j.id = u.id
  on conflict (job_id) do update set posted_at = excluded.posted_at, score = excluded.score, words = excluded.words, flags = excluded.flags
  where (job_text.posted_at, job_text.score, job_text.words, job_text.flags)
    is distinct from (excluded.posted_at, excluded.score, excluded.words, excluded.flags)`;

/** @returns how many jobs were on the list; 0 when there is nothing to do or another process does it */
export function indexTexts(db: Pick<Database, 'pool'>): Promise<number> {
  return inTransaction(
    db,
    async (client) => {
      const { rows: lock } = await client.query<{ mine: boolean }>(
        "select pg_try_advisory_xact_lock(hashtextextended('jobscout:texts', 0)) as mine",
      );
      if (lock[0]?.mine !== true) return 0;
      const { rows: taken } = await client.query<{ job_id: string }>({
        name: 'text-take',
        text: `delete from text_todo where id in (select id from text_todo order by id limit ${BATCH}) returning job_id::text`,
      });
      const ids = [...new Set(taken.map((row) => row.job_id))];
      if (ids.length === 0) return 0;
      const { rows } = await client.query<{ id: string; body: Buffer }>({
        name: 'text-bodies',
        text: `select j.id::text, b.body from job j join posting_body b on b.posting_id = j.posting_id where j.id = any ($1::bigint[])`,
        values: [bigints(ids.map(Number))],
      });
      await client.query({
        name: 'text-write',
        text: WRITE,
        values: [
          bigints(ids.map(Number)),
          bigints(rows.map(({ id }) => Number(id))),
          texts(rows.map(({ body }) => readDetail(body).text.slice(0, TEXT_MAX))),
        ],
      });
      return taken.length;
    },
    BY_KEY,
  );
}
