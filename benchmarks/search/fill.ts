/** Jobs in the product's own tables and in a wide table with full text, made by the server: the same words, dates and marks. */
import type pg from 'pg';
import type { Database } from '../../shared/db/database.ts';
import {
  countryBits,
  DISCIPLINES,
  disciplineBits,
  LEVELS,
  levelBits,
  modeBits,
  sourceBits,
} from '../../shared/search/flags.ts';
import { ENTRIES } from '../../worker/store/search/entries.ts';
import { saveNames } from '../../worker/store/search/names.ts';
import { copyRows } from '../kit/copy.ts';
import { generator } from '../kit/synthetic.ts';

/** Names that are one word and one term each; a tenth of the jobs has some of them, the first ones most. */
export const TERMS = [
  'okta',
  'sailpoint',
  'cyberark',
  'saviynt',
  'beyondtrust',
  'forgerock',
  'onelogin',
  'keycloak',
  'entra',
  'auth0',
  'scim',
  'kerberos',
  'fido2',
  'saml',
  'delinea',
] as const;
export const SOURCES = ['greenhouse', 'lever', 'ashby', 'workable', 'remoteok', 'adzuna', 'jsearch', 'reed'] as const;
export const COUNTRIES = ['US', 'DE', 'GB', 'FR', 'NL', 'IS'] as const;
export const MODES = ['remote', 'hybrid', 'onsite', 'unknown'] as const;
const ROLES = ['IAM', 'Identity', 'PAM', 'Directory', 'Access'];
const WORKS = ['Engineer', 'Architect', 'Administrator', 'Consultant', 'Analyst'];
/** Distinct descriptions; each comes many times, with other dates and terms. */
const DESCRIPTIONS = 20_000;
export const TITLE_WORDS = 4000;

/** A number from 0 to `below` that hangs on the row alone. */
const dice = (salt: number, below: number | string) =>
  `(abs(hashint8extended(n, ${salt}) % 1000000007) % ${below})::integer`;
const pickOf = (list: readonly (string | bigint)[], salt: number, type: string) =>
  `(array[${list.map((one) => (typeof one === 'bigint' ? one : `'${one}'`)).join(', ')}]::${type}[])[1 + ${dice(salt, list.length)}]`;

/** Common values come often and rare ones seldom: the square of an even draw. */
const skewed = (list: readonly (string | bigint)[], salt: number, type: string) =>
  `(array[${list.map((one) => (typeof one === 'bigint' ? one : `'${one}'`)).join(', ')}]::${type}[])[1 + (power(${dice(salt, 1000)} / 1000.0, 3) * ${list.length})::integer % ${list.length}]`;

export async function fillJobs(
  client: pg.Client,
  db: Database,
  rows: number,
  termIds: readonly string[],
): Promise<void> {
  await saveNames(db);
  await client.query("set statement_timeout = 0; set maintenance_work_mem = '1GB'; set synchronous_commit = off");
  await client.query('alter table job disable trigger user');
  const indexes = await dropIndexes(client, ['job', 'job_term']);
  const flags = [
    pickOf(
      MODES.map((mode) => modeBits([mode])),
      1,
      'bigint',
    ),
    pickOf(
      LEVELS.map((level) => levelBits([level])),
      2,
      'bigint',
    ),
    pickOf(
      DISCIPLINES.map((name) => disciplineBits([name])),
      3,
      'bigint',
    ),
    skewed(
      SOURCES.map((source) => sourceBits([source])),
      4,
      'bigint',
    ),
    skewed(
      COUNTRIES.map((country) => countryBits([country])),
      5,
      'bigint',
    ),
    // Pay is marked as if every band fitted: what is not marked is looked up.
    `${0b1111111n << 45n}::bigint`,
  ].join(' | ');
  const terms = termIds.map(
    (id, i) => `case when ${dice(10, 10)} = 0 and ${dice(20 + i, 100)} < ${Math.max(4, 50 - i * 4)} then '${id}' end`,
  );
  await client.query(`insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, country, pay_min, pay_max,
      pay_currency, pay_period, title, company, places, employment, sources, terms, card, words, flags)
    select n, n, at, at, ${dice(7, 60)}, case when ${dice(8, 20)} = 0 then 'closed' else 'open' end, mode, country,
      60000, 60000 + 1000 * ${dice(9, 120)}, case when ${dice(9, 5)} < 2 then 'EUR' end, 'year', title, company, array['Berlin'], array['full_time'],
      array[source], terms, '{"title":' || to_json(title) || ',"company":' || to_json(company) || ',"places":["Berlin"],"workMode":"' || mode
        || '","employment":["full_time"],"pay":null,"postedAt":"2026-01-01T00:00:00.000Z","firstSeenAt":"2026-01-01T00:00:00.000Z","statedAt":null,"score":40,"reasons":[],"source":"'
        || source || '","sources":["' || source || '"],"url":"https://boards.example.com/jobs/' || n || '"}',
      to_tsvector('simple', title || ' ' || company), flags
    from (
      select n, now() - interval '1 second' * ${dice(6, 365 * 86_400)} as at, ${pickOf(MODES, 1, 'text')} as mode,
        ${skewed(COUNTRIES, 5, 'text')} as country, ${skewed(SOURCES, 4, 'text')} as source,
        ${pickOf(ROLES, 11, 'text')} || ' ' || ${pickOf(WORKS, 12, 'text')} || ' tw' || ${dice(13, TITLE_WORDS)} as title,
        'co' || ${dice(14, 50_000)} as company,
        array_remove(array['discipline:' || ${pickOf(DISCIPLINES, 3, 'text')}, 'level:' || ${pickOf(LEVELS, 2, 'text')}, ${terms.join(', ')}], null) as terms,
        ${flags} as flags
      from generate_series(1, ${rows}) n
    ) as made`);
  await client.query('analyze job');
  await client.query(`insert into job_term (job_id, posted_at, score, flags, pay, term) ${ENTRIES}`);
  await client.query('insert into search_word (word, jobs) select term, count(*) from job_term group by term');
  for (const { definition } of indexes) await client.query(definition);
  await client.query('alter table job enable trigger user');
  for (const table of ['job', 'job_term', 'search_word', 'iam_term']) await client.query(`vacuum analyze ${table}`);
}

/** The usual design, and the product's own words of whole adverts. */
export async function fillTexts(client: pg.Client): Promise<void> {
  const make = generator(20_261_123);
  await client.query('create unlogged table description (n integer primary key, text text not null, words tsvector)');
  const made = function* () {
    for (let n = 0; n < DESCRIPTIONS; n++) yield [n, make.item(String(n)).content.replaceAll(/<\/?p>/g, ' ')];
  };
  await copyRows(client, 'description (n, text)', made());
  await client.query("update description set words = to_tsvector('simple', text)");
  await client.query('vacuum analyze description');
  // Names of terms stand in the text, so that both designs can find them.
  const named = `to_tsvector('simple', array_to_string(array(select names[1] from iam_term where id = any (j.terms)), ' '))`;
  await client.query(`create table wide_job (id bigint primary key, title text, company text, description text, source text,
    work_mode text, posted_at timestamptz, pay integer, is_open boolean, words tsvector)`);
  await client.query(`insert into wide_job select j.id, j.title, j.company, d.text, j.sources[1], j.work_mode, j.posted_at, j.pay_max,
      j.state = 'open', j.words || d.words || ${named}
    from job j join description d on d.n = j.id % ${DESCRIPTIONS}`);
  await client.query('create index wide_words_idx on wide_job using gin (words)');
  await client.query('create index wide_posted_at_idx on wide_job (posted_at desc, id desc)');
  const [index] = await dropIndexes(client, ['job_text']);
  await client.query(`insert into job_text (job_id, posted_at, score, words)
    select j.id, j.posted_at, j.score, j.words || d.words || array_to_tsvector(j.terms)
    from job j join description d on d.n = j.id % ${DESCRIPTIONS}`);
  if (index !== undefined) await client.query(index.definition);
  for (const table of ['wide_job', 'job_text']) await client.query(`vacuum analyze ${table}`);
}

/** But for keys: a filled table is indexed faster than an indexed one is filled. */
async function dropIndexes(client: pg.Client, tables: readonly string[]) {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = 'public' and tablename = any ($1::text[]) and indexname not like '%_pkey'`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows;
}
