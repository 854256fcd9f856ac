/**
 * What people decide about postings: they are one opening, or they are not. A decision counts more than any judgement until it
 * is undone. Workers bring the jobs in line with the next merge (`merge_todo`).
 */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';

/** There is no such job, posting or event, or it cannot be done; the message says which. */
export class DecisionError extends Error {
  override readonly name = 'DecisionError';
}

export interface Decided {
  /** The event to undo it by. */
  readonly eventId: string;
  readonly jobId: string;
}

/** Pairs of one decision: a job has few postings, one requisition in many cities has the most. */
const PAIRS_MAX = 500;

type Sql = Pick<Database, 'sql'>;
type Pair = readonly [string, string];

/** Takes a posting out of its job: it is another opening than all the others there. */
export async function splitPosting(db: Sql, postingId: string, by: string): Promise<Decided> {
  return await db.sql.transaction().execute(async (tx) => {
    const { jobId, others } = await neighbours(tx, postingId);
    if (others.length === 0) throw new DecisionError(`Posting ${postingId} is the only one of job ${jobId}.`);
    return await decide(
      tx,
      jobId,
      postingId,
      others.map((other) => [postingId, other] as const),
      false,
      by,
    );
  });
}

/** Two jobs are one opening: all postings of the second one belong to the first. */
export async function mergeJobs(db: Sql, intoId: string, jobId: string, by: string): Promise<Decided> {
  return await db.sql.transaction().execute(async (tx) => {
    const [into, from] = [await postingsOf(tx, intoId), await postingsOf(tx, jobId)];
    const [first] = into;
    if (first === undefined) throw new DecisionError(`There is no job ${intoId}.`);
    if (from.length === 0) throw new DecisionError(`There is no job ${jobId}.`);
    if (intoId === jobId) throw new DecisionError(`Job ${jobId} cannot be merged with itself.`);
    const pairs = into.flatMap((a) => from.map((b) => [a, b] as const));
    return await decide(tx, intoId, from[0] ?? first, pairs, true, by);
  });
}

/** Takes back a decision, or a merge or a split that the rules made. */
export async function undoEvent(db: Sql, eventId: string, by: string): Promise<Decided> {
  return await db.sql.transaction().execute(async (tx) => {
    const { rows } = await sql<EventRow>`
      select id::text, job_id::text, posting_id::text, kind, evidence, undone_by::text from job_event
      where id = ${eventId}::bigint for update`.execute(tx);
    const [event] = rows;
    if (event === undefined) throw new DecisionError(`There is no event ${eventId}.`);
    if (event.undone_by !== null)
      throw new DecisionError(`Event ${eventId} was undone before, by event ${event.undone_by}.`);
    const undone = await undo(tx, event, by);
    await sql`update job_event set undone_by = ${undone.eventId}::bigint where id = ${eventId}::bigint`.execute(tx);
    return undone;
  });
}

interface EventRow {
  readonly id: string;
  readonly job_id: string;
  readonly posting_id: string | null;
  readonly kind: string;
  readonly evidence: { readonly pairs?: readonly Pair[] };
  readonly undone_by: string | null;
}

async function undo(tx: Transaction<Tables>, event: EventRow, by: string): Promise<Decided> {
  if (event.kind === 'decision') {
    const pairs = event.evidence.pairs ?? [];
    await sql`delete from merge_decision d using unnest(${pairs.map(([a]) => a)}::bigint[], ${pairs.map(([, b]) => b)}::bigint[])
      as u (a, b) where d.a = u.a and d.b = u.b`.execute(tx);
    await compareAgain(tx, pairs.flat());
    return await tell(tx, event.job_id, event.posting_id, 'undo', { of: event.id }, by);
  }
  if (event.posting_id === null || (event.kind !== 'merge' && event.kind !== 'split')) {
    throw new DecisionError(`Event ${event.id} is "${event.kind}": only merges, splits and decisions can be undone.`);
  }
  const { jobId, others } = await neighbours(tx, event.posting_id);
  const posting = event.posting_id;
  const isMerge = event.kind === 'merge';
  const partners = isMerge ? others : (await postingsOf(tx, event.job_id)).filter((id) => id !== posting);
  if (partners.length === 0) throw new DecisionError(`Event ${event.id} has nothing left to be undone.`);
  return await decide(
    tx,
    jobId,
    posting,
    partners.map((other) => [posting, other] as const),
    !isMerge,
    by,
  );
}

async function decide(
  tx: Transaction<Tables>,
  jobId: string,
  postingId: string,
  given: readonly Pair[],
  same: boolean,
  by: string,
): Promise<Decided> {
  if (given.length > PAIRS_MAX)
    throw new DecisionError(`That are ${given.length} pairs of postings; ${PAIRS_MAX} are the limit.`);
  const pairs = given.map(([a, b]): Pair => (BigInt(a) < BigInt(b) ? [a, b] : [b, a]));
  await sql`
    insert into merge_decision (a, b, same, by)
    select u.a, u.b, ${same}, ${by} from unnest(${pairs.map(([a]) => a)}::bigint[], ${pairs.map(([, b]) => b)}::bigint[]) as u (a, b)
    on conflict (a, b) do update set same = excluded.same, by = excluded.by, at = now()`.execute(tx);
  await compareAgain(tx, pairs.flat());
  return await tell(tx, jobId, postingId, 'decision', { same, pairs }, by);
}

async function tell(
  tx: Transaction<Tables>,
  jobId: string,
  postingId: string | null,
  kind: string,
  evidence: unknown,
  by: string,
): Promise<Decided> {
  const { rows } = await sql<{ id: string }>`
    insert into job_event (job_id, posting_id, kind, by, evidence)
    values (${jobId}::bigint, ${postingId}::bigint, ${kind}, ${by}, ${JSON.stringify(evidence)}::jsonb)
    returning id::text`.execute(tx);
  return { eventId: rows[0]?.id ?? '', jobId };
}

async function compareAgain(tx: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  await sql`insert into merge_todo (posting_id) select distinct * from unnest(${ids}::bigint[]) on conflict do nothing`.execute(
    tx,
  );
}

async function neighbours(tx: Transaction<Tables>, postingId: string): Promise<{ jobId: string; others: string[] }> {
  const { rows } = await sql<{ job_id: string }>`
    select job_id::text from posting where id = ${postingId}::bigint`.execute(tx);
  const jobId = rows[0]?.job_id;
  if (jobId === undefined) throw new DecisionError(`There is no posting ${postingId}.`);
  return { jobId, others: (await postingsOf(tx, jobId)).filter((id) => id !== postingId) };
}

async function postingsOf(tx: Transaction<Tables>, jobId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text from posting where job_id = ${jobId}::bigint order by id limit ${PAIRS_MAX}`.execute(tx);
  return rows.map(({ id }) => id);
}
