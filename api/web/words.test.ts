import { describe, expect, test } from 'vitest';
import { agoText, payText } from './words.ts';

const now = new Date('2026-11-22T12:00:00Z');
const pay = { raw: 'as stated', min: null, max: null, currency: null, period: null, estimated: false } as const;

describe('payText', () => {
  test.each([
    [{ min: 95_000, max: 120_000, currency: 'EUR', period: 'year' }, '€95,000 – €120,000 a year'],
    [{ min: 60, max: 60, currency: 'USD', period: 'hour' }, '$60 an hour'],
    [{ min: 62.5, max: null, currency: 'USD', period: 'hour' }, 'from $62.50 an hour'],
    [{ min: null, max: 80_000, currency: 'GBP', period: null }, 'up to £80,000'],
    [{ min: 50_000, max: 70_000 }, '50,000 – 70,000'],
    [{ min: 50_000, max: 70_000, currency: 'euros' }, '50,000 – 70,000'],
    [{}, 'as stated'],
  ] as const)('%j reads %s', (stated, text) => {
    expect(payText({ ...pay, ...stated })).toBe(text);
  });
});

describe('agoText', () => {
  test.each([
    ['2026-11-22T11:59:30Z', 'just now'],
    ['2026-11-22T11:58:00Z', '2 minutes ago'],
    ['2026-11-22T02:00:00Z', '10 hours ago'],
    ['2026-11-21T11:00:00Z', 'yesterday'],
    ['2026-11-10T12:00:00Z', '12 days ago'],
    ['2026-09-01T12:00:00Z', '2 months ago'],
    ['2024-01-01T00:00:00Z', '2 years ago'],
    ['2026-11-22T12:00:30Z', 'in a moment'],
    ['2026-11-24T12:00:00Z', 'in 2 days'],
  ])('%s is %s', (moment, text) => {
    expect(agoText(new Date(moment), now)).toBe(text);
  });
});
