/** Parameters that several routes understand in the same way. */
import { z } from 'zod';
import { asStored } from '../shared/as-stored.ts';
import { isSourceName, SOURCE_NAMES, type SourceName } from '../shared/sources.ts';

export const LIMIT_MAX = 100;
export const LIMIT_DEFAULT = 20;
const QUERY_LENGTH_MAX = 200;
const DAYS_MAX = 3650;

export const WORK_MODES = ['remote', 'hybrid', 'onsite', 'unknown'] as const;
export type WorkModeName = (typeof WORK_MODES)[number];

/** A field that a form sends empty says nothing. */
export function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
}

/** `a,b`, or the parameter several times. */
export function list<T extends string>(names: readonly T[], what: string) {
  const isName = (name: string): name is T => (names as readonly string[]).includes(name);
  return z.union([z.string(), z.array(z.string()).max(names.length)]).transform((value, context): readonly T[] => {
    const given = [...new Set([value].flat().flatMap((part) => part.split(',').filter((name) => name !== '')))];
    // Commas alone name nothing, which is neither all of them nor none.
    if (given.length > 0 && given.every(isName)) return given;
    context.addIssue({ code: 'custom', message: `must be names of ${what}; there are: ${names.join(', ')}` });
    return z.NEVER;
  });
}

/** Names that are not all known here: a pattern, and how many. */
export function names(pattern: RegExp, what: string, most: number, commas = true) {
  return z.union([z.string(), z.array(z.string())]).transform((value, context): readonly string[] => {
    const parts = [value].flat().flatMap((part) => (commas ? part.split(',') : [asStored(part)]));
    const given = [...new Set(parts.filter((name) => name !== ''))];
    if (given.length > 0 && given.length <= most && given.every((name) => pattern.test(name))) return given;
    context.addIssue({ code: 'custom', message: `must be ${what}, at most ${most}` });
    return z.NEVER;
  });
}

/** A whole number in digits: what else JavaScript takes for one (1e1, 0x10, blanks) is none here. */
export function digits(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.int(message).min(least, message).max(most, message),
  );
}

export const limit = digits(1, LIMIT_MAX).default(LIMIT_DEFAULT);

/** PostgreSQL text cannot hold NUL. */
export const words = z
  .string()
  .max(QUERY_LENGTH_MAX, `must have at most ${QUERY_LENGTH_MAX} characters`)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
  .transform(asStored);

const HOURS_OF: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

export interface Since {
  /** As it was given. */
  readonly text: string;
  /** The beginning of the time asked for. */
  from(now: Date): Date;
}

/** `7d`, `24h`, `2w`, a day, or a moment. A day begins in UTC. */
export const since = z.string().transform((text, context): Since => {
  const ago = /^(\d{1,5})([hdw])$/.exec(text);
  const hours = Number(ago?.[1]) * (HOURS_OF[ago?.[2] ?? ''] ?? 0);
  if (ago !== null && hours > 0 && hours <= DAYS_MAX * 24)
    return { text, from: (now) => new Date(now.getTime() - hours * 3_600_000) };
  const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text);
  if (ago === null && moment.success && moment.data > '1970') return { text, from: () => new Date(moment.data) };
  context.addIssue({
    code: 'custom',
    message: 'must be a day (2026-11-01), a moment (2026-11-01T08:00:00Z) or a time back from now (7d, 24h, 2w)',
  });
  return z.NEVER;
});

/** Names of sources in a body; `null` and an absent list mean the sources of the settings. */
export const sourceNames = z
  .array(
    z.string().refine((name): name is SourceName => isSourceName(name), {
      message: `is not a source; there are: ${SOURCE_NAMES.join(', ')}`,
    }),
  )
  .min(1, 'must name at least one source')
  .max(SOURCE_NAMES.length, `there are only ${SOURCE_NAMES.length} sources`);

/** The same as a parameter. */
export const sourceList = list(SOURCE_NAMES, 'sources');
