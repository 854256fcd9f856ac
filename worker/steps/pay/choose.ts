/** From the mentions of pay in one text to the pay of the posting: one currency, one period, the widest of its ranges. */
import type { PayFlag, PayPeriod } from '../../posting.ts';
import { honestBounds, honestPay } from './bounds.ts';
import { CURRENCY_OF_COUNTRY, IN_MILLIONS } from './currencies.ts';
import type { Mention } from './mentions.ts';
import { currencyOf, type PayContext } from './sign.ts';

/** A mention that is pay, with its signs resolved. */
export interface Offer {
  readonly mention: Mention;
  readonly min: number | null;
  readonly max: number | null;
  readonly currency: string | null;
  readonly period: PayPeriod | null;
  readonly flags: readonly PayFlag[];
}

export interface Choice {
  readonly min: number | null;
  readonly max: number | null;
  readonly currency: string | null;
  readonly period: PayPeriod | null;
  readonly flags: readonly PayFlag[];
  /** The first and the last mention that it is made of. */
  readonly from: Mention;
  readonly to: Mention;
}

/** What holds for all figures of a text. */
export interface Told {
  readonly sign: string | null;
  readonly period: PayPeriod | null;
  readonly signs: ReadonlySet<string | null>;
}

/** Contractors' law of the United Kingdom: whoever names it tells a day's rate. */
const IR35 = /\bIR-?35\b/i;
const DAY_RATE_GBP: readonly [number, number] = [150, 2000];

/**
 * @returns null when the mention is no pay that could be true
 */
export function offerOf(mention: Mention, text: string, context: PayContext, told: Told): Offer | null {
  const currency = currencyOf(mention.sign ?? told.sign, context, told.signs);
  if (mention.isBig && !IN_MILLIONS.has(currency ?? '')) return null;
  const period = mention.period ?? told.period ?? dayRate(mention.min ?? mention.max, currency, text);
  const { bounds, period: known } = honestPay(mention.min, mention.max, currency, period);
  if (bounds.min === null && bounds.max === null) return null;
  return { mention, ...bounds, currency, period: known, flags: flagsOf(mention, bounds) };
}

function dayRate(value: number | null, currency: string | null, text: string): PayPeriod | null {
  const [low, high] = DAY_RATE_GBP;
  return currency === 'GBP' && value !== null && value >= low && value <= high && IR35.test(text) ? 'day' : null;
}

function flagsOf({ min, max }: Mention, bounds: { min: number | null; max: number | null }): PayFlag[] {
  if (min === null || max === null) return [];
  if (bounds.min === null || bounds.max === null) return ['bound_dropped'];
  return min > max ? ['swapped'] : [];
}

/** @returns undefined when no mention is pay, null when several currencies are told and nothing says which is meant */
export function choose(offers: readonly Offer[], { country }: PayContext): Choice | null | undefined {
  const [first] = offers;
  if (first === undefined) return undefined;
  const group = groupOf(offers, first, country);
  if (group === null) return null;
  const ranges = group.filter(({ mention }) => mention.isRange);
  const bounded = group.filter(({ min, max }) => min === null || max === null);
  const used =
    ranges.length > 0
      ? ranges
      : bounded.length === group.length
        ? bounded
        : group.filter((offer) => !bounded.includes(offer));
  return widest(used) ?? widest(used.slice(0, 1));
}

/** The offers of one currency and period: the local currency where the country is known, else the only one, else none. */
function groupOf(offers: readonly Offer[], first: Offer, country: string | null): readonly Offer[] | null {
  const currencies = new Set(offers.map((offer) => offer.currency));
  let lead = first;
  if (currencies.size > 1) {
    const local = CURRENCY_OF_COUNTRY[country ?? ''];
    const ofCountry = offers.find((offer) => offer.currency === local);
    if (ofCountry !== undefined) lead = ofCountry;
    else if (!isConverted(offers)) return null;
  }
  return offers.filter((offer) => offer.currency === lead.currency && offer.period === lead.period);
}

/** "€65,000 ($70,000)": the second is the first once more. */
function isConverted([first, second, ...more]: readonly Offer[]): boolean {
  return (
    first !== undefined &&
    second !== undefined &&
    more.length === 0 &&
    /\(\s*(?:ca\.?|approx\.?|about|~|≈)?\s*$/i.test(second.mention.before)
  );
}

function widest(offers: readonly Offer[]): Choice | null {
  const [first] = offers;
  const last = offers.at(-1);
  if (first === undefined || last === undefined) return null;
  const mins = offers.flatMap(({ min }) => min ?? []);
  const maxes = offers.flatMap(({ max }) => max ?? []);
  const min = mins.length > 0 ? Math.min(...mins) : null;
  const max = maxes.length > 0 ? Math.max(...maxes) : null;
  const bounds = honestBounds(min, max, first.currency, first.period);
  if (offers.length > 1 && bounds.min === null && bounds.max === null) return null;
  const several: PayFlag[] =
    offers.length > 1 && !offers.every((offer) => offer.min === first.min && offer.max === first.max)
      ? ['several_ranges']
      : [];
  const flags = [...new Set([...offers.flatMap((offer) => offer.flags), ...several])];
  return { ...bounds, currency: first.currency, period: first.period, flags, from: first.mention, to: last.mention };
}
