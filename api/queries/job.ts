/** One job with everything that is known of it. */
import { sql } from 'kysely';
import { type Detail, readFacts } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import { isSourceName, sourceInfo } from '../../shared/sources.ts';
import { type AgeEvent, ageOf, type JobAge } from './age.ts';
import type { Card } from './card.ts';
import { toIso } from './time.ts';
import { type Understood, understoodOf } from './understood.ts';

export interface JobDetail extends Card {
  readonly id: string;
  readonly state: 'open' | 'closed' | 'unknown';
  readonly closedAt: string | null;
  /** Sanitised when it was stored; safe to render. */
  readonly html: string;
  readonly textIsCut: boolean;
  readonly parts: Detail['parts'];
  readonly applyUrls: readonly string[];
  /** Null for what an earlier release stored. */
  readonly understood: Understood | null;
  readonly postings: readonly PostingView[];
  readonly age: JobAge;
}

/** One advertisement of the job, at one source. */
export interface PostingView {
  readonly id: string;
  /** Fields of the job that come from it. */
  readonly gives: readonly string[];
  readonly source: string;
  readonly label: string;
  readonly board: string | null;
  readonly url: string;
  readonly attribution: { readonly text: string; readonly url: string };
  readonly firstSeenAt: string | null;
  readonly changedAt: string | null;
  readonly statedAt: string | null;
  readonly closedAt: string | null;
  /** How we know that it is closed. */
  readonly closedEvidence: string | null;
  readonly state: 'open' | 'closed' | 'unknown';
  /** Why nobody knows whether it is open; null unless the state is unknown. */
  readonly unknownWhy: string | null;
  /** When it was surely open for the last time: listed, or asked for. Of an open one at an employer's board: its last complete read. */
  readonly lastSeenAt: string | null;
}

/** Postings of one job that are shown; a job with more is a mistake of merging. */
const POSTINGS_MAX = 100;
/** Closings and reopenings that count for the age. */
const EVENTS_MAX = 1000;

/**
 * @param id of the job, or of one that was merged into it: old ids keep leading to where their posting is
 * @returns undefined when there is no such job
 */
export async function readJob(db: Pick<Database, 'sql'>, id: string, now: Date): Promise<JobDetail | undefined> {
  const row = (await readRow(db, id)) ?? (await readRow(db, await absorbedBy(db, id)));
  if (row === undefined) return undefined;
  const rows = await readPostings(db, row.id);
  const body = row.body === null ? undefined : readFacts(row.body);
  const detail = body?.detail;
  const postings = rows.map((posting) => viewOf(posting, row.fields));
  return {
    id: row.id,
    state: row.state,
    ...(JSON.parse(row.card) as Card),
    closedAt: toIso(row.closed_at),
    html: detail?.html ?? '',
    textIsCut: detail?.textIsCut ?? false,
    parts: detail?.parts ?? [],
    applyUrls: detail?.applyUrls ?? [],
    understood: understoodOf(body?.facts),
    postings,
    age: await readAge(db, rows, now),
  };
}

async function readRow(db: Pick<Database, 'sql'>, id: string | undefined): Promise<JobRow | undefined> {
  if (id === undefined) return undefined;
  const { rows } = await sql<JobRow>`
    select job.id::text, job.state, job.closed_at, job.card, job.fields, posting_body.body
    from job left join posting_body on posting_body.posting_id = job.posting_id where job.id = ${id}::bigint`.execute(
    db.sql,
  );
  return rows[0];
}

async function absorbedBy(db: Pick<Database, 'sql'>, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ job_id: string }>`
    select job_id::text from posting where home_job_id = ${id}::bigint limit 1`.execute(db.sql);
  return rows[0]?.job_id;
}

async function readPostings(db: Pick<Database, 'sql'>, jobId: string): Promise<PostingRow[]> {
  const { rows } = await sql<PostingRow>`
    select posting.id::text, board.source, board.token, posting.url, posting.first_seen_at, posting.changed_at,
      posting.stated_at, posting.closed_at, posting.closed_evidence, posting.reposts, life.unknown_at, life.unknown_why,
      case when posting.closed_at is null then coalesce(life.seen_at, board.last_complete_at) end as last_seen_at
    from posting join board on board.id = posting.board_id left join posting_life life on life.posting_id = posting.id
    where posting.job_id = ${jobId}::bigint
    order by posting.first_seen_at, posting.id limit ${POSTINGS_MAX}`.execute(db.sql);
  return [...rows];
}

function viewOf(row: PostingRow, fields: Readonly<Record<string, string>> | null): PostingView {
  const info = isSourceName(row.source) ? sourceInfo(row.source) : undefined;
  const gives = Object.entries(fields ?? {}).filter(([, ids]) => ids.split(',').includes(row.id));
  return {
    id: row.id,
    gives: gives.map(([field]) => field),
    source: row.source,
    label: info?.label ?? row.source,
    board: row.token === '*' ? null : row.token,
    url: row.url,
    attribution: info?.attribution ?? { text: row.source, url: row.url },
    firstSeenAt: toIso(row.first_seen_at),
    changedAt: toIso(row.changed_at),
    statedAt: toIso(row.stated_at),
    closedAt: toIso(row.closed_at),
    closedEvidence: row.closed_evidence,
    state: row.closed_at !== null ? 'closed' : row.unknown_at !== null ? 'unknown' : 'open',
    unknownWhy: row.closed_at === null ? row.unknown_why : null,
    lastSeenAt: toIso(row.last_seen_at),
  };
}

async function readAge(db: Pick<Database, 'sql'>, postings: readonly PostingRow[], now: Date): Promise<JobAge> {
  const ids = postings.map(({ id }) => id);
  const { rows } = await sql<{ posting_id: string; kind: AgeEvent['kind']; at: string }>`
    select posting_id::text, kind, at from job_event
    where posting_id = any(${ids}::bigint[]) and kind in ('close', 'reopen') order by id limit ${EVENTS_MAX}`.execute(
    db.sql,
  );
  const links = await sql<{ anew: number }>`
    select count(distinct b)::integer as anew from posting_link
    where rule = 'repost' and a = any(${ids}::bigint[]) and b = any(${ids}::bigint[])`.execute(db.sql);
  return ageOf(
    postings.map((row) => ({
      id: row.id,
      firstSeenAt: toIso(row.first_seen_at),
      statedAt: toIso(row.stated_at),
      closedAt: toIso(row.closed_at),
      reposts: row.reposts,
    })),
    rows.map(({ posting_id: postingId, kind, at }) => ({ postingId, kind, at: toIso(at) ?? '' })),
    links.rows[0]?.anew ?? 0,
    now,
  );
}

interface JobRow {
  readonly id: string;
  readonly state: JobDetail['state'];
  readonly closed_at: string | null;
  readonly card: string;
  readonly fields: Readonly<Record<string, string>> | null;
  readonly body: Buffer | null;
}

interface PostingRow {
  readonly id: string;
  readonly reposts: number;
  readonly source: string;
  readonly token: string;
  readonly url: string;
  readonly first_seen_at: string;
  readonly changed_at: string;
  readonly stated_at: string | null;
  readonly closed_at: string | null;
  readonly closed_evidence: string | null;
  readonly unknown_at: string | null;
  readonly unknown_why: string | null;
  readonly last_seen_at: string | null;
}
