/** Which posting lists a search has to walk: of everything that must hold, what the fewest jobs have. */
import type { Database } from '../../../shared/db/database.ts';
import { LISTS_MAX } from './entries.ts';
import type { Node } from './tsquery.ts';

/** Lists of which a job that fits is in one at least. */
export type Lists = readonly string[];
/** How many entries a list has. */
export type SizeOf = (list: string) => number;

/** Characters, as the entries are cut. */
const WORD_MAX = 60;

/** @returns the best choice, or undefined when nothing must hold that a list is of */
export function bestLists(node: Node, sizeOf: SizeOf): Lists | undefined {
  switch (node.kind) {
    case 'word':
      return [listOf(node.word)];
    case 'term':
      return [node.term];
    case 'phrase':
      return smallest(
        node.words.map((word) => [listOf(word)]),
        sizeOf,
      );
    case 'and':
      return smallest(
        node.parts.map((part) => bestLists(part, sizeOf)),
        sizeOf,
      );
    case 'or':
      return listsOfAny(node.parts, sizeOf);
    default:
      return undefined;
  }
}

/**
 * Of all that must hold besides `best`, what the fewest jobs have: a job that fits is in one of these lists too, and whether it is says the
 * index of the lists for a fifth of what its row costs.
 */
export function otherLists(must: readonly Node[], best: Lists | undefined, sizeOf: SizeOf): Lists | undefined {
  if (best === undefined) return undefined;
  const others = must.flatMap(partsOf).flatMap((part) => {
    const lists = bestLists(part, sizeOf);
    return lists === undefined || lists.length > OTHERS_MAX || lists.join() === best.join() ? [] : [lists];
  });
  return smallest(others, sizeOf);
}
/** Each is one more look. */
const OTHERS_MAX = 3;

/** Each of which must hold. */
function partsOf(node: Node): readonly Node[] {
  if (node.kind === 'and') return node.parts.flatMap(partsOf);
  return node.kind === 'phrase' ? node.words.map((word): Node => ({ kind: 'word', word })) : [node];
}

/** What lists of words begin with; no term does. */
export const WORD_LIST = 'w:';
const listOf = (word: string) => WORD_LIST + (word.length <= WORD_MAX ? word : [...word].slice(0, WORD_MAX).join(''));

function listsOfAny(parts: readonly Node[], sizeOf: SizeOf): Lists | undefined {
  const all: string[] = [];
  for (const part of parts) {
    const lists = bestLists(part, sizeOf);
    if (lists === undefined) return undefined;
    for (const list of lists) if (!all.includes(list)) all.push(list);
    if (all.length > LISTS_MAX) return undefined;
  }
  return all;
}

/** Where there is one choice only, nobody asks how long it is. */
export function smallest(choices: readonly (Lists | undefined)[], sizeOf: SizeOf): Lists | undefined {
  const possible = choices.filter((lists) => lists !== undefined && lists.length <= LISTS_MAX);
  if (possible.length < 2) return possible[0];
  let best: Lists | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const lists of possible as readonly Lists[]) {
    const size = sizeOfAll(lists, sizeOf);
    if (size < least) [best, least] = [lists, size];
  }
  return best;
}

const sizeOfAll = (lists: Lists, sizeOf: SizeOf) => lists.reduce((sum, list) => sum + sizeOf(list), 0);

/** A list as it was some seconds ago. Which way is taken may hang on that, the answer may not. */
interface Size {
  readonly jobs: number;
  /** How many jobs' entries had been brought up to date then. */
  readonly moved: number;
}
const NONE: Size = { jobs: 0, moved: 0 };
const KEPT_MS = 10_000;
const KEPT_MAX = 20_000;

interface Kept {
  readonly sizes: Map<string, Size>;
  readonly since: number;
}
const kept = new WeakMap<Database['pool'], Kept>();
type Db = Pick<Database, 'pool'>;

/**
 * Chooses by what is known of the sizes; what is missing is asked for, and it chooses once more.
 * @param entriesOf what counts of a size
 */
export async function bySizes<T>(
  db: Db,
  choose: (sizeOf: SizeOf) => T,
  entriesOf: (size: Size) => number = ({ jobs }) => jobs,
): Promise<T> {
  const { sizes } = keptOf(db);
  const missing: string[] = [];
  const chosen = choose((list) => {
    const size = sizes.get(list);
    if (size === undefined) missing.push(list);
    return entriesOf(size ?? NONE);
  });
  if (missing.length === 0) return chosen;
  await load(db, sizes, missing);
  return choose((list) => entriesOf(sizes.get(list) ?? NONE));
}

/** How many entries these lists had together some seconds ago. */
export const sizeAbout = (db: Db, lists: Lists) => bySizes(db, (sizeOf) => sizeOfAll(lists, sizeOf));

/** Whether each had fewer entries some seconds ago: enough to choose a way, where no answer hangs on it. */
export const areShort = (db: Db, lists: Lists, entries: number) =>
  bySizes(db, (sizeOf) => lists.every((list) => sizeOf(list) < entries));

/** Those that may have had so many or more when the entries of `moved` jobs had been brought up to date: each is one more or one less. */
export const longerThan = (db: Db, lists: Lists, entries: number, moved: number): Promise<Lists> =>
  bySizes(
    db,
    (sizeOf) => lists.filter((list) => sizeOf(list) >= entries),
    (size) => size.jobs + Math.abs(moved - size.moved),
  );

/** How many they have now. */
export async function sizeNow(db: Db, lists: Lists): Promise<Size> {
  const sizes = new Map<string, Size>();
  await load(db, sizes, lists);
  const { moved } = sizes.values().next().value ?? NONE;
  return { jobs: sizeOfAll(lists, (list) => sizes.get(list)?.jobs ?? 0), moved };
}

function keptOf({ pool }: Db): Kept {
  const known = kept.get(pool);
  const isFresh = known !== undefined && performance.now() - known.since <= KEPT_MS;
  if (isFresh && known.sizes.size <= KEPT_MAX) return known;
  const fresh: Kept = { sizes: new Map(), since: performance.now() };
  kept.set(pool, fresh);
  return fresh;
}

async function load({ pool }: Db, sizes: Map<string, Size>, lists: Lists): Promise<void> {
  const { rows } = await pool.query<{ word: string; jobs: string; moved: string }>({
    name: 'search-sizes',
    text: `select u.word, coalesce(w.jobs, 0)::text as jobs, coalesce((select moved from search_progress), 0)::text as moved
      from unnest($1::text[]) as u (word) left join search_word w on w.word = u.word`,
    values: [lists],
  });
  for (const { word, jobs, moved } of rows) sizes.set(word, { jobs: Number(jobs), moved: Number(moved) });
}
