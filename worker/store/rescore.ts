/**
 * Judges stored postings by the rules of this version, a bounded batch at a time. What is applied is applied with its event and
 * with the place to go on from in one transaction, so that it can be stopped anywhere and done twice.
 */
import type { PoolClient } from 'pg';
import { bodyText, readBody } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import { withRetries } from '../../shared/db/retry.ts';
import { inTransaction } from '../../shared/db/transaction.ts';
import type { Score } from '../posting.ts';
import { score } from '../steps/score/score.ts';
import { RULES_VERSION } from '../steps/score/taxonomy.ts';
import { bigints, byteas } from './arrays.ts';
import { compress } from './compress.ts';
import { applyPlan } from './merge/rebuild.ts';
import type { Seat } from './merge/regroup.ts';
import type { KeptFacts } from './rows.ts';

/** One posting that the rules judge otherwise than when it was stored. */
export interface Difference {
  readonly postingId: string;
  readonly jobId: string;
  readonly title: string;
  readonly company: string | null;
  readonly before: number;
  readonly after: number;
  /** It is no IAM work by these rules. */
  readonly leaves: boolean;
}

export interface RescoredBatch {
  /** Id to go on after; undefined when there is nothing behind it. */
  readonly next: string | undefined;
  readonly looked: number;
  /** Stored by a release that kept less: read again by the next scan. */
  readonly unreadable: number;
  readonly differences: readonly Difference[];
}

/** Bodies in memory at a time. */
const BATCH = 200;

/** Looks and changes nothing. */
export async function lookAtBatch(db: Pick<Database, 'pool'>, after: string): Promise<RescoredBatch> {
  const { rows } = await db.pool.query<PageRow>({ name: 'rescore-look', text: page(''), values: [after, BATCH] });
  return batchOf(rows, judgeRows(rows));
}

/** @returns where an earlier run of these rules stopped; '0' after one that came to its end */
export async function startRescore({ pool }: Pick<Database, 'pool'>, by: string): Promise<string> {
  const { rows } = await pool.query<{ after: string }>(
    `insert into rescore (rules_version, by) values ($1, $2)
     on conflict (rules_version) do update set
       after_id = case when rescore.finished_at is null then rescore.after_id else 0 end,
       looked = case when rescore.finished_at is null then rescore.looked else 0 end,
       changed = case when rescore.finished_at is null then rescore.changed else 0 end,
       left_out = case when rescore.finished_at is null then rescore.left_out else 0 end,
       started_at = case when rescore.finished_at is null then rescore.started_at else now() end,
       by = excluded.by, finished_at = null
     returning after_id::text as after`,
    [RULES_VERSION, by],
  );
  return rows[0]?.after ?? '0';
}

/** Applies one batch; the last one marks the run as finished. */
export function applyBatch(db: Pick<Database, 'pool'>, after: string, by: string): Promise<RescoredBatch> {
  return withRetries(() => inTransaction(db, (client) => applyIn(client, after, by)));
}

interface PageRow {
  readonly id: string;
  readonly job_id: string;
  readonly is_open: boolean;
  readonly body: Buffer;
}

const page = (lock: string) => `
  select p.id::text, p.job_id::text, p.closed_at is null as is_open, x.body
  from posting p join posting_body x on x.posting_id = p.id where p.id > $1::bigint order by p.id limit $2 ${lock}`;

interface Judged {
  readonly row: PageRow;
  readonly body: Buffer;
  readonly score: Score;
  readonly difference: Difference | undefined;
}

/** Rows whose body must be written: undefined for bodies that do not tell what was made of them. */
function judgeRows(rows: readonly PageRow[]): (Judged | undefined | 'same')[] {
  return rows.map((row) => {
    const { detail, facts, raw } = readBody(row.body);
    if (facts === undefined) return undefined;
    const kept = facts as KeptFacts;
    const { title, company } = kept.posting;
    const { parts, ...points } = score({ title, text: detail.text, company });
    const isSame = JSON.stringify([parts, points]) === JSON.stringify([detail.parts, kept.score]);
    if (isSame) return 'same';
    const told = points.points !== kept.score.points || points.relevant !== kept.score.relevant;
    const difference: Difference = {
      postingId: row.id,
      jobId: row.job_id,
      title,
      company,
      before: kept.score.points,
      after: points.points,
      leaves: !points.relevant,
    };
    return {
      row,
      body: compress(bodyText(raw, { ...detail, parts }, { ...kept, score: points } satisfies KeptFacts)),
      score: { ...points, parts },
      difference: told || points.terms.join() !== kept.score.terms.join() ? difference : undefined,
    };
  });
}

function batchOf(rows: readonly PageRow[], judged: readonly (Judged | undefined | 'same')[]): RescoredBatch {
  return {
    next: rows.length < BATCH ? undefined : rows.at(-1)?.id,
    looked: rows.length,
    unreadable: judged.filter((one) => one === undefined).length,
    differences: judged.flatMap((one) => (typeof one === 'object' && one.difference ? [one.difference] : [])),
  };
}

async function applyIn(client: PoolClient, after: string, by: string): Promise<RescoredBatch> {
  // The merge moves postings between jobs; the two take turns.
  await client.query("select pg_advisory_xact_lock(hashtextextended('jobscout:merge', 0))");
  const { rows } = await client.query<PageRow>({
    name: 'rescore-take',
    text: page('for update of x'),
    values: [after, BATCH],
  });
  const judged = judgeRows(rows);
  const batch = batchOf(rows, judged);
  const changed = judged.filter((one) => typeof one === 'object');
  await writeBodies(client, changed);
  await closeLeft(
    client,
    changed.filter(({ row, score: { relevant } }) => !relevant && row.is_open),
    by,
  );
  await tell(client, batch.differences, by);
  const jobs = [...new Set(changed.map(({ row }) => row.job_id))];
  const seats = await seatsOf(client, jobs);
  const groups = [...Map.groupBy(seats, ({ jobId }) => jobId)].map(([jobId, members]) => ({
    jobId,
    members,
    links: [],
  }));
  await applyPlan(client, { groups, jobs: groups.map(({ jobId }) => jobId) }, by);
  await goOn(client, batch, rows.at(-1)?.id ?? after);
  return batch;
}

async function writeBodies(client: PoolClient, changed: readonly Judged[]): Promise<void> {
  if (changed.length === 0) return;
  await client.query({
    name: 'rescore-bodies',
    text: 'update posting_body b set body = u.body from unnest($1::bigint[], $2::bytea[]) as u (id, body) where b.posting_id = u.id',
    values: [bigints(changed.map(({ row }) => Number(row.id))), byteas(changed.map(({ body }) => body))],
  });
}

/** As a scan closes what it reads again and is no IAM work any more; a scan that finds it to be IAM work opens it again. */
async function closeLeft(client: PoolClient, left: readonly Judged[], by: string): Promise<void> {
  if (left.length === 0) return;
  await client.query({
    name: 'rescore-close',
    text: `with closed as (
        update posting p set closed_at = now(), closed_evidence = 'judged anew by rules ' || $2 || ': it is no IAM work'
        where p.id = any($1::bigint[]) and p.closed_at is null returning p.id, p.job_id, p.closed_evidence
      )
      insert into job_event (job_id, posting_id, kind, by, evidence)
      select job_id, id, 'close', $3, jsonb_build_object('why', closed_evidence) from closed`,
    values: [left.map(({ row }) => row.id), String(RULES_VERSION), by],
  });
}

async function tell(client: PoolClient, differences: readonly Difference[], by: string): Promise<void> {
  if (differences.length === 0) return;
  await client.query({
    name: 'rescore-tell',
    text: `insert into job_event (job_id, posting_id, kind, by, evidence)
      select u.job_id, u.id, 'rescore', $4, u.evidence::jsonb
      from unnest($1::bigint[], $2::bigint[], $3::text[]) as u (job_id, id, evidence)`,
    values: [
      differences.map(({ jobId }) => jobId),
      differences.map(({ postingId }) => postingId),
      differences.map(({ before, after, leaves }) =>
        JSON.stringify({ rules: RULES_VERSION, before, after, relevant: !leaves }),
      ),
      by,
    ],
  });
}

async function seatsOf(client: PoolClient, jobs: readonly string[]): Promise<Seat[]> {
  const { rows } = await client.query<Seat>({
    name: 'rescore-seats',
    text: `select p.id::text, p.job_id::text as "jobId", p.home_job_id::text as "homeJobId"
      from posting p where p.job_id = any($1::bigint[]) order by p.id`,
    values: [jobs],
  });
  return rows;
}

async function goOn(client: PoolClient, { looked, differences, next }: RescoredBatch, last: string): Promise<void> {
  await client.query({
    name: 'rescore-go-on',
    text: `update rescore set after_id = $2, looked = looked + $3, changed = changed + $4, left_out = left_out + $5,
        finished_at = case when $6 then now() end
      where rules_version = $1`,
    values: [
      RULES_VERSION,
      last,
      looked,
      differences.length,
      differences.filter(({ leaves }) => leaves).length,
      next === undefined,
    ],
  });
}
