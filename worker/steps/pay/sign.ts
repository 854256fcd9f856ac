/** Which currency a sign means. What a country does not settle stays unknown: a wrong currency hides a job. */
import type { PayPeriod } from '../../posting.ts';
import { CURRENCY_OF_COUNTRY, PESO_COUNTRIES, SIGN_OF_COUNTRY, SIZES } from './currencies.ts';
import { isAmbiguous } from './figures.ts';

/** Where the posting comes from, as far as it helps to read its pay. */
export interface PayContext {
  /** ISO 3166-1 of the place of work, or null. */
  readonly country: string | null;
  /** Name of the source, lower-cased. */
  readonly source: string;
}

const NONE: ReadonlySet<string | null> = new Set();

/** Feeds that tell pay in US dollars where they name no currency, whatever the country. */
const DOLLAR_FEEDS = new Set(['remoteok', 'remotive', 'himalayas', 'usajobs', 'jobicy', 'workingnomads']);
/** Searched in, or home of, the United States: dollars where neither a currency nor a country is told. */
const DOLLAR_HOMES = new Set(['jsearch', 'lever']);

/**
 * @param sign ISO 4217, an ambiguous sign or null
 * @param qualified the other signs of the same text
 * @returns ISO 4217 or null
 */
export function currencyOf(
  sign: string | null,
  { country, source }: PayContext,
  qualified: ReadonlySet<string | null> = NONE,
): string | null {
  if (sign === null) return DOLLAR_FEEDS.has(source) ? 'USD' : currencyOfPlace(country, source);
  if (!isAmbiguous(sign)) return sign;
  if (sign === 'R') return country === 'ZA' ? 'ZAR' : null;
  const local = country === null ? undefined : SIGN_OF_COUNTRY[sign]?.[country];
  // "US: $160,000, Canada: C$140,000": whoever qualifies the own dollar means the other one by the bare sign
  if (local !== undefined) return sign === '$' && qualified.has(local) ? 'USD' : local;
  // An unqualified dollar is the US dollar wherever pesos and other dollars are not the local money.
  return sign === '$' && (country === null || !PESO_COUNTRIES.has(country)) ? 'USD' : null;
}

function currencyOfPlace(country: string | null, source: string): string | null {
  if (country === null) return DOLLAR_HOMES.has(source) ? 'USD' : null;
  return CURRENCY_OF_COUNTRY[country] ?? null;
}

/** The period of a figure that names none, where its size leaves one only. */
export function periodBySize(min: number | null, max: number | null, currency: string | null): PayPeriod | null {
  const size = SIZES[currency ?? ''];
  const low = min ?? max;
  const high = max ?? min;
  if (size === undefined || low === null || high === null) return null;
  if (size.yearFrom !== null && high >= size.yearFrom && low * 3 >= size.yearFrom) return 'year';
  return size.hourTo !== null && high <= size.hourTo && low >= 5 ? 'hour' : null;
}

/** Pay in US dollars' size that is still possible; outside of it a figure is a slip or no pay. */
const POSSIBLE: Readonly<Record<PayPeriod, readonly [low: number, high: number]>> = {
  year: [3000, 3_000_000],
  month: [250, 250_000],
  week: [60, 60_000],
  day: [15, 12_000],
  hour: [2.5, 1500],
};
/** Where a dollar's worth of money is a bigger part of a living, pay goes lower. */
const LOW_PAY = 0.15;
const RICH = new Set([
  'USD',
  'EUR',
  'GBP',
  'CAD',
  'AUD',
  'NZD',
  'CHF',
  'SGD',
  'SEK',
  'NOK',
  'DKK',
  'ILS',
  'JPY',
  'HKD',
]);

/** @returns false for a figure that cannot be pay for that period in that currency; true where nothing is known */
export function isPossible(value: number, currency: string | null, period: PayPeriod | null): boolean {
  const unit = SIZES[currency ?? '']?.unit;
  // without a period: possible for any of them
  const [low, high] = period === null ? [POSSIBLE.hour[0], POSSIBLE.year[1]] : POSSIBLE[period];
  if (unit === undefined) return value >= low * LOW_PAY;
  return value >= low * unit * (RICH.has(currency ?? '') ? 1 : LOW_PAY) && value <= high * unit;
}
