/** Moves postings between jobs and writes the jobs anew, with what happened as events and with the counts of the days. */
import type { PoolClient } from 'pg';
import { type Part, viewOf } from '../../steps/merge/view.ts';
import { encodeRows, type Row } from '../rows.ts';
import { REBUILD } from '../statements.ts';
import type { Group, Plan } from './regroup.ts';
import { loadSubjects, type Subject } from './subjects.ts';

export interface Moved {
  readonly merged: number;
  readonly split: number;
}

/** @param by who did it: "merge", or the person whose word it was */
export async function applyPlan(client: PoolClient, { groups, jobs }: Plan, by: string): Promise<Moved> {
  if (groups.length === 0) return { merged: 0, split: 0 };
  const before = await lockJobs(client, jobs);
  const moves = groups.flatMap((group) => movesOf(group));
  await move(client, moves);
  await removeJobs(client, jobs);
  await writeJobs(client, groups);
  await countDays(client, before, await readJobs(client, jobs));
  await tell(client, moves, by);
  return {
    merged: moves.filter(({ kind }) => kind === 'merge').length,
    split: moves.filter(({ kind }) => kind === 'split').length,
  };
}

interface Move {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly home: string | null;
  readonly kind: 'merge' | 'split';
  readonly evidence: Readonly<Record<string, unknown>>;
}

function movesOf({ jobId, members, links }: Group): Move[] {
  return members.flatMap((member) => {
    if (member.jobId === jobId) return [];
    const home = member.homeJobId ?? member.jobId;
    const [best] = links
      .filter(({ a, b }) => a === member.id || b === member.id)
      .toSorted((x, y) => y.strength - x.strength);
    const isHome = home === jobId;
    const why =
      best === undefined || isHome
        ? {}
        : {
            rule: best.rule,
            strength: best.strength,
            with: best.a === member.id ? best.b : best.a,
            seen: best.evidence,
          };
    return {
      id: member.id,
      from: member.jobId,
      to: jobId,
      home: isHome ? null : home,
      kind: isHome ? ('split' as const) : ('merge' as const),
      evidence: { from: member.jobId, to: jobId, ...why },
    };
  });
}

async function move(client: PoolClient, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  await client.query({
    name: 'merge-move',
    text: `update posting p set job_id = u.job_id, home_job_id = u.home
      from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as u (id, job_id, home) where p.id = u.id`,
    values: [moves.map(({ id }) => id), moves.map(({ to }) => to), moves.map(({ home }) => home)],
  });
}

/** What a job counts for in the statistics of days. */
interface JobDays {
  readonly id: string;
  readonly first: string;
  /** Null while it is not closed. */
  readonly closed: string | null;
}

const DAYS = `select id::text, (first_seen_at at time zone 'UTC')::date::text as first,
  case when state = 'closed' then (closed_at at time zone 'UTC')::date::text end as closed
  from job where id = any($1::bigint[])`;

async function lockJobs(client: PoolClient, ids: readonly string[]): Promise<JobDays[]> {
  const { rows } = await client.query<JobDays>({
    name: 'merge-lock-jobs',
    text: `${DAYS} order by id for update`,
    values: [ids],
  });
  return rows;
}

async function readJobs(client: PoolClient, ids: readonly string[]): Promise<JobDays[]> {
  return (await client.query<JobDays>({ name: 'merge-jobs', text: DAYS, values: [ids] })).rows;
}

async function removeJobs(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query({ name: 'merge-jobs-gone', text: 'delete from job where id = any($1::bigint[])', values: [ids] });
}

async function writeJobs(client: PoolClient, groups: readonly Group[]): Promise<void> {
  const ids = groups.flatMap(({ members }) => members.map(({ id }) => id));
  const subjects = new Map((await loadSubjects(client, ids)).map((subject) => [subject.id, subject]));
  const rows = groups.flatMap((group) => {
    const members = group.members.flatMap(({ id }) => subjects.get(id) ?? []);
    return members.length === 0 ? [] : [rowOf(group.jobId, members)];
  });
  const [first] = rows;
  // The source of each row is its own; the argument is for rows that have none.
  if (first !== undefined) {
    await client.query({ ...REBUILD, values: encodeRows(REBUILD, rows, first.merged.source, {}) });
  }
}

function rowOf(jobId: string, subjects: readonly Subject[]): Row & Required<Pick<Row, 'merged'>> {
  const { primary, posting, fields } = viewOf(subjects.map(partOf));
  const firstSeenAt = new Date(Math.min(...subjects.map((subject) => subject.firstSeenAt.getTime())));
  const source = subjects.find(({ id }) => id === primary.id)?.source ?? (subjects[0] as Subject).source;
  const others = subjects.map((subject) => subject.source).filter((other) => other !== source);
  return {
    key: primary.ref,
    hash: Buffer.alloc(0),
    raw: null,
    posting,
    score: primary.score,
    id: Number(primary.id),
    jobId: Number(jobId),
    firstSeenAt,
    merged: {
      source,
      sources: [source, ...new Set(others.sort())],
      postings: subjects.length,
      fields: subjects.length === 1 ? null : fields,
    },
  };
}

function partOf({ id, sign, posting, score, firstSeenAt, isOpen }: Subject): Part {
  return { id, ref: sign.ref, posting, score, firstSeenAt, isOpen, isOwn: sign.isOwn };
}

/**
 * The sums of days stay true: an absorbed job was none of its own after all, so it is taken out of the day that it came on; one
 * that is split off is put back there. A job that opens or closes by it does so today.
 */
async function countDays(client: PoolClient, before: readonly JobDays[], after: readonly JobDays[]): Promise<void> {
  const days = new Map<string, { fresh: number; closed: number }>();
  const add = (day: string, fresh: number, closed: number) => {
    const sum = days.get(day) ?? { fresh: 0, closed: 0 };
    days.set(day, { fresh: sum.fresh + fresh, closed: sum.closed + closed });
  };
  for (const [jobs, sign] of [[before, -1] as const, [after, 1] as const]) {
    for (const { first, closed } of jobs) {
      add(first, sign, 0);
      if (closed !== null) add(closed, 0, sign);
    }
  }
  const moved = [...days]
    .filter(([, { fresh, closed }]) => fresh !== 0 || closed !== 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (moved.length === 0) return;
  await client.query({
    name: 'merge-days',
    text: `insert into stats_day (day, jobs_new, jobs_closed)
      select * from unnest($1::date[], $2::bigint[], $3::bigint[])
      on conflict (day) do update set jobs_new = stats_day.jobs_new + excluded.jobs_new,
        jobs_closed = stats_day.jobs_closed + excluded.jobs_closed`,
    values: [moved.map(([day]) => day), moved.map(([, { fresh }]) => fresh), moved.map(([, { closed }]) => closed)],
  });
}

async function tell(client: PoolClient, moves: readonly Move[], by: string): Promise<void> {
  if (moves.length === 0) return;
  await client.query({
    name: 'merge-events',
    text: `insert into job_event (job_id, posting_id, kind, by, evidence)
      select u.job_id, u.posting_id, u.kind, $5, u.evidence::jsonb
      from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as u (job_id, posting_id, kind, evidence)`,
    values: [
      moves.map(({ kind, from, to }) => (kind === 'merge' ? to : from)),
      moves.map(({ id }) => id),
      moves.map(({ kind }) => kind),
      moves.map(({ evidence }) => JSON.stringify(evidence)),
      by,
    ],
  });
}
