/** What zod finds wrong, in the words of all other refusals: "must be ...". A schema that says it better itself goes first. */
import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};
const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  date: 'a day: 2026-11-30',
  datetime: 'a moment: 2026-11-30T08:00:00Z',
  email: 'a mail address',
  url: 'an address',
};
/** Values that one sentence lists. */
const LISTED_MAX = 40;

/** For `safeParse(value, { error: plainWords })`. @returns undefined where zod's own words are left */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      // 1.5 and NaN are numbers, too, and to say so helps nobody.
      return typeof issue.input === 'number'
        ? `must be ${kindOf(issue.expected)}`
        : `must be ${kindOf(issue.expected)}, not ${kindOf(typeOf(issue.input))}`;
    case 'invalid_value': {
      const shown = issue.values.slice(0, LISTED_MAX).map((value) => String(value));
      return `must be ${shown.length === 1 ? '' : 'one of '}${shown.join(', ')}`;
    }
    case 'invalid_format':
      return issue.format in FORMATS ? `must be ${FORMATS[issue.format]}` : 'is not in the form that is expected here';
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      return `must ${bound(issue.origin, 'at least', Number(issue.minimum))}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', Number(issue.maximum))}`;
    case 'invalid_union':
      return 'is none of the forms that are understood here';
    default:
      return undefined;
  }
};

function bound(origin: string, relation: string, limit: number): string {
  if (origin === 'string') return `have ${relation} ${limit} characters`;
  if (origin === 'array') return `have ${relation} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `be ${relation} ${limit}`;
}

const kindOf = (type: string) => KINDS[type] ?? type;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
