/** What the head of an answer tells of the quota. Servers agree on the names hardly, and on the meaning of "reset" not at all. */
import { type Period, type SourceName, sourceInfo } from '../../shared/sources.ts';

export interface QuotaTold {
  readonly period: Period;
  readonly left: number;
  readonly resetsMs: number;
}

const PERIOD_MS: Readonly<Record<Period, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 24 * 3_600_000,
  week: 7 * 24 * 3_600_000,
  month: 31 * 24 * 3_600_000,
  lifetime: Number.POSITIVE_INFINITY,
};

/**
 * Reads `<prefix>-remaining` and `<prefix>-reset` of the source's period. A reset is a number of seconds from now or since 1970;
 * one that is missing or further away than the period is taken for the whole period, which is the most careful reading.
 * @param headers names in lower case
 */
export function quotaTold(
  source: SourceName,
  headers: Readonly<Record<string, string>>,
  now: number,
): QuotaTold | undefined {
  const { quotaHeader } = sourceInfo(source).limits;
  if (quotaHeader === undefined) return undefined;
  const { prefix, period } = quotaHeader;
  const left = wholeNumber(headers[`${prefix}-remaining`]);
  if (left === undefined) return undefined;
  const reset = wholeNumber(headers[`${prefix}-reset`]);
  const inMs = reset === undefined ? PERIOD_MS[period] : reset >= 1e9 ? reset * 1000 - now : reset * 1000;
  return { period, left, resetsMs: Math.min(Math.max(0, inMs), PERIOD_MS[period]) };
}

/** A list of several policies ("10, 0") names the tightest one. */
function wholeNumber(text: string | undefined): number | undefined {
  const numbers = (text ?? '').split(',').map((part) => part.trim());
  if (numbers.some((part) => !/^\d{1,15}$/.test(part))) return undefined;
  return Math.min(...numbers.map(Number));
}
