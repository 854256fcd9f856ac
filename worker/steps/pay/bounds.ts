/** Makes two bounds out of what a source or a text claims: ordered, possible, and close enough to each other to mean one job. */
import type { PayPeriod } from '../../posting.ts';
import { isPossible, periodBySize } from './sign.ts';

export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** A range wider than this is a slip in one of its ends, or two different things. */
const RATIO_MAX = 10;

/**
 * Bounds with the period that they are told for or that their size leaves. A bound that is no pay for any period must not
 * decide what the other one is.
 */
export function honestPay(
  min: number | null,
  max: number | null,
  currency: string | null,
  told: PayPeriod | null,
): { bounds: Bounds; period: PayPeriod | null } {
  const low = possible(min, currency, told);
  const high = possible(max, currency, told);
  const period = told ?? periodBySize(low, high, currency);
  return { bounds: honestBounds(low, high, currency, period), period };
}

/** Zero is "not stated". A bound that cannot be pay is dropped and the other kept; two possible ones that cannot belong together are both dropped. */
export function honestBounds(
  min: number | null,
  max: number | null,
  currency: string | null,
  period: PayPeriod | null,
): Bounds {
  const [low, high] = min !== null && max !== null && min > max && max > 0 ? [max, min] : [min, max];
  const kept = { min: possible(low, currency, period), max: possible(high, currency, period) };
  if (kept.min !== null && kept.max !== null && kept.max > kept.min * RATIO_MAX) return { min: null, max: null };
  return kept;
}

function possible(value: number | null, currency: string | null, period: PayPeriod | null): number | null {
  return value !== null && Number.isFinite(value) && value > 0 && isPossible(value, currency, period) ? value : null;
}
