/** Texts that PostgreSQL can keep as they are. */
import { z } from 'zod';

/** Without NUL and without halves of characters, which neither text nor jsonb can hold. */
export function text(max: number) {
  return z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be whole characters without NUL');
}

/** The same text with what cannot be kept left out; for texts of strangers that were stored elsewhere. */
export function keepable(value: string): string {
  return value.replaceAll('\0', '').toWellFormed();
}
