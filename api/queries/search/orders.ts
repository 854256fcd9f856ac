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
/** As `from`, for where a page ends. */
export const toOf = ({ from }: Order) => from.map((value) => value.replace('$', '$to_'));
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

/** Columns of the key behind its id. */
const columnsOf = (sort: Sort) => (sort === 'match' ? ['k1', 'k2'] : ['k1']);

/** One key, or lists of what keys have, as JSON that `readKey` reads; ids as text, for they may be more than a JSON number can be. */
export const keyJson = (sort: Sort, of: (column: string) => string, idAs = 'text') =>
  `json_build_array(${[`${of('id')}::${idAs}`, ...columnsOf(sort).map(of)].join(', ')})`;

export type KeyParts = readonly [id: string, first: string | number, second?: string];

export function readKey(sort: Sort, [id, first, second = '']: KeyParts): RowKey {
  if (sort === 'date') return { id, posted_at: inUtc(String(first)) };
  return sort === 'match' ? { id, score: Number(first), posted_at: inUtc(second) } : { id, pay: Number(first) };
}

const STATED = /^(.{19})(?:\.(\d+))?([+-])(\d\d):(\d\d)(?::(\d\d))?$/;

/**
 * A moment as the server writes it into JSON, in its session's time zone, in UTC with microseconds. To let the server do it takes it
 * 8 µs, a fifteenth of a page.
 */
export function inUtc(text: string): string {
  const [, head = text, fraction = '', sign, hours, minutes, seconds = 0] = STATED.exec(text) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const local = offset === 0 ? head : shifted(head, sign === '-' ? offset : -offset);
  return `${local}.${fraction.padEnd(6, '0')}Z`;
}

const shifted = (head: string, bySeconds: number) =>
  new Date(Date.parse(`${head}Z`) + bySeconds * 1000).toISOString().slice(0, 19);

export function positionAt(sort: Sort, { id, posted_at, score, pay }: RowKey): Position {
  return { ...startOf(sort), id, postedAt: posted_at ?? '', score: score ?? 0, pay: pay ?? 0 };
}

export function setFrom(values: Values, { sort, postedAt, score, pay, id }: Position): void {
  if (sort === 'pay') values.pay_at = pay;
  else values.posted_at = postedAt;
  if (sort === 'match') values.score = score;
  values.id = id;
}

/** For `toOf`. */
export const toValues = (sort: Sort, { id, posted_at, score, pay }: RowKey): Values => ({
  ...(sort === 'pay' ? { to_pay_at: pay } : { to_posted_at: posted_at }),
  ...(sort === 'match' ? { to_score: score } : {}),
  to_id: id,
});

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
