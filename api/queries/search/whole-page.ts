/** A page as the one text that is sent: the server joins what is stored, so that nothing is parsed or copied row by row on the way. */
import { rowsOf } from './entries.ts';
import { type KeyParts, keyJson, type RowKey, readKey } from './orders.ts';
import type { Sort } from './position.ts';
import { type Shape, shaped } from './shape.ts';
import type { Statement } from './statement.ts';

/** No item has a line break of its own: JSON writes one as two characters. */
const BETWEEN = ',\n';
/**
 * The card is an object and never empty, so that its members can follow ours. Its first sign is cut off here: the server would
 * convert the whole card twice for that, a tenth of what a page takes it. No item has a tab of its own, as it has no line break.
 */
const CARD_BEGIN = '\t{';
const itemOf = (shape: Shape) => {
  // Where nothing is said of it, it is one state, and need not be put together for each row.
  const state = shape.has('states') ? `'","state":"' || state || E'",\\t'` : `E'","state":"open",\\t'`;
  return `'{"id":"' || id || ${state} || card`;
};
/** Before the key of a page that is not full and was cut short there. */
const GOES_ON = '+';
/** As of the same moment as the rows. */
const MOVED = '(select moved from search_progress)';
const cut = (items: string) => items.replaceAll(CARD_BEGIN, '');

/**
 * `last`: where the last shown row of a full page is, and where each is when it is not full. `keys`: where each is, and the one more
 * too, full or not. `whole`: as `last`, for pages that nothing cuts short: where rows of a page that is not full are, nobody asks.
 * A query for a key: as `last`, and where a page that is not full was cut short, as of the same moment.
 */
type Tells = 'last' | 'keys' | 'whole' | ((shape: Shape) => string);
export type MadeFor = (shape: Shape) => Statement;

/**
 * A statement for a page: it answers with one text, which `readPage` reads.
 * @param rows a query for the keys, `state` and `card` of jobs in order, both null for one that was turned down; its `limit` is one
 *   more than a page shows
 */
export function pageStatement(
  name: string,
  sort: Sort,
  rows: (shape: Shape) => string,
  tells: Tells = 'last',
): MadeFor {
  const all = (column: string) => `array_agg(${column}) filter (where state is not null)`;
  const keys = `${keyJson(sort, all, 'text[]')}::text`;
  const moved = tells === 'last' || tells === 'keys' ? ` || coalesce(${MOVED}, 0)` : '';
  const notFull = (shape: Shape) => {
    if (typeof tells !== 'function') return tells === 'whole' ? "''" : keys;
    return `coalesce((select '${GOES_ON}' || ${keyJson(sort, (column) => column)}::text from (${tells(shape)}) as ends), '')`;
  };
  return shaped(`search-${name}`, (shape) => {
    // No row of a full page was turned down.
    const lastShown = keyJson(sort, (column) => `(array_agg(${column}))[${rowsOf(shape)} - 1]`);
    const told = `case when count(state) = ${rowsOf(shape)} then ${lastShown}::text when count(*) < ${rowsOf(shape)} then ${notFull(shape)} else '?' end`;
    return `select ${tells === 'keys' ? keys : told} || E'\\n'${moved} || E'\\n' || coalesce(string_agg(${itemOf(shape)}, E',\\n'), '') as found
      from (${rows(shape)}) as listed`;
  });
}

/** A key alone: the first of those that a query finds, or none. It answers with one text, which `readEnd` reads. */
export function endStatement(name: string, sort: Sort, order: string, ends: (shape: Shape) => string): MadeFor {
  const first = (shape: Shape) =>
    `select ${keyJson(sort, (column) => column)}::text from (${ends(shape)}) as ends order by ${order} limit 1`;
  return shaped(`search-end-${name}-${sort}`, (shape) => `select concat((${first(shape)}), E'\\n', ${MOVED}) as found`);
}

export interface End {
  /** Undefined where there is none. */
  readonly end: RowKey | undefined;
  /** How many jobs' entries had been brought up to date. */
  readonly moved: number;
}

export interface WholePage {
  /** What is shown; what is beyond the limit is not. */
  readonly items: string;
  /** Where the last shown row is, when there are more; or where the page was cut short, if its statement tells that. */
  readonly last: RowKey | undefined;
  /** How many jobs' entries had been brought up to date; undefined where `last` is all there is to know, whatever moved. */
  readonly moved: number | undefined;
  /** Where each row is, when there are no more among what was looked at and it may have been cut short, or when it was asked for. */
  readonly keys: readonly RowKey[];
}

/** @returns undefined where jobs were turned down, so that there may be others in their place */
export function readPage(sort: Sort, found: string): WholePage | undefined {
  if (found.startsWith('?')) return undefined;
  const end = found.indexOf('\n');
  const begin = found.indexOf('\n', end + 1) + 1;
  const isCut = found.startsWith(GOES_ON);
  const told = JSON.parse(found.slice(isCut ? GOES_ON.length : 0, end) || '[null]') as KeyParts | KeyLists;
  const moved = begin - end === 2 ? undefined : Number(found.slice(end + 1, begin - 1));
  if (isOne(told)) {
    // Of a full page one row more is there than is shown.
    const items = cut(found.slice(begin, isCut ? undefined : found.lastIndexOf(BETWEEN)));
    return { items, last: readKey(sort, told), moved, keys: [] };
  }
  const [ids, first, second] = told;
  const keys = (ids ?? []).map((id, i) => readKey(sort, [id, first?.[i] ?? '', second?.[i] ?? '']));
  return { items: cut(found.slice(begin)), last: undefined, moved, keys };
}

/** Null where there are none. */
type KeyLists = readonly [
  readonly string[] | null,
  (readonly (string | number)[] | null)?,
  (readonly string[] | null)?,
];
const isOne = (told: KeyParts | KeyLists): told is KeyParts => typeof told[0] === 'string';

export function readEnd(sort: Sort, found: string): End {
  const [key = '', moved] = found.split('\n');
  return { end: key === '' ? undefined : readKey(sort, JSON.parse(key) as KeyParts), moved: Number(moved) };
}

export const itemsOf = (items: string): string[] => (items === '' ? [] : items.split(BETWEEN));
export const joined = (items: readonly string[]): string => items.join(BETWEEN);
