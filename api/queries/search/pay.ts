/** Filters by pay as ranges of what jobs state, for each currency and period, so that the row decides without converting. */
import type { Database } from '../../../shared/db/database.ts';
import { readRates } from '../../../shared/db/rates.ts';
import { type PayThreshold, payThresholds } from '../../../shared/pay/filter.ts';
import { type Period, type Rates, TIMES_A_YEAR, topOf, yearlyPay } from '../../../shared/pay/yearly.ts';

/** Thousands a year at the upper end: from the first on, below the second. */
export const PAY_BANDS = ['0-50', '50-80', '80-110', '110-150', '150+', 'unknown'] as const;
export type PayBand = (typeof PAY_BANDS)[number];

const EDGES = [0, 50_000, 80_000, 110_000, 150_000] as const;
export const CURRENCY_DEFAULT = 'EUR';

export interface PayFilter {
  /** "EURyear" to ranges of the stated upper sum: from, and below or null. */
  readonly ranges: Readonly<Record<string, readonly (readonly [from: number, below: number | null])[]>>;
  readonly unknownFits: boolean;
  /** The least that a year's upper sum in its own currency can be; undefined when jobs without pay fit. */
  readonly least: number | undefined;
}

export interface PayWish {
  readonly min: number | undefined;
  readonly bands: readonly PayBand[] | undefined;
  readonly currency: string;
  readonly unknownToo: boolean;
}

export function payFilter({ min, bands, currency, unknownToo }: PayWish, rates: Rates | null): PayFilter | undefined {
  if (min === undefined && bands === undefined) return undefined;
  const edges = EDGES.map((edge) => (edge === 0 ? new Map<string, number>() : thresholds(edge, currency, rates)));
  const least = min === undefined ? undefined : thresholds(min, currency, rates);
  // What can be compared at all is what has a threshold for any sum.
  const keys = [...thresholds(1, currency, rates).keys()];
  const wanted = bands?.map((band) => PAY_BANDS.indexOf(band)).filter((i) => i < EDGES.length) ?? [...EDGES.keys()];
  const ranges = keys.map((key) => {
    const own = wanted.flatMap((i) => {
      const from = Math.max(
        i === 0 ? Number.NEGATIVE_INFINITY : (edges[i]?.get(key) ?? 0),
        least?.get(key) ?? Number.NEGATIVE_INFINITY,
      );
      const below = edges[i + 1]?.get(key) ?? null;
      return below !== null && from >= below ? [] : [[Number.isFinite(from) ? from : -1e18, below] as const];
    });
    return [key, own] as const;
  });
  const unknownFits = bands === undefined ? unknownToo : bands.includes('unknown') && (min === undefined || unknownToo);
  return { ranges: Object.fromEntries(ranges), unknownFits, least: unknownFits ? undefined : leastOf(ranges) };
}

type Ranges = readonly (readonly [key: string, ranges: readonly (readonly [number, number | null])[]])[];

function leastOf(ranges: Ranges): number {
  return Math.min(...ranges.flatMap(([key, own]) => own.map(([from]) => from * TIMES_A_YEAR[key.slice(3) as Period])));
}

const NO_RATES = {};
/** Finding the cents takes a while; people ask for the same round sums. */
const made = new WeakMap<object, Map<string, ReadonlyMap<string, number>>>();
const MADE_MAX = 200;

function thresholds(amount: number, currency: string, rates: Rates | null): ReadonlyMap<string, number> {
  const known = made.get(rates ?? NO_RATES) ?? new Map<string, ReadonlyMap<string, number>>();
  made.set(rates ?? NO_RATES, known);
  const name = `${amount} ${currency}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MADE_MAX) known.clear();
  const fresh = byKey(payThresholds(amount, currency, rates));
  known.set(name, fresh);
  return fresh;
}

const byKey = (all: readonly PayThreshold[]) =>
  new Map(all.map(({ currency, period, least }) => [`${currency}${period}`, least]));

const RATES_KEPT_MS = 10_000;
const keptRates = new WeakMap<Database['pool'], { readonly at: number; readonly rates: Promise<Rates | null> }>();

export function currentRates(db: Pick<Database, 'pool'>): Promise<Rates | null> {
  const kept = keptRates.get(db.pool);
  if (kept !== undefined && performance.now() - kept.at < RATES_KEPT_MS) return kept.rates;
  const rates = readRates(db);
  keptRates.set(db.pool, { at: performance.now(), rates });
  rates.catch(() => keptRates.delete(db.pool));
  return rates;
}

/** The band of a stated sum; what cannot be compared is unknown. */
export function bandOf(
  stated: { readonly currency: string | null; readonly period: string | null; readonly top: number | null },
  currency: string,
  rates: Rates | null,
): PayBand {
  const period =
    stated.period !== null && Object.hasOwn(TIMES_A_YEAR, stated.period) ? (stated.period as Period) : null;
  const top = topOf(yearlyPay({ min: null, max: stated.top, currency: stated.currency, period }, rates, currency));
  if (top === null) return 'unknown';
  return PAY_BANDS[EDGES.findLastIndex((edge, i) => i === 0 || top >= edge)] ?? 'unknown';
}
