import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PayFigures, paysAtLeast, type Rates, topOf, yearlyInOwn, yearlyPay } from './yearly.ts';

const RATES: Rates = { base: 'EUR', date: '2026-11-20', perBase: { USD: 1.1, GBP: 0.85, JPY: 165 } };
const pay = (more: Partial<PayFigures>): PayFigures => ({
  min: null,
  max: null,
  currency: 'USD',
  period: 'year',
  ...more,
});

describe('pay by the year', () => {
  test.each([
    ['year', 1],
    ['month', 12],
    ['week', 52],
    ['day', 260],
    ['hour', 2080],
  ] as const)('a %s counts %i times, and the assumption is told', (period, times) => {
    expect(yearlyInOwn(pay({ min: 10, max: 20, period }))).toEqual({ min: 10 * times, max: 20 * times, times });
  });

  test('is unknown without a period, without a figure, and for a comparison without a currency', () => {
    expect(yearlyInOwn(pay({ min: 10, period: null }))).toBeNull();
    expect(yearlyInOwn(pay({}))).toBeNull();
    expect(yearlyPay(pay({ min: 10, currency: null }), RATES, 'USD')).toBeNull();
  });

  test('is converted by the rate of a day that is told, over the base where need be', () => {
    expect(yearlyPay(pay({ min: 110_000 }), RATES, 'EUR')).toMatchObject({ min: 100_000, rateDate: '2026-11-20' });
    expect(yearlyPay(pay({ min: 85_000, currency: 'GBP' }), RATES, 'USD')).toMatchObject({
      min: 110_000,
      currency: 'USD',
    });
    expect(yearlyPay(pay({ min: 85_000 }), RATES, 'USD')).toMatchObject({ min: 85_000, rateDate: null });
  });

  test('is never one to one: without a rate the comparison is unknown', () => {
    expect(yearlyPay(pay({ min: 5_000_000, currency: 'KRW' }), RATES, 'EUR')).toBeNull();
    expect(yearlyPay(pay({ min: 5_000_000, currency: 'JPY' }), null, 'EUR')).toBeNull();
    expect(yearlyPay(pay({ min: 1 }), { ...RATES, perBase: { USD: 0 } }, 'EUR')).toBeNull();
    expect(paysAtLeast(pay({ min: 5_000_000, currency: 'KRW' }), 1, 'EUR', RATES)).toBeNull();
  });

  test('the filter agrees with what is shown', () => {
    const figure = fc.option(fc.integer({ min: 1, max: 400_000 }));
    const code = fc.constantFrom('USD', 'EUR', 'GBP', 'JPY', 'KRW', null);
    const period = fc.constantFrom('year', 'month', 'week', 'day', 'hour', null);
    fc.assert(
      fc.property(
        figure,
        figure,
        code,
        period,
        fc.integer({ min: 0, max: 400_000 }),
        (min, max, currency, told, amount) => {
          const some = { min, max, currency, period: told };
          const shown = topOf(yearlyPay(some, RATES, 'EUR'));
          expect(paysAtLeast(some, amount, 'EUR', RATES)).toBe(shown === null ? null : shown >= amount);
        },
      ),
    );
  });

  test('keeps the order of the ends through every conversion', () => {
    const low = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(low, low, fc.constantFrom('year', 'hour'), (a, b, period) => {
        const ordered = pay({ min: Math.min(a, b), max: Math.max(a, b), period });
        const shown = yearlyPay(ordered, RATES, 'JPY');
        expect(shown?.min ?? 0).toBeLessThanOrEqual(shown?.max ?? 0);
      }),
    );
  });
});
