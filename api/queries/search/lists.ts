/** Which posting lists a search has to walk: of everything that must hold, what the fewest jobs have. */
import type { Database } from '../../../shared/db/database.ts';
import { LISTS_MAX } from './statements.ts';
import type { Node } from './tsquery.ts';

/** Lists of which a job that fits is in one at least. */
export type Lists = readonly string[];
/** How many entries a list has. */
export type SizeOf = (list: string) => number;

/** As the entries are cut. */
const WORD_MAX = 60;

/** @returns every choice of lists that a search could walk */
export function choicesOf(node: Node): readonly Lists[] {
  switch (node.kind) {
    case 'word':
      return [[`w:${node.word.slice(0, WORD_MAX)}`]];
    case 'term':
      return [[node.term]];
    case 'phrase':
      return node.words.map((word) => [`w:${word.slice(0, WORD_MAX)}`]);
    case 'not':
      return [];
    case 'and':
      return node.parts.flatMap(choicesOf);
    default:
      return [];
  }
}

/** @returns the best choice, or undefined when nothing must hold that a list is of */
export function bestLists(node: Node, sizeOf: SizeOf): Lists | undefined {
  if (node.kind === 'or') {
    const each = node.parts.map((part) => bestLists(part, sizeOf));
    if (each.some((lists) => lists === undefined)) return undefined;
    return bounded([...new Set(each.flatMap((lists) => lists ?? []))]);
  }
  if (node.kind === 'and')
    return smallest(
      node.parts.map((part) => bestLists(part, sizeOf)),
      sizeOf,
    );
  return smallest(choicesOf(node), sizeOf);
}

export function smallest(choices: readonly (Lists | undefined)[], sizeOf: SizeOf): Lists | undefined {
  let best: Lists | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const lists of choices) {
    if (lists === undefined || bounded(lists) === undefined) continue;
    const size = sizeOfAll(lists, sizeOf);
    if (size < least) [best, least] = [lists, size];
  }
  return best;
}

const bounded = (lists: Lists) => (lists.length <= LISTS_MAX ? lists : undefined);

export const sizeOfAll = (lists: Lists, sizeOf: SizeOf) => lists.reduce((sum, list) => sum + sizeOf(list), 0);

/** All lists that a query names, for asking how long they are. */
export function listsOf(node: Node): string[] {
  if (node.kind === 'not') return [];
  return node.kind === 'and' || node.kind === 'or' ? node.parts.flatMap(listsOf) : choicesOf(node).flat();
}

/** Sizes only choose the way, never the answer, so they may be a little old. */
const KEPT_MS = 10_000;
const KEPT_MAX = 20_000;

interface Kept {
  readonly sizes: Map<string, number>;
  since: number;
}
const kept = new WeakMap<Database['pool'], Kept>();

export async function readSizes({ pool }: Pick<Database, 'pool'>, lists: readonly string[]): Promise<SizeOf> {
  let known = kept.get(pool);
  if (known === undefined || performance.now() - known.since > KEPT_MS || known.sizes.size > KEPT_MAX) {
    known = { sizes: new Map(), since: performance.now() };
    kept.set(pool, known);
  }
  const { sizes } = known;
  const missing = [...new Set(lists)].filter((list) => !sizes.has(list));
  if (missing.length > 0) {
    const { rows } = await pool.query<{ word: string; jobs: string }>({
      name: 'search-sizes',
      text: 'select word, jobs::text from search_word where word = any ($1::text[])',
      values: [missing],
    });
    for (const list of missing) sizes.set(list, 0);
    for (const { word, jobs } of rows) sizes.set(word, Number(jobs));
  }
  return (list) => sizes.get(list) ?? 0;
}
