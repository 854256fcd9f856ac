/** Which postings may be about the same opening: those that share a key that few have. */
import type { PoolClient } from 'pg';
import { type Keys, LIKE_MAX, PROOF_MAX } from '../../steps/merge/keys.ts';

/** Keys of one batch at the most; those of a posting are about twenty. */
export const BATCH = 100;

interface Known {
  readonly id: string;
  readonly keys: Keys;
  /** Keys that it had before this batch. */
  readonly before: readonly string[];
}

export interface Found {
  /** Pairs of ids to be judged, each once, the smaller id first. */
  readonly pairs: readonly (readonly [string, string])[];
  /** Postings that share a key which has just become too common, or is so no more: what was found by it must be found anew. */
  readonly again: readonly string[];
}

/** Writes the keys of postings and finds who shares them. */
export async function findCandidates(client: PoolClient, batch: readonly Known[]): Promise<Found> {
  const { added, removed } = await writeKeys(client, batch);
  const most = new Map<string, number>();
  for (const { keys } of batch) {
    for (const key of keys.likes) most.set(String(key), LIKE_MAX);
    for (const key of keys.proofs) most.set(String(key), PROOF_MAX);
  }
  for (const key of removed.keys()) if (!most.has(key)) most.set(key, PROOF_MAX);
  const members = await membersOf(client, most);
  const ids = new Set(batch.map(({ id }) => id));
  const again = new Set<string>();
  for (const [key, limit] of most) {
    const now = members.get(key) ?? [];
    const before = now.length - (added.get(key) ?? 0) + (removed.get(key) ?? 0);
    // A key whose kind is not known any more is counted against both limits.
    const limits = limit === PROOF_MAX ? [PROOF_MAX, LIKE_MAX] : [limit];
    if (!limits.some((each) => now.length > each !== before > each)) continue;
    for (const id of now) if (!ids.has(id)) again.add(id);
  }
  return { pairs: pairsOf(batch, members), again: [...again] };
}

function pairsOf(batch: readonly Known[], members: ReadonlyMap<string, readonly string[]>): [string, string][] {
  const pairs = new Map<string, [string, string]>();
  for (const { id, keys } of batch) {
    const near = new Set<string>();
    for (const [list, limit] of [[keys.proofs, PROOF_MAX] as const, [keys.likes, LIKE_MAX] as const]) {
      for (const key of list) {
        const sharing = members.get(String(key)) ?? [];
        if (sharing.length <= limit) for (const other of sharing) near.add(other);
      }
    }
    near.delete(id);
    for (const other of near) {
      const pair: [string, string] = isSmaller(id, other) ? [id, other] : [other, id];
      pairs.set(`${pair[0]}/${pair[1]}`, pair);
    }
  }
  return [...pairs.values()];
}

/** Of ids, which have no leading zeros. */
const isSmaller = (a: string, b: string) => (a.length === b.length ? a < b : a.length < b.length);

/** One more than says nothing, and one for each posting of the batch, so that what became too common is told from what was. */
async function membersOf(client: PoolClient, most: ReadonlyMap<string, number>): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ key: string; ids: string[] }>({
    name: 'merge-members',
    text: `select k.key::text, array_agg(c.posting_id::text) as ids
      from unnest($1::bigint[], $2::integer[]) as k (key, most)
      cross join lateral (select posting_id from posting_key where key = k.key order by posting_id limit k.most) c
      group by k.key`,
    values: [[...most.keys()], [...most.values()].map((limit) => limit + BATCH + 1)],
  });
  return new Map(rows.map(({ key, ids }) => [key, ids]));
}

async function writeKeys(
  client: PoolClient,
  batch: readonly Known[],
): Promise<{ added: Map<string, number>; removed: Map<string, number> }> {
  const [added, removed] = [new Map<string, number>(), new Map<string, number>()];
  const [newKeys, newIds, oldKeys, oldIds]: [string[], string[], string[], string[]] = [[], [], [], []];
  for (const { id, keys, before } of batch) {
    const now = new Set([...keys.proofs, ...keys.likes].map(String));
    const had = new Set(before);
    for (const key of now) {
      if (had.has(key)) continue;
      newKeys.push(key);
      newIds.push(id);
      added.set(key, (added.get(key) ?? 0) + 1);
    }
    for (const key of had) {
      if (now.has(key)) continue;
      oldKeys.push(key);
      oldIds.push(id);
      removed.set(key, (removed.get(key) ?? 0) + 1);
    }
  }
  if (oldKeys.length > 0) {
    await client.query({
      name: 'merge-keys-gone',
      text: `delete from posting_key k using unnest($1::bigint[], $2::bigint[]) as u (key, posting_id)
        where k.key = u.key and k.posting_id = u.posting_id`,
      values: [oldKeys, oldIds],
    });
  }
  if (newKeys.length > 0) {
    await client.query({
      name: 'merge-keys',
      text: `insert into posting_key (key, posting_id) select * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing`,
      values: [newKeys, newIds],
    });
  }
  return { added, removed };
}
