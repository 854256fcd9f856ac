/**
 * Pay by the year: the one function that filters, sorts and shows. It imports nothing but types, so that every role can use it.
 * Rates are data with a date; a comparison without a rate is unknown and never one to one.
 */

export type Period = 'year' | 'month' | 'week' | 'day' | 'hour';

export interface PayFigures {
  readonly min: number | null;
  readonly max: number | null;
  readonly currency: string | null;
  readonly period: Period | null;
}

/** Exchange rates, each of its day. */
export interface Rates {
  /** ISO 4217 of the currency that the others are told in. */
  readonly base: string;
  /** "2026-11-20": shown beside every converted figure. Day of the rates that have none of their own. */
  readonly date: string;
  /** Days of single rates. */
  readonly dates?: Readonly<Record<string, string>>;
  /** How many units of a currency one unit of the base buys. */
  readonly perBase: Readonly<Record<string, number>>;
}

export interface YearlyFigures {
  readonly min: number | null;
  readonly max: number | null;
  readonly currency: string;
  /** How many of the stated period make a year. */
  readonly times: number;
  /** Day of the rate, the older of two; null when nothing was converted. */
  readonly rateDate: string | null;
}

/** 40 hours in each of 52 weeks: one assumption in the whole product. */
export const TIMES_A_YEAR: Readonly<Record<Period, number>> = { year: 1, month: 12, week: 52, day: 260, hour: 2080 };

/** @returns the sums for a year in the stated currency, or null where the period or every sum is unknown */
export function yearlyInOwn({
  min,
  max,
  period,
}: PayFigures): { min: number | null; max: number | null; times: number } | null {
  if (period === null || (min === null && max === null)) return null;
  const times = TIMES_A_YEAR[period];
  return { min: byTimes(min, times), max: byTimes(max, times), times };
}

/**
 * @param currency ISO 4217 that the figures are wanted in
 * @returns null when they are not comparable: no period, no currency, or no rate for one of the two currencies
 */
export function yearlyPay(pay: PayFigures, rates: Rates | null, currency: string): YearlyFigures | null {
  const own = yearlyInOwn(pay);
  if (own === null || pay.currency === null) return null;
  if (pay.currency === currency) return { ...own, currency, rateDate: null };
  const rate = rateOf(pay.currency, currency, rates);
  if (rate === null || rates === null) return null;
  return {
    min: byTimes(own.min, rate),
    max: byTimes(own.max, rate),
    currency,
    times: own.times,
    rateDate: olderDate(pay.currency, currency, rates),
  };
}

/**
 * The filter: does the job pay at least this much a year?
 * @returns null when that is unknown; a filter must then show the job and say so, or the seeker chooses
 */
export function paysAtLeast(pay: PayFigures, amount: number, currency: string, rates: Rates | null): boolean | null {
  const top = topOf(yearlyPay(pay, rates, currency));
  return top === null ? null : top >= amount;
}

/** What lists are sorted by and filters look at: the upper end, or the lower one where no upper end is told. */
export function topOf(yearly: Pick<YearlyFigures, 'min' | 'max'> | null): number | null {
  return yearly === null ? null : (yearly.max ?? yearly.min);
}

function rateOf(from: string, to: string, rates: Rates | null): number | null {
  const source = perBase(from, rates);
  const target = perBase(to, rates);
  return source === null || target === null ? null : target / source;
}

function olderDate(from: string, to: string, rates: Rates): string {
  const days = [from, to].filter((code) => code !== rates.base).map((code) => rates.dates?.[code] ?? rates.date);
  return days.toSorted()[0] ?? rates.date;
}

function perBase(currency: string, rates: Rates | null): number | null {
  if (rates === null) return null;
  if (currency === rates.base) return 1;
  const rate = Object.hasOwn(rates.perBase, currency) ? rates.perBase[currency] : undefined;
  return rate !== undefined && Number.isFinite(rate) && rate > 0 ? rate : null;
}

/** In whole cents, so that the same sum is always the same number. */
function byTimes(value: number | null, times: number): number | null {
  return value === null ? null : Math.round(value * times * 100) / 100;
}
