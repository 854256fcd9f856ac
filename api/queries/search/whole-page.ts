/** A page as the one text that is sent: the server joins what is stored, so that nothing is parsed or copied row by row on the way. */
import { rowsOf } from './entries.ts';
import { keyText, type RowKey, readKey } from './orders.ts';
import type { Sort } from './position.ts';
import { type Shape, shaped } from './shape.ts';
import type { Statement } from './statement.ts';

/** No item has a line break of its own: JSON writes one as two characters. */
const BETWEEN = ',\n';
/**
 * The card is an object and never empty, so that its members can follow ours. Its first sign is cut off as a byte: to cut text
 * the server counts all signs of it, which takes as long as finding the job.
 */
const ITEM = `'{"id":"' || id || '","state":"' || state || '",' || convert_from(substr(convert_to(card, 'UTF8'), 2), 'UTF8')`;

export type MadeFor = (shape: Shape) => Statement;

/** Statements that answer with one text, `found`. */
export interface PageStatements {
  /** The page; `readPage` reads it. */
  readonly whole: MadeFor;
  /** Its rows one by one, for a page that is not shown whole; `readRow` reads them. */
  readonly rows: MadeFor;
}

/**
 * @param rows a query for the keys, `state` and `card` of jobs in order, both null for one that was turned down; its `limit` is one
 *   more than a page shows
 */
export function pageStatements(name: string, sort: Sort, rows: (shape: Shape) => string): PageStatements {
  const lastShown = (shape: Shape) => keyText(sort, (key) => `(array_agg(${key}))[${rowsOf(shape)} - 1]`);
  return {
    whole: shaped(
      `search-${name}`,
      (
        shape,
      ) => `select case when count(state) = ${rowsOf(shape)} then ${lastShown(shape)} when count(*) < ${rowsOf(shape)} then '' else '?' end
        || E'\\n' || coalesce(string_agg(${ITEM}, E',\\n'), '') as found from (${rows(shape)}) as listed`,
    ),
    rows: shaped(
      `search-${name}-rows`,
      (shape) => `select ${keyText(sort, (key) => key)} || E'\\n' || ${ITEM} as found from (${rows(shape)}) as listed`,
    ),
  };
}

/** A key alone: the first of those that a query finds. */
export function endStatement(name: string, sort: Sort, order: string, ends: (shape: Shape) => string): MadeFor {
  return shaped(
    `search-end-${name}-${sort}`,
    (shape) => `select ${keyText(sort, (key) => key)} as found from (${ends(shape)}) as ends order by ${order} limit 1`,
  );
}

export interface WholePage {
  /** What is shown; what is beyond the limit is not. */
  readonly items: string;
  /** Where the last shown row is, when there are more. */
  readonly last: RowKey | undefined;
}

/** @returns undefined where jobs were turned down, so that there may be others in their place */
export function readPage(sort: Sort, found: string): WholePage | undefined {
  const at = found.indexOf('\n');
  if (at === 0) return { items: found.slice(1), last: undefined };
  const key = found.slice(0, at);
  if (key === '?') return undefined;
  return { items: found.slice(at + 1, found.lastIndexOf(BETWEEN)), last: readKey(sort, key) };
}

export function readRow(sort: Sort, found: string): { readonly key: RowKey; readonly item: string } {
  const at = found.indexOf('\n');
  return { key: readKey(sort, found.slice(0, at)), item: found.slice(at + 1) };
}

export const itemsOf = (items: string): string[] => (items === '' ? [] : items.split(BETWEEN));
export const joined = (items: readonly string[]): string => items.join(BETWEEN);
