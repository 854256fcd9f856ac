/** Readers of single fields that several sources share. They refuse what cannot be true instead of guessing. */
import type { PayPeriod, StatedPay, WorkMode } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';

const YEAR_2100 = Date.UTC(2100, 0);
const DAY_MS = 86_400_000;
const YEAR_2000 = Date.UTC(2000, 0, 1);
const TWO_DAYS_MS = 2 * 24 * 3_600_000;
/** A year's pay in the smallest of currencies has ten digits. */
const FIGURE_MAX = 1e11;

/**
 * When a posting was published: seconds or milliseconds since 1970 (below 1e12 is seconds), or ISO 8601 (without a zone, or
 * with " UTC" behind it: UTC). A date that is ahead of us by a time zone or a clock is `now`: nothing was posted tomorrow.
 * @returns null for what is missing, unreadable, before 2000 or more than two days ahead
 */
export function statedDate(value: string | number | null | undefined, now = Date.now()): Date | null {
  const ms = typeof value === 'number' ? (value < 1e12 ? value * 1000 : value) : isoMs(value ?? '');
  return ms >= YEAR_2000 && ms <= now + TWO_DAYS_MS ? new Date(Math.min(ms, now)) : null;
}

function isoMs(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.NaN;
  const iso = text.trim().replace(/ UTC$/, 'Z').replace(' ', 'T');
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso) || iso.length === 10;
  return Date.parse(hasZone ? iso : `${iso}Z`);
}

/** Until when something is open: as `statedDate`, but in the future as well; a day without a time of day ends at its end. */
export function lastDate(value: unknown): Date | null {
  const ms = typeof value === 'number' ? (value < 1e12 ? value * 1000 : value) : isoMs(String(value ?? ''));
  if (!(ms >= YEAR_2000 && ms < YEAR_2100)) return null;
  const isDay = typeof value === 'string' && value.trim().length === 10;
  return new Date(isDay ? ms + DAY_MS - 1 : ms);
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

/** A figure that was stated: sources write 0 for "not stated", and now and then what nobody is paid. */
export function figure(value: number | null | undefined): number | null {
  return value === null || value === undefined || Number.isNaN(value) || value <= 0 || value > FIGURE_MAX
    ? null
    : value;
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

/** How one works, from a field that can mean nothing else ("on-site", "OnSite", "on_site"); anything else is unknown. */
export function workplace(word: string | null | undefined): WorkMode {
  const plain = word?.toLowerCase().replace(/[^a-z]/g, '') ?? '';
  return plain === 'remote' || plain === 'hybrid' || plain === 'onsite' ? plain : 'unknown';
}

/** ISO 3166-1 alpha-2 in upper case when every text is the same code, else null. */
export function countryCode(texts: readonly (string | null | undefined)[]): string | null {
  const codes = new Set(texts.map((text) => text?.trim().toUpperCase() ?? ''));
  const [code = ''] = codes;
  return codes.size === 1 && /^[A-Z]{2}$/.test(code) ? code : null;
}

/** A place from its parts, from small to large: what is empty or said twice in a row is left out. */
export function placeText(parts: readonly (string | null | undefined)[]): string {
  const told = parts.map((part) => decodeLine(part ?? '')).filter(Boolean);
  return told.filter((part, i) => part !== told[i - 1]).join(', ');
}

/** ISO 4217 in upper case, or null for anything that is no such code. */
export function currencyCode(text: string | null | undefined): string | null {
  const code = text?.trim().toUpperCase() ?? '';
  return /^[A-Z]{3}$/.test(code) ? code : null;
}

/** A field that only says whether it is remote. Null is "not told": it must not become on-site. */
export function remoteFlag(remote: boolean | null | undefined): WorkMode {
  if (remote === true) return 'remote';
  return remote === false ? 'onsite' : 'unknown';
}

/** Pay that a field tells in words ("$31,2k- $52k"); they are read later, with the rest of the posting. */
export function payInWords(words: string | null | undefined): StatedPay | null {
  const raw = words?.trim() ?? '';
  return raw === '' ? null : { raw, min: null, max: null, currency: null, period: null, estimated: false };
}
