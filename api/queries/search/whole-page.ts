/** A page as the one text that is sent: the server joins what is stored, so that nothing is parsed or copied row by row on the way. */
import type { Sort } from './position.ts';
import { type Statement, statement } from './statements.ts';

/** No item has a line break of its own: JSON writes one as two characters. */
const BETWEEN = ',\n';

const KEYS: Readonly<Record<Sort, string>> = {
  date: "concat_ws(' ', id, posted_at)",
  match: "concat_ws(' ', id, score, posted_at)",
  pay: "concat_ws(' ', id, pay)",
};

export interface WholePage {
  /** Without what is beyond the limit. */
  readonly items: string | null;
  /** Where each row is in the order, that beyond the limit included. */
  readonly keys: string | null;
  readonly rows: number;
}

/** Where a row is, by the columns that its order has. */
export interface RowKey {
  readonly id: string;
  readonly posted_at?: string;
  readonly score?: number;
  readonly pay?: number;
}

const made = new Map<string, Statement>();

/** @param page a statement whose rows have `id`, `state` and `card`; its `limit` is one more than a page shows */
export function wholePage(page: Statement, sort: Sort): Statement {
  const known = made.get(page.name);
  if (known !== undefined) return known;
  // The card is an object and never empty, so that its members can follow ours.
  const fresh = statement(
    `${page.name}-whole`,
    `select string_agg('{"id":"' || id || '","state":"' || state || '",' || substr(card, 2), E',\\n')
        filter (where nth < $limit::integer) as items,
      string_agg(${KEYS[sort]}, E'\\n') as keys, count(*)::integer as rows
    from (select *, row_number() over () as nth from (${page.named}) as listed) as numbered`,
  );
  made.set(page.name, fresh);
  return fresh;
}

export const itemsOf = (items: string): string[] => (items === '' ? [] : items.split(BETWEEN));
export const joined = (items: readonly string[]): string => items.join(BETWEEN);

export function keysOf({ keys }: WholePage, sort: Sort): RowKey[] {
  return (keys ?? '').split('\n').map((line) => {
    const [id = '', first = '', second = ''] = line.split(' ');
    if (sort === 'date') return { id, posted_at: first };
    return sort === 'match' ? { id, score: Number(first), posted_at: second } : { id, pay: Number(first) };
  });
}
