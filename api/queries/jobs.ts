/** Lists of jobs: newest first, a page at a time. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../shared/db/database.ts';
import { type Cursor, encodeCursor } from '../cursor.ts';
import { type JobQuery, workModesOf } from '../inputs.ts';

export interface JobPage {
  /** JSON texts of the items: stored once, sent as they are, never parsed on the way. */
  readonly items: readonly string[];
  readonly nextCursor: string | null;
}

/** A count stops here: beyond it people read "1,000+", and counting everything would cost more than the page. */
export const COUNT_MAX = 1000;

export async function listJobs(db: Pick<Database, 'sql'>, query: JobQuery, now: Date): Promise<JobPage> {
  const { rows } = await sql<Row>`
    select id::text, state, card, to_char(posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as posted_at
    from job where ${and([...conditions(query, now), ...after(query.cursor)])}
    order by job.posted_at desc, job.id desc limit ${query.limit + 1}`.execute(db.sql);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    nextCursor:
      rows.length > query.limit && last !== undefined ? encodeCursor({ postedAt: last.posted_at, id: last.id }) : null,
  };
}

/** How many jobs fit, at most COUNT_MAX + 1. */
export async function countJobs(db: Pick<Database, 'sql'>, query: JobQuery, now: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from
      (select 1 from job where ${and(conditions(query, now))} limit ${COUNT_MAX + 1}) as found`.execute(db.sql);
  return rows[0]?.n ?? 0;
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly card: string;
  readonly posted_at: string;
}

/** The card is an object and never empty, so that its members can follow ours. */
export function toItem({ id, state, card }: Pick<Row, 'id' | 'state' | 'card'>): string {
  return `{"id":"${id}","state":"${state}",${card.slice(1)}`;
}

function conditions(query: JobQuery, now: Date): RawBuilder<unknown>[] {
  const modes = workModesOf(query);
  const state = query.state ?? 'open';
  return [
    ...(state === 'all' ? [] : [sql`state = ${state}`]),
    // websearch_to_tsquery takes any text of a stranger; a text without words finds nothing, as an empty search does not.
    ...(query.q ? [sql`words @@ websearch_to_tsquery('simple', ${query.q})`] : []),
    ...(query.source?.length ? [sql`sources && ${query.source}::text[]`] : []),
    ...(modes?.length ? [sql`work_mode = any(${modes}::text[])`] : []),
    ...(query.posted_since === undefined ? [] : [sql`job.posted_at >= ${query.posted_since.from(now)}::timestamptz`]),
  ];
}

function after(cursor: Cursor | undefined): RawBuilder<unknown>[] {
  return cursor === undefined
    ? []
    : [sql`(job.posted_at, job.id) < (${cursor.postedAt}::timestamptz, ${cursor.id}::bigint)`];
}

function and(parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `);
}
