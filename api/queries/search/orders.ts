/** The three orders of a list: which columns they are by, in entries of posting lists, in jobs, and as a page tells them. */
import { type Position, type Sort, startOf } from './position.ts';
import type { Values } from './statement.ts';

interface Order {
  /** Columns of the key, as an entry of a list has them, and as a job has them; descending. */
  readonly entry: readonly string[];
  readonly job: readonly string[];
  /** Where the page before ended. */
  readonly from: readonly string[];
}
/** A job has no sum in euros to walk by; its entries have. */
export type JobSort = Exclude<Sort, 'pay'>;

export const ORDERS: Readonly<Record<Sort, Order>> = {
  date: {
    entry: ['posted_at', 'job_id'],
    job: ['posted_at', 'id'],
    from: ['$posted_at::timestamptz', '$id::bigint'],
  },
  match: {
    entry: ['score', 'posted_at', 'job_id'],
    job: ['score', 'posted_at', 'id'],
    from: ['$score::integer', '$posted_at::timestamptz', '$id::bigint'],
  },
  pay: {
    entry: ['pay', 'job_id'],
    job: [],
    from: ['$pay_at::double precision', '$id::bigint'],
  },
};

export const desc = (columns: readonly string[]) => columns.map((column) => `${column} desc`).join(', ');
/** `k1`, `k2`, `id`: names that mean the same in every order. */
export const keysOf = (columns: readonly string[]) =>
  columns.map((_, i) => (i === columns.length - 1 ? 'id' : `k${i + 1}`));
export const keyed = (columns: readonly string[]) =>
  keysOf(columns)
    .map((key, i) => `${columns[i]} as ${key}`)
    .join(', ');

/** Where a row is, by the columns that its order has. */
export interface RowKey {
  readonly id: string;
  readonly posted_at?: string;
  readonly score?: number;
  readonly pay?: number;
}

const utc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The key as one text, which `readKey` reads. */
export function keyText(sort: Sort, of: (key: string) => string): string {
  if (sort === 'date') return `concat_ws(' ', ${of('id')}, ${utc(of('k1'))})`;
  return `concat_ws(' ', ${of('id')}, ${of('k1')}${sort === 'match' ? `, ${utc(of('k2'))}` : ''})`;
}

export function readKey(sort: Sort, text: string): RowKey {
  const [id = '', first = '', second = ''] = text.split(' ');
  if (sort === 'date') return { id, posted_at: first };
  return sort === 'match' ? { id, score: Number(first), posted_at: second } : { id, pay: Number(first) };
}

export function positionAt(sort: Sort, { id, posted_at, score, pay }: RowKey): Position {
  return { ...startOf(sort), id, postedAt: posted_at ?? '', score: score ?? 0, pay: pay ?? 0 };
}

export function setFrom(values: Values, { sort, postedAt, score, pay, id }: Position): void {
  if (sort === 'pay') values.pay_at = pay;
  else values.posted_at = postedAt;
  if (sort === 'match') values.score = score;
  values.id = id;
}

/** Whether a row comes behind another in this order. */
export function isAfter(sort: Sort, row: RowKey, end: RowKey): boolean {
  const key = (of: RowKey) =>
    sort === 'date' ? [of.posted_at] : sort === 'match' ? [of.score, of.posted_at] : [of.pay];
  const [a, b] = [key(row), key(end)];
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (left === undefined || right === undefined || left === right) continue;
    return left < right;
  }
  return BigInt(row.id) < BigInt(end.id);
}
