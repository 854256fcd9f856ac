/**
 * Where tracked jobs are by now. Every job id that ever was belongs to one posting, its home posting; a merge moves that posting
 * to another job and a split moves it back. So an entry that keeps the id as which it was tracked follows both, and no merge
 * needs to know of entries.
 */
import { type RawBuilder, sql } from 'kysely';
import { readDetail } from '../../bodies.ts';
import { type FrozenAdvert, type PostingRef, REFS_MAX, type SeenAdvert } from '../../tracking/advert.ts';
import type { Present } from '../../tracking/changes.ts';
import { type Card, frozenOf, seenOf } from '../../tracking/take.ts';
import type { Database } from '../database.ts';

export type Sql = Pick<Database, 'sql'>;
export type Queryable = Database['sql'];

/** The job of entry `a`: the one that absorbed it, itself, or the one of a posting that has come since; null when there is none. */
export const CURRENT_JOB: RawBuilder<string | null> = sql.raw(`coalesce(
  (select p.job_id from posting p where p.home_job_id = a.job_id limit 1),
  (select j.id from job j where j.id = a.job_id),
  (select p.job_id from jsonb_array_elements(a.refs) with ordinality as r (ref, n)
    join board b on b.source = r.ref->>'source' and b.token = r.ref->>'board' and b.region = r.ref->>'region'
    join posting p on p.board_id = b.id and p.native_id = r.ref->>'nativeId'
    order by r.n limit 1))`);

/** A moment as the API and the export write it. */
export function iso(column: string): RawBuilder<string> {
  return sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}

/** @returns the id of the job that this id leads to; undefined when there is none */
export async function findJob(db: Queryable, jobId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id::text from job where id = ${jobId}::bigint
    union all select job_id::text from posting where home_job_id = ${jobId}::bigint limit 1`.execute(db);
  return rows[0]?.id;
}

/** All ids that lead to this job: its own and those that it absorbed. */
export async function idsOf(db: Queryable, jobId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select coalesce(home_job_id, job_id)::text as id from posting where job_id = ${jobId}::bigint
    union select ${jobId}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Entries `a` that may be of the job with these ids: those that say so, and those whose job must be looked for. */
export function mayBeOf(ids: readonly string[]): RawBuilder<unknown> {
  return sql`(a.job_id = any(${ids}::bigint[]) or a.job_id is null or not exists (select from job j where j.id = a.job_id))`;
}

/** What jobs are now, by id; at most as many as are asked for. */
export async function readPresent(db: Queryable, jobIds: readonly string[]): Promise<Map<string, Present>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await sql<PresentRow>`
    select j.id::text, j.state, j.card, ${iso('j.closed_at')} as closed_at,
      case j.state when 'closed' then (
        select p.closed_evidence from posting p where p.job_id = j.id and p.closed_at is not null order by p.closed_at desc limit 1)
      when 'unknown' then (
        select l.unknown_why from posting p join posting_life l on l.posting_id = p.id
        where p.job_id = j.id and l.unknown_at is not null limit 1) end as why,
      (select ${iso('max(e.at)')} from job_event e where e.job_id = j.id and e.kind = 'reopen') as reopened_at
    from job j where j.id = any(${jobIds}::bigint[])`.execute(db);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        jobId: row.id,
        advert: seenOf(JSON.parse(row.card) as Card, row.state, row.closed_at),
        why: row.why,
        reopenedAt: row.reopened_at,
      },
    ]),
  );
}

interface PresentRow {
  readonly id: string;
  readonly state: SeenAdvert['state'];
  readonly card: string;
  readonly closed_at: string | null;
  readonly why: string | null;
  readonly reopened_at: string | null;
}

/** The whole advert as it is now. @param seen what is known of it where the job is gone */
export async function freeze(db: Queryable, jobId: string | null, seen: SeenAdvert): Promise<FrozenAdvert> {
  const present = jobId === null ? undefined : (await readPresent(db, [jobId])).get(jobId);
  if (jobId === null || present === undefined) {
    return frozenOf(seen, { text: '', textIsCut: true, applyUrls: [], foundAt: [] });
  }
  const { rows: bodies } = await sql<{ body: Buffer }>`
    select b.body from job j join posting_body b on b.posting_id = j.posting_id where j.id = ${jobId}::bigint`.execute(
    db,
  );
  const { rows: foundAt } = await sql<{ source: string; url: string }>`
    select b.source, p.url from posting p join board b on b.id = p.board_id
    where p.job_id = ${jobId}::bigint order by p.first_seen_at, p.id limit 100`.execute(db);
  const detail = bodies[0] === undefined ? undefined : readDetail(bodies[0].body);
  const { text = '', textIsCut = true, applyUrls = [] } = detail ?? {};
  return frozenOf(present.advert, { text, textIsCut, applyUrls, foundAt });
}

/** Its postings in a way that holds everywhere, the one that gave it its id first. */
export async function refsOf(db: Queryable, jobId: string): Promise<PostingRef[]> {
  const { rows } = await sql<PostingRef>`
    select b.source, b.token as board, b.region, p.native_id as "nativeId"
    from posting p join board b on b.id = p.board_id
    where p.job_id = ${jobId}::bigint and length(p.native_id) <= 2000 and length(b.token) <= 500
    order by p.home_job_id is not null, p.id limit ${REFS_MAX}`.execute(db);
  return [...rows];
}
