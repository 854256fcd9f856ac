/** Readers of single fields that several sources share. They refuse what cannot be true instead of guessing. */
import type { PayPeriod } from '../posting.ts';

const YEAR_2000 = Date.UTC(2000, 0, 1);
const TWO_DAYS_MS = 2 * 24 * 3_600_000;

/**
 * When a posting was published: seconds or milliseconds since 1970 (below 1e12 is seconds), or ISO 8601 (without a zone: UTC).
 * @returns null for what is missing, unreadable, before 2000 or more than two days ahead
 */
export function statedDate(value: string | number | null | undefined, now = Date.now()): Date | null {
  const ms = typeof value === 'number' ? (value < 1e12 ? value * 1000 : value) : isoMs(value ?? '');
  return ms >= YEAR_2000 && ms <= now + TWO_DAYS_MS ? new Date(ms) : null;
}

function isoMs(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.NaN;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || text.length === 10;
  return Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
}

/** The address when it is one that a person can open, else null. */
export function webUrl(text: string | null | undefined): string | null {
  const url = URL.parse(text?.trim() ?? '');
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
}

/** All addresses that a person can open, each once, in order. */
export function webUrls(texts: readonly (string | null | undefined)[]): string[] {
  return [...new Set(texts.flatMap((text) => webUrl(text) ?? []))];
}

/** A figure that was stated: sources write 0 for "not stated". */
export function figure(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) || value <= 0 ? null : value;
}

/** @param word "YEAR", "per-hour-wage", "monthly": the period by its stem */
export function payPeriod(word: string | null | undefined): PayPeriod | null {
  const text = word?.toLowerCase() ?? '';
  const stems: readonly (readonly [RegExp, PayPeriod])[] = [
    [/hour/, 'hour'],
    [/da(y|il)/, 'day'],
    [/week/, 'week'],
    [/month/, 'month'],
    [/year|annu/, 'year'],
  ];
  return stems.find(([stem]) => stem.test(text))?.[1] ?? null;
}

/** ISO 4217 in upper case, or null for anything that is no such code. */
export function currencyCode(text: string | null | undefined): string | null {
  const code = text?.trim().toUpperCase() ?? '';
  return /^[A-Z]{3}$/.test(code) ? code : null;
}
