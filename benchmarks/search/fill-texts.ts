/** The words of whole adverts, as the product has them; and the usual design, a wide table with full text. */
import pg from 'pg';
import { copyRows } from '../kit/copy.ts';
import { generator } from '../kit/synthetic.ts';
import { checkTexts } from './check-lists.ts';
import { createIndexes, dropIndexes, inSlices, refill, whileLoading } from './loading.ts';
import { DESCRIPTIONS } from './vocabulary.ts';
import type { World } from './world.ts';

type Say = (line: string) => void;

/**
 * Side by side, a core each. What is gathered before it goes into a GIN index should fit the processor's cache: with 32 MB
 * it is made a fifth faster than with 1 GB, and is as large.
 */
const FOR_GIN = "set max_parallel_maintenance_workers = 0; set maintenance_work_mem = '32MB'";

/** Of a job. */
const DESCRIPTION = `description d on d.n = j.id % ${DESCRIPTIONS}`;

export async function fillTexts(world: World, rows: number, say: Say): Promise<void> {
  const { client } = world;
  await whileLoading(client, async () => {
    await makeDescriptions(client);
    const second = new pg.Client({ connectionString: world.url });
    await second.connect();
    try {
      await second.query('set statement_timeout = 0; set synchronous_commit = off');
      for (const one of [client, second]) await one.query(FOR_GIN);
      await Promise.all([fillWide(client, world, rows, say), fillOurs(second, world, rows, say)]);
    } finally {
      await second.end();
    }
    await checkTexts(client, rows, DESCRIPTION);
  });
}

async function makeDescriptions(client: pg.Client): Promise<void> {
  const make = generator(20_261_123);
  await client.query('create unlogged table made (n integer, text text)');
  const made = function* () {
    for (let n = 0; n < DESCRIPTIONS; n++) yield [n, make.item(String(n)).content.replaceAll(/<\/?p>/g, ' ')];
  };
  await copyRows(client, 'made (n, text)', made());
  await client.query(
    "create unlogged table description as select n, text, to_tsvector('simple', text) as words from made",
  );
  await client.query('create unique index on description (n)');
  await client.query('drop table made');
  await client.query('vacuum analyze description');
}

async function fillWide(client: pg.Client, { db }: World, rows: number, say: Say): Promise<void> {
  await client.query(`create table wide_job (id bigint primary key, title text, company text, description text, source text,
    work_mode text, posted_at timestamptz, pay integer, is_open boolean, words tsvector)`);
  // Random words do not compress: what would be tried on each and given up is not tried while loading.
  await storage(client, 'external');
  // Names of terms stand in the text, so that both designs can find them.
  const named = `to_tsvector('simple', array_to_string(array(select names[1] from iam_term where id = any (j.terms)), ' '))`;
  await refill(client, ['wide_job'], () =>
    inSlices(
      client,
      `insert into wide_job select j.id, j.title, j.company, d.text, j.sources[1], j.work_mode, j.posted_at, j.pay_max,
        j.state = 'open', j.words || d.words || ${named}
      from job j join ${DESCRIPTION} where j.id between $1 and $2`,
      { rows, say, title: 'wide table' },
    ),
  );
  await storage(client, 'extended');
  const indexes = [
    { name: 'wide_words_idx', definition: 'create index wide_words_idx on wide_job using gin (words)' },
    {
      name: 'wide_posted_at_idx',
      definition: 'create index wide_posted_at_idx on wide_job (posted_at desc, id desc)',
    },
  ];
  await createIndexes(client, db, indexes, say);
  await client.query('vacuum analyze wide_job');
}

async function storage(client: pg.Client, how: 'external' | 'extended'): Promise<void> {
  await client.query(
    `alter table wide_job alter column description set storage ${how}, alter column words set storage ${how}`,
  );
}

async function fillOurs(client: pg.Client, { db }: World, rows: number, say: Say): Promise<void> {
  const indexes = await dropIndexes(client, ['job_text']);
  await refill(client, ['job_text'], () =>
    inSlices(
      client,
      `insert into job_text (job_id, posted_at, score, words, flags)
      select j.id, j.posted_at, j.score, j.words || d.words || array_to_tsvector(j.terms), j.flags
      from job j join ${DESCRIPTION} where j.id between $1 and $2`,
      { rows, say, title: 'words of adverts' },
    ),
  );
  await createIndexes(client, db, indexes, say);
  await client.query('vacuum analyze job_text');
}
