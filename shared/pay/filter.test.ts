import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payThresholds } from './filter.ts';
import { type PayFigures, paysAtLeast, type Rates, TIMES_A_YEAR, topOf, yearlyPay } from './yearly.ts';

const RATES: Rates = { base: 'EUR', date: '2026-11-20', perBase: { USD: 1.1, GBP: 0.855, JPY: 169.17, INR: 100.56 } };
const cents = fc.integer({ min: 0, max: 50_000_000 }).map((value) => value / 100);
const figures = fc.record<PayFigures>({
  min: fc.option(cents, { nil: null }),
  max: fc.option(cents, { nil: null }),
  currency: fc.constantFrom('EUR', 'USD', 'GBP', 'JPY', 'INR', 'XYZ', null),
  period: fc.constantFrom(...(Object.keys(TIMES_A_YEAR) as (keyof typeof TIMES_A_YEAR)[]), null),
});

/** What a statement does with the thresholds. */
function passes(pay: PayFigures, amount: number, currency: string, rates: Rates | null): boolean | null {
  const sum = pay.max ?? pay.min;
  const threshold = payThresholds(amount, currency, rates).find(
    (one) => one.currency === pay.currency && one.period === pay.period,
  );
  return sum === null || threshold === undefined ? null : sum >= threshold.least;
}

test('the thresholds say what the filter says, and the filter what is shown', () => {
  const amounts = fc.integer({ min: 1, max: 500_000 });
  const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'XYZ');
  fc.assert(
    fc.property(figures, amounts, currencies, fc.constantFrom(RATES, null), (pay, amount, currency, rates) => {
      const shown = topOf(yearlyPay(pay, rates, currency));
      const kept = paysAtLeast(pay, amount, currency, rates);
      expect(kept).toBe(shown === null ? null : shown >= amount);
      expect(passes(pay, amount, currency, rates)).toBe(kept);
    }),
    { seed: 7, numRuns: 3000 },
  );
});

test('at the very edge too, where a yen is less than a cent', () => {
  for (const currency of ['EUR', 'USD']) {
    for (const { currency: code, period, least } of payThresholds(60_000, currency, RATES)) {
      const of = (max: number) => paysAtLeast({ min: null, max, currency: code, period }, 60_000, currency, RATES);
      expect([of(least), of(least - 0.01)], `${code} ${period}`).toEqual([true, false]);
    }
  }
});

test('a currency without a rate is compared with itself only', () => {
  expect(payThresholds(100, 'XYZ', RATES).map(({ currency }) => currency)).toEqual(Array(5).fill('XYZ'));
  expect(payThresholds(100, 'EUR', null).every(({ currency }) => currency === 'EUR')).toBe(true);
});
