/** Judges pairs and keeps those that are one opening; what is linked together is a component. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { judge, judgeSigns, type Verdict } from '../../steps/merge/judge.ts';
import { MERGE_VERSION, type Sign } from '../../steps/merge/sign.ts';
import type { Text } from '../../steps/merge/text.ts';
import type { Subject } from './subjects.ts';
import { loadTexts, type TextMemory } from './texts.ts';

export interface StoredLink {
  readonly a: string;
  readonly b: string;
  readonly strength: number;
  readonly rule: string;
  readonly evidence: readonly string[];
}

/** Postings of one component at the most: beyond it only new links would be followed, and nobody advertises one opening so often. */
export const COMPONENT_MAX = 300;
/** Pairs judged before the process looks after its other work. */
const TURN = 50;

/** Postings of a batch, and what their texts are. */
export interface Batch {
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly texts: ReadonlyMap<string, Text>;
  /** Of texts that are not in the batch. */
  readonly memory: TextMemory;
}

/** @param stale gets ids whose stored sign is of other rules: they must be compared anew */
export async function judgePairs(
  client: PoolClient,
  pairs: readonly (readonly [string, string])[],
  batch: Batch,
  stale: Set<string>,
): Promise<StoredLink[]> {
  const signs = new Map<string, Sign>([...batch.subjects].map(([id, { sign }]) => [id, sign]));
  await loadSigns(client, [...new Set(pairs.flat())], signs, stale);
  const links: StoredLink[] = [];
  const open: [string, string, Sign, Sign][] = [];
  for (const [i, [a, b]] of pairs.entries()) {
    if (i % TURN === TURN - 1) await nextTurn();
    const [left, right] = [signs.get(a), signs.get(b)];
    if (left === undefined || right === undefined) continue;
    const verdict = judgeSigns(left, right);
    if (verdict === undefined) open.push([a, b, left, right]);
    else if (verdict.same) links.push(linkOf(a, b, verdict));
  }
  const ids = [...new Set(open.map(([a]) => a).concat(open.map(([, b]) => b)))];
  const texts = await loadTexts(client, ids, batch.texts, batch.memory);
  for (const [a, b, left, right] of open) {
    const [textA, textB] = [texts.get(a), texts.get(b)];
    if (textA === undefined || textB === undefined) continue;
    const verdict = judge(left, right, () => [textA, textB]);
    if (verdict.same) links.push(linkOf(a, b, verdict));
  }
  return links;
}

const linkOf = (a: string, b: string, { strength, rule, evidence }: Verdict): StoredLink => ({
  a,
  b,
  strength,
  rule,
  evidence,
});

/** Adds the stored signs of those that are not there yet. */
export async function loadSigns(
  client: PoolClient,
  ids: readonly string[],
  signs: Map<string, Sign>,
  stale: Set<string>,
): Promise<void> {
  const missing = ids.filter((id) => !signs.has(id));
  if (missing.length === 0) return;
  const { rows } = await client.query<{ id: string; version: number; sign: string }>({
    name: 'merge-signs',
    text: 'select posting_id::text as id, version, sign from posting_sign where posting_id = any($1::bigint[])',
    values: [missing],
  });
  for (const { id, version, sign } of rows) {
    if (version === MERGE_VERSION) signs.set(id, JSON.parse(sign) as Sign);
    else stale.add(id);
  }
}

/**
 * Puts the new links in the place of those that postings had.
 * @param ids those that were compared before; the others cannot have any
 * @returns who was linked with them before
 */
export async function replaceLinks(
  client: PoolClient,
  ids: readonly string[],
  links: readonly StoredLink[],
): Promise<string[]> {
  const gone = await removeLinks(client, ids);
  if (links.length > 0) {
    await client.query({
      name: 'merge-links',
      text: `insert into posting_link (a, b, strength, rule, evidence)
        select u.a, u.b, u.strength, u.rule, u.evidence::jsonb
        from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::text[]) as u (a, b, strength, rule, evidence)
        on conflict (a, b) do update set strength = excluded.strength, rule = excluded.rule, evidence = excluded.evidence`,
      values: [
        links.map(({ a }) => a),
        links.map(({ b }) => b),
        links.map(({ strength }) => strength),
        links.map(({ rule }) => rule),
        links.map(({ evidence }) => JSON.stringify(evidence)),
      ],
    });
  }
  return [...new Set(gone.flatMap(({ a, b }) => [a, b]))];
}

async function removeLinks(client: PoolClient, ids: readonly string[]): Promise<{ a: string; b: string }[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<{ a: string; b: string }>({
    name: 'merge-links-gone',
    text: `delete from posting_link where a = any($1::bigint[]) or b = any($1::bigint[]) returning a::text, b::text`,
    values: [ids],
  });
  return rows;
}

export interface Decision {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly by: string;
}

export interface Component {
  readonly ids: readonly string[];
  readonly links: readonly StoredLink[];
  readonly decisions: readonly Decision[];
}

/** Everything that is linked with these postings, directly or through others, by judgement or by a person's word. */
export async function componentsOf(client: PoolClient, seeds: readonly string[]): Promise<Component[]> {
  const links = new Map<string, StoredLink>();
  const decisions = new Map<string, Decision>();
  const seen = new Set<string>();
  let frontier = [...new Set(seeds)];
  // A component has at most so many members, so the walk has at most so many steps.
  for (let step = 0; frontier.length > 0 && step < COMPONENT_MAX; step++) {
    for (const id of frontier) seen.add(id);
    const [linked, decided] = [await linksAt(client, frontier), await decisionsAt(client, frontier)];
    for (const link of linked) links.set(`${link.a}/${link.b}`, link);
    for (const decision of decided) decisions.set(`${decision.a}/${decision.b}`, decision);
    const near = [...linked, ...decided.filter(({ same }) => same)].flatMap(({ a, b }) => [a, b]);
    frontier = [...new Set(near)].filter((id) => !seen.has(id));
    if (seen.size > seeds.length * COMPONENT_MAX) break;
  }
  return split([...seen], [...links.values()], [...decisions.values()]);
}

async function linksAt(client: PoolClient, ids: readonly string[]): Promise<StoredLink[]> {
  const { rows } = await client.query<StoredLink>({
    name: 'merge-links-at',
    text: `select a::text, b::text, strength, rule, evidence from posting_link where a = any($1::bigint[])
      union all select a::text, b::text, strength, rule, evidence from posting_link where b = any($1::bigint[])`,
    values: [ids],
  });
  return rows;
}

async function decisionsAt(client: PoolClient, ids: readonly string[]): Promise<Decision[]> {
  const { rows } = await client.query<Decision>({
    name: 'merge-decisions-at',
    text: `select a::text, b::text, same, by from merge_decision where a = any($1::bigint[])
      union all select a::text, b::text, same, by from merge_decision where b = any($1::bigint[])`,
    values: [ids],
  });
  return rows;
}

function split(ids: readonly string[], links: readonly StoredLink[], decisions: readonly Decision[]): Component[] {
  const root = new Map(ids.map((id) => [id, id]));
  const find = (id: string): string => {
    let at = id;
    while (root.get(at) !== at) at = root.get(at) ?? at;
    return at;
  };
  for (const { a, b } of [...links, ...decisions.filter(({ same }) => same)]) {
    if (!root.has(a) || !root.has(b)) continue;
    root.set(find(b), find(a));
  }
  const byRoot = Map.groupBy(ids, find);
  const linksByRoot = Map.groupBy(links, ({ a }) => find(a));
  return [...byRoot].map(([top, members]) => {
    const inside = new Set(members);
    return {
      ids: members,
      links: linksByRoot.get(top) ?? [],
      decisions: decisions.filter(({ a, b }) => inside.has(a) && inside.has(b)),
    };
  });
}
