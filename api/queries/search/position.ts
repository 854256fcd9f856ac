/** Where a page of a list of jobs ended, in each order that lists can have. */
import { z } from 'zod';
import { cursorOf, encodeCursor, exactMoment, id } from '../../cursor.ts';

export const SORTS = ['date', 'match', 'pay'] as const;
export type Sort = (typeof SORTS)[number];

export interface Position {
  readonly sort: Sort;
  /** Moment in UTC with microseconds, exactly as the database has it; unused when sorted by pay. */
  readonly postedAt: string;
  readonly score: number;
  /** Euros a year. */
  readonly pay: number;
  readonly id: string;
}

const SCORE_MAX = 2_147_483_647;

/** Before everything. */
const START = { postedAt: 'infinity', score: SCORE_MAX, pay: Number.POSITIVE_INFINITY, id: '9223372036854775807' };

export const startOf = (sort: Sort): Position => ({ sort, ...START });

const score = z.int().min(-SCORE_MAX).max(SCORE_MAX);
const content = z.union([
  z
    .tuple([exactMoment, id])
    .transform(([postedAt, last]): Position => ({ ...START, sort: 'date', postedAt, id: last })),
  z
    .tuple([z.literal('match'), score, exactMoment, id])
    .transform(([sort, points, postedAt, last]): Position => ({ ...START, sort, score: points, postedAt, id: last })),
  z
    .tuple([z.literal('pay'), z.number(), id])
    .transform(([sort, pay, last]): Position => ({ ...START, sort, pay, id: last })),
]);

export const position = cursorOf<Position>(content);

export function encodePosition({ sort, postedAt, score: points, pay, id: last }: Position): string {
  const value =
    sort === 'date' ? [postedAt, last] : sort === 'match' ? [sort, points, postedAt, last] : [sort, pay, last];
  return encodeCursor(value);
}
