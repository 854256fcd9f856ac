/** Postings as the merge needs them, out of their rows and bodies. */
import type { PoolClient } from 'pg';
import { readFacts } from '../../../shared/bodies.ts';
import type { SourceName } from '../../../shared/sources.ts';
import type { Posting, Score } from '../../posting.ts';
import { type Sign, signOf } from '../../steps/merge/sign.ts';
import type { KeptFacts } from '../rows.ts';

/** A posting with everything that was made of it. */
export interface Subject {
  readonly id: string;
  readonly jobId: string;
  /** Null while the posting is in the job that it came with. */
  readonly homeJobId: string | null;
  readonly source: SourceName;
  readonly firstSeenAt: Date;
  readonly isOpen: boolean;
  readonly posting: Posting;
  readonly score: Score;
  readonly sign: Sign;
}

interface SubjectRow {
  readonly id: string;
  readonly job_id: string;
  readonly home_job_id: string | null;
  readonly source: SourceName;
  readonly token: string;
  readonly region: string;
  readonly first_seen_ms: number;
  readonly is_open: boolean;
  readonly body: Buffer;
}

const SUBJECTS = `
  select p.id::text, p.job_id::text, p.home_job_id::text, b.source, b.token, b.region,
    (extract(epoch from p.first_seen_at) * 1000)::float8 as first_seen_ms, p.closed_at is null as is_open, x.body
  from posting p join board b on b.id = p.board_id join posting_body x on x.posting_id = p.id
  where p.id = any($1::bigint[]) order by p.id`;

/** Those that are there; a body that is older than the facts in it leaves its posting out, which is then a job of its own. */
export async function loadSubjects(client: PoolClient, ids: readonly string[]): Promise<Subject[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<SubjectRow>({ name: 'merge-subjects', text: SUBJECTS, values: [ids] });
  return rows.flatMap((row) => subjectOf(row) ?? []);
}

function subjectOf(row: SubjectRow): Subject | undefined {
  const { detail, facts } = readFacts(row.body);
  if (facts === undefined) return undefined;
  const kept = facts as KeptFacts;
  const { parts, text, applyUrls, textIsCut } = detail;
  const statedAt = kept.posting.statedAt === null ? null : new Date(kept.posting.statedAt);
  const posting: Posting = { ...kept.posting, statedAt, html: '', text, applyUrls, textIsCut };
  const sign = signOf(posting, {
    source: row.source,
    board: row.region === '' ? row.token : `${row.token}@${row.region}`,
  });
  return {
    id: row.id,
    jobId: row.job_id,
    homeJobId: row.home_job_id,
    source: row.source,
    firstSeenAt: new Date(row.first_seen_ms),
    isOpen: row.is_open,
    posting,
    score: { ...kept.score, parts },
    sign,
  };
}

export const homeOf = ({ jobId, homeJobId }: Pick<Subject, 'jobId' | 'homeJobId'>): string => homeJobId ?? jobId;
