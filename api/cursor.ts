/** Where a page of a list ended: the last row's sort value and id, so that rows inserted meanwhile shift nothing. */
import { z } from 'zod';

export interface Cursor {
  /** Moment in UTC with microseconds, exactly as the database has it. */
  readonly postedAt: string;
  /** bigint as text. */
  readonly id: string;
}

const CURSOR_LENGTH_MAX = 200;
const BIGINT_MAX = 9_223_372_036_854_775_807n;

/** Ids of jobs and postings: bigint above 0. */
export const id = z
  .string()
  .refine((text) => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= BIGINT_MAX, 'must be a whole number above 0');

/** Ids of boards: PostgreSQL's integer; what does not fit does not exist. */
export const integerId = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .refine((id) => id <= 2_147_483_647);

const content = z.tuple([z.iso.datetime({ precision: 6 }).refine((text) => text > '0001'), id]);

export const cursor = z
  .string()
  .max(CURSOR_LENGTH_MAX)
  .transform((text, context): Cursor => {
    const parsed = content.safeParse(decode(text));
    if (parsed.success) return { postedAt: parsed.data[0], id: parsed.data[1] };
    context.addIssue({ code: 'custom', message: 'must be the nextCursor of an earlier answer, unchanged' });
    return z.NEVER;
  });

export function encodeCursor({ postedAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify([postedAt, id])).toString('base64url');
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
