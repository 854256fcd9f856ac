/**
 * Merges what was stored: takes postings that are new or changed, finds and judges those that may be the same opening, and
 * brings the jobs in line. One batch, one transaction, one merging process at a time: whoever is killed leaves its batch to
 * the next one.
 */
import type { PoolClient } from 'pg';
import type { Database } from '../../../shared/db/database.ts';
import { withRetries } from '../../../shared/db/retry.ts';
import { BY_KEY, inTransaction } from '../../../shared/db/transaction.ts';
import { keysOf } from '../../steps/merge/keys.ts';
import { MERGE_VERSION, type Sign } from '../../steps/merge/sign.ts';
import { textOf } from '../../steps/merge/text.ts';
import { BATCH, findCandidates } from './candidates.ts';
import { componentsOf, judgePairs, replaceLinks } from './links.ts';
import { applyPlan, type Moved } from './rebuild.ts';
import { planJobs } from './regroup.ts';
import { loadSubjects, type Subject } from './subjects.ts';
import { type TextMemory, textMemoryOf } from './texts.ts';

export interface Merged extends Moved {
  /** Postings that were compared. */
  readonly compared: number;
}

/** Batches of one call: what is left then is another call's, so that a flood of postings holds up no unit for ever. */
const BATCHES_MAX = 1000;

const ONE_AT_A_TIME = `${BY_KEY}; select pg_advisory_xact_lock(hashtextextended('jobscout:merge', 0))`;

/** @param by who caused it, for the events */
export async function mergePending(db: Pick<Database, 'pool'>, by = 'merge'): Promise<Merged> {
  let sum: Merged = { compared: 0, merged: 0, split: 0 };
  let isMore = await isPending(db);
  const memory = textMemoryOf(db.pool);
  for (let batch = 0; batch < BATCHES_MAX && isMore; batch++) {
    const done = await withRetries(() => inTransaction(db, (client) => mergeBatch(client, by, memory), ONE_AT_A_TIME));
    // Whoever puts postings on the list meanwhile looks for them afterwards.
    isMore = done.isMore;
    sum = {
      compared: sum.compared + done.compared,
      merged: sum.merged + done.merged,
      split: sum.split + done.split,
    };
  }
  return sum;
}

async function isPending(db: Pick<Database, 'pool'>): Promise<boolean> {
  const { rows } = await db.pool.query<{ pending: boolean }>({
    name: 'merge-pending',
    text: 'select exists (select from merge_todo) as pending',
  });
  return rows[0]?.pending === true;
}

async function mergeBatch(
  client: PoolClient,
  by: string,
  memory: TextMemory,
): Promise<Merged & { readonly isMore: boolean }> {
  const batch = await takeBatch(client);
  // Somebody else was at it, and waited for.
  if (batch.length === 0) return { compared: 0, merged: 0, split: 0, isMore: false };
  const ids = batch.map(({ id }) => id);
  const { signs, linkedBefore, compared, askAgainFor } = await compareAll(
    client,
    batch.filter(({ changed }) => changed).map(({ id }) => id),
    memory,
  );
  const components = await componentsOf(client, [...ids, ...linkedBefore]);
  const plan = await planJobs(client, components, new Set(ids), signs);
  const moved = await applyPlan(client, plan, by);
  await askAgain(client, askAgainFor);
  return { compared, ...moved, isMore: batch.length === BATCH || askAgainFor.length > 0 };
}

interface Compared {
  readonly compared: number;
  readonly signs: Map<string, Sign>;
  /** Who was linked with them until now. */
  readonly linkedBefore: readonly string[];
  /** Who must be compared anew because of them. */
  readonly askAgainFor: readonly string[];
}

/** Finds and judges those that may be the same openings as these, and writes the links. @param ids new or changed postings */
async function compareAll(client: PoolClient, ids: readonly string[], memory: TextMemory): Promise<Compared> {
  if (ids.length === 0) return { compared: 0, signs: new Map(), linkedBefore: [], askAgainFor: [] };
  const subjects = new Map((await loadSubjects(client, ids)).map((subject) => [subject.id, subject]));
  const stale = new Set<string>();
  const before = await keysBefore(client, ids);
  const texts = new Map([...subjects.values()].map(({ id, posting }) => [id, textOf(posting.text)]));
  const known = [...subjects.values()].map((subject) => ({
    id: subject.id,
    keys: keysOf(subject.sign, texts.get(subject.id) ?? textOf('')),
    before: before.get(subject.id) ?? [],
  }));
  const { pairs, again } = await findCandidates(client, known);
  await writeSigns(client, known, subjects);
  const links = await judgePairs(client, pairs, { subjects, texts, memory }, stale);
  const linkedBefore = await replaceLinks(
    client,
    ids.filter((id) => before.has(id)),
    links,
  );
  const signs = new Map<string, Sign>([...subjects].map(([id, { sign }]) => [id, sign]));
  const askAgainFor = [...again, ...stale].filter((id) => !subjects.has(id));
  return { compared: subjects.size, signs, linkedBefore, askAgainFor };
}

interface Taken {
  readonly id: string;
  /** False: it is as it was when it was compared, and only its state is another one. */
  readonly changed: boolean;
}

/**
 * Postings first, then the list: who stores or closes a posting takes them in this order, too. Whoever was faster has committed
 * when its posting is read here; whoever is slower puts it on the list again.
 */
async function takeBatch(client: PoolClient): Promise<Taken[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'merge-look',
    text: 'select posting_id::text as id from merge_todo order by posting_id limit $1',
    values: [BATCH],
  });
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  // What is deleted counts, not what was seen before: it may have changed while its posting was waited for.
  const taken = await client.query<Taken>({
    name: 'merge-take',
    text: `with locked as materialized (select id from posting where id = any($1::bigint[]) order by id for update)
      delete from merge_todo t where posting_id = any($1::bigint[]) and (select count(*) from locked) >= 0
      returning posting_id::text as id, changed or not exists (
        select from posting_sign s where s.posting_id = t.posting_id and s.version = $2) as changed`,
    values: [ids, MERGE_VERSION],
  });
  return taken.rows;
}

async function askAgain(client: PoolClient, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query({
    name: 'merge-again',
    text: `insert into merge_todo (posting_id) select * from unnest($1::bigint[])
      on conflict (posting_id) do update set changed = true where not merge_todo.changed`,
    values: [ids],
  });
}

async function keysBefore(client: PoolClient, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ id: string; keys: string[] }>({
    name: 'merge-keys-before',
    text: 'select posting_id::text as id, keys::text[] as keys from posting_sign where posting_id = any($1::bigint[])',
    values: [ids],
  });
  return new Map(rows.map(({ id, keys }) => [id, keys]));
}

async function writeSigns(
  client: PoolClient,
  known: readonly {
    readonly id: string;
    readonly keys: { readonly proofs: readonly number[]; readonly likes: readonly number[] };
  }[],
  subjects: ReadonlyMap<string, Subject>,
): Promise<void> {
  if (known.length === 0) return;
  await client.query({
    name: 'merge-write-signs',
    text: `insert into posting_sign (posting_id, version, keys, sign)
      select u.id, $1::smallint, string_to_array(u.keys, ',')::bigint[], u.sign
      from unnest($2::bigint[], $3::text[], $4::text[]) as u (id, keys, sign)
      on conflict (posting_id) do update set version = excluded.version, keys = excluded.keys, sign = excluded.sign`,
    values: [
      MERGE_VERSION,
      known.map(({ id }) => id),
      known.map(({ keys }) => [...new Set([...keys.proofs, ...keys.likes])].join(',')),
      known.map(({ id }) => JSON.stringify(subjects.get(id)?.sign)),
    ],
  });
}
