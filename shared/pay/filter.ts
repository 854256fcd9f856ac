/** The filter by pay as conditions that an index can answer, which agree with what is shown to the cent. */
import { type Period, paysAtLeast, type Rates, TIMES_A_YEAR } from './yearly.ts';

/** A job of this currency and period passes when its upper sum, or its lower one where none is told, is at least this much. */
export interface PayThreshold {
  readonly currency: string;
  readonly period: Period;
  readonly least: number;
}

const PERIODS = Object.keys(TIMES_A_YEAR) as Period[];

/**
 * @param amount a year, in `currency`
 * @returns one threshold for each period of each currency that can be compared; what is in none of them is unknown, not too little
 */
export function payThresholds(amount: number, currency: string, rates: Rates | null): PayThreshold[] {
  const codes = new Set([currency, ...(rates === null ? [] : [rates.base, ...Object.keys(rates.perBase)])]);
  return [...codes].flatMap((code) =>
    PERIODS.flatMap((period) => {
      const least = leastOf(amount, currency, code, period, rates);
      return least === undefined ? [] : [{ currency: code, period, least }];
    }),
  );
}

/**
 * The smallest sum in whole cents that `paysAtLeast` accepts: it decides, this only looks for where. Backwards alone would be off
 * by what was rounded on the way: half a euro cent is most of a yen.
 */
function leastOf(
  amount: number,
  currency: string,
  code: string,
  period: Period,
  rates: Rates | null,
): number | undefined {
  const rate = rateBetween(code, currency, rates);
  if (rate === undefined) return undefined;
  const passes = (cents: number) =>
    paysAtLeast({ min: null, max: cents / 100, currency: code, period }, amount, currency, rates) === true;
  // A cent in the wanted currency is more than all rounding together.
  const cents = (sum: number) => (sum / (rate * TIMES_A_YEAR[period])) * 100;
  let below = Math.floor(cents(amount - 0.02)) - 1;
  let enough = Math.ceil(cents(amount + 0.02)) + 1;
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (passes(middle)) enough = middle;
    else below = middle;
  }
  return enough / 100;
}

function rateBetween(from: string, to: string, rates: Rates | null): number | undefined {
  if (from === to) return 1;
  const per = (code: string) => (code === rates?.base ? 1 : rates?.perBase[code]);
  const [source, target] = [per(from), per(to)];
  return source === undefined || target === undefined || !(source > 0) || !(target > 0) ? undefined : target / source;
}
