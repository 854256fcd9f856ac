/** What a person does not want to see: companies, agencies, words. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { lockOwner } from './entry.ts';
import { NotTrackedError, TrackingFullError } from './errors.ts';
import { CURRENT_JOB, iso } from './jobs.ts';

type Db = Pick<Database, 'sql'>;

/**
 * - `company`: jobs of exactly that company, however it is written in capitals.
 * - `agency`: jobs whose company begins with these words: Hays hides "Hays plc" and "Hays Recruiting GmbH", not "Haystack".
 * - `keyword`: jobs with these words, in this order, in their title.
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

/** What one person's lists leave out. */
export interface Exclusions {
  readonly jobIds: readonly string[];
  readonly companies: readonly string[];
  readonly agencies: readonly string[];
  readonly keywords: readonly string[];
}

/** As names are compared: without regard to capitals and to how many spaces there are. */
const key = (value: RawBuilder<unknown>) => sql`lower(regexp_replace(btrim(${value}), '\\s+', ' ', 'g'))`;

/** There is no word in it that could be looked for. */
export class NoWordError extends Error {
  override readonly name = 'NoWordError';
}

/** Twice is once. @throws NoWordError, TrackingFullError */
export async function addHide(db: Db, owner: string, kind: HideKind, value: string): Promise<HideRule> {
  return await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    const { rows: words } = await sql<{ n: number }>`
      select numnode(phraseto_tsquery('simple', ${value}))::integer as n`.execute(tx);
    if (kind === 'keyword' && words[0]?.n === 0) throw new NoWordError(`There is no word in "${value}".`);
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

/** Open jobs that a rule would hide, the newest first. Finds them by the words of company and title, which have an index. */
export async function effectOf(db: Db, kind: HideKind, value: string): Promise<HideEffect> {
  const rule = ruleCondition(kind, sql`array[${key(sql`${value}::text`)}]`);
  const { rows } = await sql<{ id: string; title: string; company: string | null; n: number }>`
    with found as (
      select j.id, j.title, j.company, j.posted_at from job j
      where (numnode(phraseto_tsquery('simple', ${value})) = 0 or j.words @@ phraseto_tsquery('simple', ${value}))
        and j.state = 'open' and ${rule} limit ${HIDDEN_COUNT_MAX + 1}
    )
    select id::text, title, company, (count(*) over ())::integer as n from found
    order by posted_at desc, id desc limit ${SAMPLES_MAX}`.execute(db.sql);
  return { hides: rows[0]?.n ?? 0, samples: rows.map(({ id, title, company }) => ({ id, title, company })) };
}

/** What this person's lists leave out; undefined when it is nothing. */
export async function readExclusions(db: Db, owner: string): Promise<Exclusions | undefined> {
  const { rows: rules } = await sql<{ kind: HideKind; key: string }>`
    select kind, key from hide_rule where owner = ${owner}::uuid order by kind, key limit ${HIDES_MAX}`.execute(db.sql);
  // A job that was hidden, and was saved by another of its ids, is not hidden.
  const { rows: jobs } = await sql<{ id: string }>`
    select current_job::text as id from (
      select ${CURRENT_JOB} as current_job, a.state from application a
      where a.owner = ${owner}::uuid and a.state <> 'new'
        and exists (select from application h where h.owner = ${owner}::uuid and h.state = 'hidden')
    ) m where current_job is not null group by current_job having bool_and(state = 'hidden')
    order by current_job`.execute(db.sql);
  if (rules.length === 0 && jobs.length === 0) return undefined;
  const keys = (kind: HideKind) => rules.filter((rule) => rule.kind === kind).map((rule) => rule.key);
  return {
    jobIds: jobs.map(({ id }) => id),
    companies: keys('company'),
    agencies: keys('agency'),
    keywords: keys('keyword'),
  };
}

/** True for rows of `job j` that are left out. */
export function isExcluded({ jobIds, companies, agencies, keywords }: Exclusions): RawBuilder<boolean> {
  const parts = [
    ...(jobIds.length === 0 ? [] : [sql`j.id = any(${jobIds}::bigint[])`]),
    ...(companies.length === 0 ? [] : [ruleCondition('company', sql`${companies}::text[]`)]),
    ...(agencies.length === 0 ? [] : [ruleCondition('agency', sql`${agencies}::text[]`)]),
    ...(keywords.length === 0 ? [] : [ruleCondition('keyword', sql`${keywords}::text[]`)]),
  ];
  return parts.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(parts, sql` or `)})`;
}

/** Never null, so that it may be negated. */
function ruleCondition(kind: HideKind, keys: RawBuilder<unknown>): RawBuilder<unknown> {
  const company = key(sql`coalesce(j.company, '')`);
  if (kind === 'company') return sql`${company} = any(${keys})`;
  if (kind === 'agency') {
    return sql`exists (select from unnest(${keys}) as k (key) where starts_with(${company} || ' ', k.key || ' '))`;
  }
  return sql`exists (
    select from unnest(${keys}) as k (key) where to_tsvector('simple', j.title) @@ phraseto_tsquery('simple', k.key))`;
}
