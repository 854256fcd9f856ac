/** Structured pay fields that arrive as one text: "30 | 36", "per-hour-wage 62 75", "GBP 75000 90000 Y", "120579.00 | 156755.00 PA". */
import type { PayPeriod } from '../../posting.ts';
import { CODES } from './currencies.ts';
import { periodOfToken } from './periods.ts';

export interface FieldTokens {
  /** The text without what was read from it as a flag. */
  readonly text: string;
  readonly sign: string | null;
  readonly period: PayPeriod | null;
  /** The source says that it guessed: Adzuna's `salary_is_predicted`, Glassdoor's and Indeed's "est.". */
  readonly isEstimated: boolean;
}

const PREDICTED = /\b(?:salary is |is )?predicted\s*[=:]?\s*(1|0|true|false)\b/i;
const GUESSED =
  /\((?:glassdoor|indeed|source|linkedin)[ -]est(?:imated|imate)?\.?\)|\b(?:estimated by (?:the )?(?:source|glassdoor|indeed|adzuna)|glassdoor est|adzuna estimate|jobsworth)\b/i;
/** Ashby's intervals: "1 YEAR". */
const INTERVAL = /\b1[ -](year|month|week|day|hour)\b/i;
/** Not the "k" or "M" that touches its figure. */
const WORD = /(?<![\d\p{L}])\p{L}[\p{L}.-]*/gu;
/** Careerjet's and Lever's fields, as they are joined: two figures with a blank between them are two figures. */
const TWO_FIGURES = /^((?:[A-Z]{3}|per-[a-z-]+) \d[\d.]*) ([1-9][\d.]*)(?= [A-Z]{1,3}$|$)/;
/** Words that a field of figures may hold without being a sentence. */
const FIELD_WORDS = new Set([
  'salary',
  'wage',
  'pay',
  'rate',
  'range',
  'min',
  'max',
  'to',
  'currency',
  'per',
  'bw',
  'k',
  'interval',
  'period',
  'amount',
  'minimum',
  'maximum',
]);

export function readTokens(raw: string): FieldTokens {
  const predicted = PREDICTED.exec(raw);
  const isEstimated = predicted?.[1] === '1' || predicted?.[1]?.toLowerCase() === 'true' || GUESSED.test(raw);
  const text = raw
    .replace(PREDICTED, ' ')
    .replace(GUESSED, ' ')
    .replace(INTERVAL, '$1')
    .replaceAll('_', ' ')
    .replace(TWO_FIGURES, '$1 | $2');
  if (!isPlainField(text)) return { text, sign: null, period: null, isEstimated };
  const words = text.match(WORD) ?? [];
  const signs = new Set(words.filter((word) => CODES.has(word)));
  const periods = new Set(words.flatMap((word) => periodOfToken(word) ?? []));
  return { text, sign: only(signs), period: only(periods), isEstimated };
}

/** True for a text of figures, codes and tokens alone: its figures are pay without a sign beside them. */
export function isPlainField(text: string): boolean {
  const words = text.match(WORD) ?? [];
  return words.every((word) => CODES.has(word) || FIELD_WORDS.has(word.toLowerCase()) || periodOfToken(word) !== null);
}

function only<T>(values: ReadonlySet<T>): T | null {
  const [value] = values;
  return values.size === 1 && value !== undefined ? value : null;
}
