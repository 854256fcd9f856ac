/** What a person does not want to see: companies, agencies, words. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { lockOwner } from './entry.ts';
import { NotTrackedError, TrackingFullError } from './errors.ts';
import { CURRENT_JOB, iso, type Queryable } from './jobs.ts';

type Db = Pick<Database, 'sql'>;

/**
 * - `company`: jobs of exactly that company, however it is written in capitals.
 * - `agency`: jobs whose company begins with these words: Hays hides "Hays plc" and "Hays Recruiting GmbH", not "Haystack".
 * - `keyword`: jobs with these words, in this order, in their title or company.
 */
export const HIDE_KINDS = ['company', 'agency', 'keyword'] as const;
export type HideKind = (typeof HIDE_KINDS)[number];

/** Rules of one person. */
export const HIDES_MAX = 200;
/** Jobs that are counted for one rule. */
export const HIDDEN_COUNT_MAX = 1000;
const SAMPLES_MAX = 5;

export interface HideRule {
  readonly id: string;
  readonly kind: HideKind;
  readonly value: string;
  readonly createdAt: string;
}

export interface HideEffect {
  /** Open jobs that it hides, at most HIDDEN_COUNT_MAX + 1. */
  readonly hides: number;
  readonly samples: readonly { readonly id: string; readonly title: string; readonly company: string | null }[];
}

/** What one person's lists leave out, as the search takes it. */
export interface Hidden {
  readonly jobIds: readonly string[];
  readonly companies: readonly string[];
  readonly keywords: readonly string[];
}

/** Characters of a value that are compared; of a company's name these are enough, words are refused beyond it. */
export const KEY_MAX = 100;
/** As the search compares names. */
const key = (value: RawBuilder<unknown>) => sql`lower(left(btrim(${value}), ${sql.lit(KEY_MAX)}))`;
/** Names of companies that one agency may stand for: with hundreds of branches it is the word that should be hidden. */
const BRANCHES_MAX = 500;

/** There is no word in it that could be looked for. */
export class NoWordError extends Error {
  override readonly name = 'NoWordError';
}

/** Twice is once. @throws NoWordError, TrackingFullError */
export async function addHide(db: Db, owner: string, kind: HideKind, value: string): Promise<HideRule> {
  return await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    await requireWord(tx, kind, value);
    const { rows } = await sql<HideRule>`
      with made as (
        insert into hide_rule (owner, kind, value, key, created_at)
        select ${owner}::uuid, ${kind}, btrim(${value}::text), ${key(sql`${value}::text`)}, now()
        where (select count(*) from hide_rule where owner = ${owner}::uuid) < ${HIDES_MAX}
        on conflict (owner, kind, key) do nothing returning *
      ), rule as (
        select * from made union all
        select * from hide_rule where owner = ${owner}::uuid and kind = ${kind} and key = ${key(sql`${value}::text`)}
      )
      select id, kind, value, ${iso('created_at')} as "createdAt" from rule limit 1`.execute(tx);
    const [rule] = rows;
    if (rule === undefined) throw new TrackingFullError(`You have ${HIDES_MAX} rules that hide, which is the limit.`);
    return rule;
  });
}

/** What has no word would hide everything. @throws NoWordError */
export async function requireWord(db: Queryable, kind: HideKind, value: string): Promise<void> {
  if (kind !== 'keyword') return;
  const { rows } = await sql<{ n: number }>`
    select numnode(phraseto_tsquery('simple', ${key(sql`${value}::text`)}))::integer as n`.execute(db);
  if (rows[0]?.n === 0) throw new NoWordError(`There is no word in "${value}".`);
}

export async function listHides(db: Db, owner: string): Promise<readonly HideRule[]> {
  const { rows } = await sql<HideRule>`
    select id, kind, value, ${iso('created_at')} as "createdAt" from hide_rule
    where owner = ${owner}::uuid order by kind, key limit ${HIDES_MAX}`.execute(db.sql);
  return rows;
}

/** @throws NotTrackedError */
export async function removeHide(db: Db, owner: string, id: string): Promise<void> {
  const { numAffectedRows } = await sql`
    delete from hide_rule where id = ${id}::uuid and owner = ${owner}::uuid`.execute(db.sql);
  if (numAffectedRows !== 1n) throw new NotTrackedError(`You have no rule ${id}.`);
}

/**
 * Open jobs that a rule would hide, the newest first. The count ends where it is large enough, wherever that is; where it does,
 * the newest are looked for in a list by date: to sort all that fit, or to walk all jobs by date, would read every job.
 */
export async function effectOf(db: Db, kind: HideKind, value: string): Promise<HideEffect> {
  const of = key(sql`${value}::text`);
  const rule = sql`j.state = 'open' and ${fits(kind, of)}`;
  const { rows } = await sql<{ id: string; title: string; company: string | null; n: number }>`
    with found as (
      select j.id, j.title, j.company, j.posted_at from job j where ${rule} limit ${HIDDEN_COUNT_MAX + 1}
    ), newest as (
      select j.id, j.title, j.company, j.posted_at from job_term e join job j on j.id = e.job_id
      where (select count(*) from found) > ${HIDDEN_COUNT_MAX} and e.term = ${listOf(kind, value)} and ${rule}
      order by e.posted_at desc, e.job_id desc limit ${SAMPLES_MAX}
    )
    select id::text, title, company, (select count(*) from found)::integer as n
    from (select * from newest union select * from found) as m
    order by posted_at desc, m.id desc limit ${SAMPLES_MAX}`.execute(db.sql);
  return { hides: rows[0]?.n ?? 0, samples: rows.map(({ id, title, company }) => ({ id, title, company })) };
}

/** The posting list of every job that a rule fits: of its company, or of the rarest of its words; null where it has no word. */
function listOf(kind: HideKind, value: string): RawBuilder<unknown> {
  if (kind === 'company') return sql`'company:' || ${key(sql`${value}::text`)}`;
  return sql`(
    select s.word from unnest(tsvector_to_array(to_tsvector('simple', ${value}::text))) as w (word)
      join search_word s on s.word = 'w:' || left(w.word, 60)
    order by s.jobs limit 1)`;
}

/** What this person's lists leave out; undefined when it is nothing. */
export async function readHidden(db: Db, owner: string): Promise<Hidden | undefined> {
  const { rows: rules } = await sql<{ kind: HideKind; key: string }>`
    select kind, key from hide_rule where owner = ${owner}::uuid order by kind, key limit ${HIDES_MAX}`.execute(db.sql);
  const jobIds = await readHiddenJobs(db, owner);
  if (rules.length === 0 && jobIds.length === 0) return undefined;
  const keys = (kind: HideKind) => rules.filter((rule) => rule.kind === kind).map((rule) => rule.key);
  return {
    jobIds,
    companies: [...new Set([...keys('company'), ...(await branchesOf(db, keys('agency')))])],
    keywords: keys('keyword'),
  };
}

/** A job that was hidden, and was saved by another of its ids, is not hidden. */
async function readHiddenJobs(db: Db, owner: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select current_job::text as id from (
      select ${CURRENT_JOB} as current_job, a.state from application a
      where a.owner = ${owner}::uuid and a.state <> 'new'
        and exists (select from application h where h.owner = ${owner}::uuid and h.state = 'hidden')
    ) m where current_job is not null group by current_job having bool_and(state = 'hidden')
    order by current_job`.execute(db.sql);
  return rows.map(({ id }) => id);
}

/** The companies that are here and begin with the words of an agency: those that the search has a list of. */
async function branchesOf(db: Db, agencies: readonly string[]): Promise<string[]> {
  if (agencies.length === 0) return [];
  // From its first words to the last character that there is, byte by byte: whatever the database's order of words is.
  const { rows } = await sql<{ company: string }>`
    select distinct c.company
    from unnest(${agencies}::text[]) as k (key) join lateral (
      select substr(s.word, 9) as company from search_word s
      where s.word like 'company:%' and s.word ~>=~ ('company:' || k.key) and s.word ~<~ ('company:' || k.key || chr(1114111))
    ) as c on starts_with(c.company || ' ', k.key || ' ')
    limit ${BRANCHES_MAX}`.execute(db.sql);
  return rows.map(({ company }) => company);
}

/** Whether a rule with this key fits `job j`. */
function fits(kind: HideKind, of: RawBuilder<unknown>): RawBuilder<unknown> {
  const company = key(sql`coalesce(j.company, '')`);
  if (kind === 'company') return sql`${company} = ${of}`;
  if (kind === 'agency') return sql`starts_with(${company} || ' ', ${of} || ' ')`;
  return sql`j.words @@ phraseto_tsquery('simple', ${of})`;
}
