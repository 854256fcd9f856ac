/** One job with everything that is known of it. */
import { sql } from 'kysely';
import { type Detail, readDetail } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import { isSourceName, sourceInfo } from '../../shared/sources.ts';
import type { Card } from './card.ts';
import { toIso } from './time.ts';

export interface JobDetail extends Card {
  readonly id: string;
  readonly state: 'open' | 'closed' | 'unknown';
  readonly closedAt: string | null;
  /** Sanitised when it was stored; safe to render. */
  readonly html: string;
  readonly textIsCut: boolean;
  readonly parts: Detail['parts'];
  readonly applyUrls: readonly string[];
  readonly postings: readonly PostingView[];
}

/** One advertisement of the job, at one source. */
export interface PostingView {
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
}

/** Postings of one job that are shown; a job with more is a mistake of merging. */
const POSTINGS_MAX = 100;

/** @returns undefined when there is no such job */
export async function readJob(db: Pick<Database, 'sql'>, id: string): Promise<JobDetail | undefined> {
  const { rows } = await sql<JobRow>`
    select job.id::text, job.state, job.closed_at, job.card, posting_body.body
    from job left join posting_body on posting_body.posting_id = job.posting_id where job.id = ${id}::bigint`.execute(
    db.sql,
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const postings = await readPostings(db, id);
  const detail = row.body === null ? undefined : readDetail(row.body);
  return {
    id: row.id,
    state: row.state,
    ...(JSON.parse(row.card) as Card),
    closedAt: toIso(row.closed_at),
    html: detail?.html ?? '',
    textIsCut: detail?.textIsCut ?? false,
    parts: detail?.parts ?? [],
    applyUrls: detail?.applyUrls ?? [],
    postings,
  };
}

async function readPostings(db: Pick<Database, 'sql'>, jobId: string): Promise<PostingView[]> {
  const { rows } = await sql<PostingRow>`
    select board.source, board.token, posting.url, posting.first_seen_at, posting.changed_at, posting.stated_at,
      posting.closed_at, posting.closed_evidence
    from posting join board on board.id = posting.board_id where posting.job_id = ${jobId}::bigint
    order by posting.first_seen_at, posting.id limit ${POSTINGS_MAX}`.execute(db.sql);
  return rows.map((row) => {
    const info = isSourceName(row.source) ? sourceInfo(row.source) : undefined;
    return {
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
    };
  });
}

interface JobRow {
  readonly id: string;
  readonly state: JobDetail['state'];
  readonly closed_at: string | null;
  readonly card: string;
  readonly body: Buffer | null;
}

interface PostingRow {
  readonly source: string;
  readonly token: string;
  readonly url: string;
  readonly first_seen_at: string;
  readonly changed_at: string;
  readonly stated_at: string | null;
  readonly closed_at: string | null;
  readonly closed_evidence: string | null;
}
