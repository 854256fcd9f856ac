/** What statements of the search are made of: entries of lists and of all jobs, the lookup of a job, the rows of a page. */
import { listFlags, rowOf, within } from './conditions.ts';
import { desc, type JobSort, keyed, keysOf, ORDERS } from './orders.ts';
import type { Sort } from './position.ts';
import type { Shape } from './shape.ts';
import { ROWS_USUAL, WALK_MAX } from './usual.ts';

/** Lists that are walked side by side; more are slower than looking at everything. */
export const LISTS_MAX = 30;
/** Entries of all lists together that one page looks at. */
const WALK_ALL_MAX = 4 * WALK_MAX;

/** Entries of each of so many lists; undefined where it is the usual number. */
export const walkEach = (many: number) =>
  many * WALK_MAX > WALK_ALL_MAX ? Math.floor(WALK_ALL_MAX / many) : undefined;
export const walkOf = (shape: Shape) => (shape.has('walk') ? '$walk::integer' : String(WALK_MAX));

/** Rows of a page: one more than is shown. */
export const rowsOf = (shape: Shape) => (shape.has('limit') ? '$limit::integer' : String(ROWS_USUAL));

export const behind = (shape: Shape, columns: readonly string[], from: readonly string[]) =>
  shape.has('id') ? `and (${columns.join(', ')}) < (${from.join(', ')})` : '';

/** What an entry of a list must be besides; of `e`. */
interface Besides {
  /** Where they end. One condition only: with two ends the server reads the list to its very end. */
  readonly until?: string;
  readonly marks?: string;
}
/** Entries of one list, behind where the last page ended. */
export const entriesOf = (sort: Sort, shape: Shape, list = 't.term', { until, marks }: Besides = {}) => {
  const { entry, from } = ORDERS[sort];
  const all = [
    `e.term = ${list} ${behind(shape, entry, from)} ${until ?? (sort === 'date' ? within(shape) : '')}`,
    ...(sort === 'pay' ? ['e.pay is not null'] : []),
    ...(marks === undefined ? [] : [marks]),
  ];
  return `select ${keyed(entry)}${marks === undefined ? ', flags' : ''} from job_term e where ${all.join(' and ')} order by ${desc(entry)}`;
};
/**
 * Entries of so many lists as one, in order, each job once: they are merged while they are read, so that nothing is read that is
 * not shown.
 * @param walk entries of each list at most
 */
export const entriesOfLists = (sort: Sort, shape: Shape, many: number, walk: number | string = walkOf(shape)) => {
  const keys = keysOf(ORDERS[sort].entry);
  const lists = Array.from(
    { length: many },
    (_, i) =>
      `(select ${keys.join(', ')} from (${entriesOf(sort, shape, `($lists::text[])[${i + 1}]`)} limit ${walk}) as e where ${listFlags(shape)} order by ${desc(keys)})`,
  );
  return `select distinct on (${keys.join(', ')}) ${keys.join(', ')} from (${lists.join('\n      union all ')}) as entry
      order by ${desc(keys)}`;
};
export const jobsOf = (sort: JobSort, shape: Shape) => {
  const { job, from } = ORDERS[sort];
  return `select ${keyed(job)}, flags, state from job
      where true ${behind(shape, job, from)} ${sort === 'date' ? within(shape) : ''} order by ${desc(job)}`;
};

/** The last of the jobs that one page looks at; none where there are fewer. */
export const lastJobOf = (sort: JobSort, shape: Shape) => `${jobsOf(sort, shape)} offset ${WALK_MAX} - 1 limit 1`;

/** Those that are in one of `$also` as well, by the same index: the entries of a job are alike in all lists. Joins `o`. */
export const inOthers = (sort: Sort) => {
  const { entry } = ORDERS[sort];
  const same = keysOf(entry).map((key, i) => `o.${entry[i]} = e.${key}`);
  return `cross join lateral (
      select o.job_id from unnest($also::text[]) as t (term) cross join lateral (
        select o.job_id from job_term o where o.term = t.term and ${same.join(' and ')} limit 1
      ) as o limit 1
    ) as o`;
};

/** `limit 1` keeps the lookups one by one and in order: the walk ends as soon as the page is full. */
export const lookedUp = (columns: string, shape: Shape, also = '', id = 'e.id') =>
  `cross join lateral (select ${columns} from job j where j.id = ${id} and ${rowOf(shape)} ${also} limit 1) as j`;

/** Each number of lists is a statement of its own; lists that are not there (null) cost nothing. */
const LIST_NUMBERS = [1, 2, 3, 4, 6, 8, 12, 16, LISTS_MAX] as const;

/** What is made for every number of lists, when it is first needed. */
export function forLists<T>(make: (many: number) => T): (lists: readonly unknown[]) => T {
  const made = new Map<number, T>();
  return ({ length }) => {
    const many = LIST_NUMBERS.find((number) => number >= length);
    if (many === undefined) throw new Error(`a search walks ${LISTS_MAX} lists at most, not ${length}`);
    const known = made.get(many) ?? make(many);
    made.set(many, known);
    return known;
  };
}

/** Rows of a page: the keys of entries `e`, in order, and what is shown of their jobs `j`. */
export const page = (shape: Shape, keys: readonly string[], from: string) => {
  const own = keys.map((key) => `e.${key}`);
  return `select ${own.join(', ')}, j.state, j.card ${from} order by ${desc(own)} limit ${rowsOf(shape)}`;
};
