/** Where a page of a list ended, as text that nobody need understand, and the ids that are in addresses and cursors. */
import { z } from 'zod';

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

/** The last row's sort value and id, so that rows inserted meanwhile shift nothing. @param value JSON */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** @returns undefined for whatever `encodeCursor` has not made: base64 alone reads a damaged text without complaint */
export function decodeCursor(text: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return encodeCursor(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** In UTC with microseconds, exactly as the database has it; it knows no year 0. */
export const exactMoment = z.iso.datetime({ precision: 6 }).refine((text) => text > '0001');

const LENGTH_MAX = 200;

/** A parameter that is the `nextCursor` of an earlier answer. @param content what `encodeCursor` was given */
export const cursorOf = <T>(content: z.ZodType<T>) =>
  z
    .string()
    .max(LENGTH_MAX, { abort: true })
    .transform((given, context): T => {
      const parsed = content.safeParse(decodeCursor(given));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: 'must be the nextCursor of an earlier answer, unchanged' });
      return z.NEVER;
    });
