import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StatedPay } from '../../posting.ts';
import { type PayInput, parsePay } from './parse-pay.ts';

const NOWHERE = { title: '', text: '', country: null, source: '' };
const freeText = (raw: string): StatedPay => ({
  raw,
  min: null,
  max: null,
  currency: null,
  period: null,
  estimated: false,
});
const ofField = (raw: string, more: Partial<PayInput> = {}) => parsePay({ ...NOWHERE, stated: freeText(raw), ...more });
const ofText = (text: string, country: string | null = 'US') => parsePay({ ...NOWHERE, stated: null, text, country });

/** "70-90 USD/hour", or undefined when nothing is known. */
function figures(pay: ReturnType<typeof parsePay>): string | undefined {
  if (pay === null || (pay.min === null && pay.max === null)) return undefined;
  return `${pay.min ?? '?'}-${pay.max ?? '?'} ${pay.currency ?? '?'}/${pay.period ?? '?'}`;
}

describe('a pay field', () => {
  test.each([
    ['$135 - 165k', 'US', '135000-165000 USD/year'],
    ['$31,2k- $52k', null, '31200-52000 USD/year'],
    ['65.000 € – 80.000 € brutto/Jahr', 'DE', '65000-80000 EUR/year'],
    ["CHF 110'000 - 130'000", 'CH', '110000-130000 CHF/year'],
    ['55\u202f000 – 65\u00a0000 € / an', 'FR', '55000-65000 EUR/year'],
    ['25-30 LPA', 'IN', '2500000-3000000 INR/year'],
    ['₹12,00,000 - ₹18,00,000', 'IN', '1200000-1800000 INR/year'],
    ['€ 4.200,- bruto per maand', 'NL', '4200-4200 EUR/month'],
    ['£500 - £550 Outside IR35', 'GB', '500-550 GBP/day'],
    ['Up to £65k + bonus', 'GB', '?-65000 GBP/year'],
    ['From $120,000', 'US', '120000-? USD/year'],
    ['$165k - $135k', 'US', '135000-165000 USD/year'],
    ['$120k base / $180k OTE', 'US', '120000-120000 USD/year'],
  ])('of %j in %s is %s', (raw, country, expected) => {
    expect(figures(ofField(raw, { country }))).toBe(expected);
  });

  test.each([
    '401(k) with 4% match',
    '15 - 20 days holiday',
    'Competitive',
    '$0 - $0',
    '$5,000 sign-on bonus',
    '$500/month home office stipend',
    'Series B, $40M raised',
    '$150,000 OTE',
    '$100,000 - $1,200,000',
    '20 - 40 hours per week',
    '#1 in identity, 500+ employees',
    '$99,999,999',
  ])('of %j is unknown', (raw) => {
    expect(figures(ofField(raw, { country: 'US' }))).toBeUndefined();
  });

  test('keeps the words of the source whatever was understood', () => {
    expect(ofField('Competitive')?.raw).toBe('Competitive');
    expect(ofField('$120k - $140k')?.raw).toBe('$120k - $140k');
  });

  test('keeps them in one line, without what is not seen', () => {
    const raw = " $120k\u200b -\r\n$140k\n=cmd|'/C calc'!A0 ";
    const tidy = "$120k - $140k =cmd|'/C calc'!A0";
    expect(ofField(raw)?.raw).toBe(tidy);
    expect(parsePay({ ...NOWHERE, stated: { ...freeText(raw), min: 120_000, max: 140_000 } })?.raw).toBe(tidy);
  });

  test('an absurd end is dropped, the other kept, and both facts are told', () => {
    const pay = ofField('4 | 5500 monthly', { source: 'himalayas' });
    expect(figures(pay)).toBe('?-5500 USD/month');
    expect(pay?.flags).toEqual(['bound_dropped']);
  });

  test('an estimate of the source is marked, and gives way to what the advert itself says', () => {
    const stated = { ...freeText('121544 | 121544'), min: 121_544, max: 121_544, currency: 'USD', estimated: true };
    expect(parsePay({ ...NOWHERE, stated })).toMatchObject({ min: 121_544, estimated: true });
    const told = parsePay({ ...NOWHERE, stated, text: 'The salary is $100,000 to $110,000.', country: 'US' });
    expect(told).toMatchObject({ min: 100_000, max: 110_000, estimated: false, from: 'text' });
  });

  test('figures without a currency or a period take them from the source, else from the country, else from nothing', () => {
    const stated = { ...freeText('30 | 36'), min: 30, max: 36 };
    expect(figures(parsePay({ ...NOWHERE, stated, source: 'remoteok' }))).toBe('30-36 USD/hour');
    expect(figures(parsePay({ ...NOWHERE, stated, country: 'DE' }))).toBe('30-36 EUR/hour');
    expect(figures(parsePay({ ...NOWHERE, stated }))).toBe('30-36 ?/?');
  });
});

describe('a sign that several currencies share', () => {
  test.each([
    ['$95,000 - $110,000', 'CA', 'CAD'],
    ['$95,000 - $110,000', 'AU', 'AUD'],
    ['$95,000 - $110,000', null, 'USD'],
    ['C$95,000 - C$110,000', 'US', 'CAD'],
    ['$95,000 - $110,000 CAD', 'US', 'CAD'],
    ['$35,000 - $40,000', 'MX', null],
    ['¥8,000,000 - ¥12,000,000 per year', null, null],
    ['600 000 - 750 000 kr per year', 'NO', 'NOK'],
    ['600 000 - 750 000 kr per year', null, null],
  ])('%j in %s means %s', (raw, country, currency) => {
    expect(ofField(raw, { country })?.currency ?? null).toBe(currency);
  });

  test('who qualifies the own dollar means the other one by the bare sign', () => {
    const text = 'US base salary: $160,000 - $190,000. Canada base salary: C$140,000 - C$165,000.';
    expect(figures(ofText(text, 'CA'))).toBe('140000-165000 CAD/year');
    expect(figures(ofText(text, 'US'))).toBe('160000-190000 USD/year');
    const nowhere = ofText(text, null);
    expect(figures(nowhere)).toBeUndefined();
    expect(nowhere?.flags).toEqual(['several_currencies']);
  });
});

describe('pay in the text of an advert', () => {
  test.each([
    ['The base salary range for this role is $135,000 to $165,000 per year.', '135000-165000 USD/year'],
    ['Pay range\n\n$128,000 — $160,000 USD', '128000-160000 USD/year'],
    ['Zone 1: salary $140k-$160k, Zone 2: $130k-$150k', '130000-160000 USD/year'],
    ['London | £600 a day | 6 months', '600-600 GBP/day'],
    ['Equity and bonus come on top of a base salary of $155,000.', '155000-155000 USD/year'],
  ])('%j is %s', (text, expected) => {
    expect(figures(ofText(text))).toBe(expected);
  });

  test.each([
    'We raised $40,000,000 and serve 500 customers.',
    'You manage a budget of $200,000 to $500,000 per year.',
    'You will get a sign-on bonus of $10,000.',
    'Our product saves customers $100,000 a year.',
    'A $1,500 annual learning stipend, and $500 for your home office.',
    'Each user costs $20 per month.',
  ])('%j is none', (text) => {
    expect(figures(ofText(text))).toBeUndefined();
  });

  test('comes with the words that it stands in', () => {
    const pay = ofText('About us.\nCompensation: $70-$85/hr on W2.');
    expect(pay).toMatchObject({ from: 'text', raw: 'Compensation: $70-$85/hr' });
  });

  test('is not looked for where the source states it', () => {
    const stated = { ...freeText('x'), min: 90_000, max: 95_000, currency: 'USD', period: 'year' } as const;
    const pay = parsePay({ ...NOWHERE, stated, text: 'The salary is $10,000 to $11,000 a year.' });
    expect(pay).toMatchObject({ min: 90_000, max: 95_000, from: 'field' });
  });
});

const piece = fc.constantFrom(
  ...[
    '$',
    '€',
    'EUR ',
    'USD',
    '1',
    '12',
    '120',
    '120,000',
    '1.5',
    'k',
    ' - ',
    '–',
    ' to ',
    ' per hour',
    '/yr',
    ' a year',
  ],
  ...[
    'salary ',
    'bonus',
    'up to ',
    'LPA',
    '%',
    '(',
    ')',
    '\n',
    ' | ',
    '0',
    '.',
    ',',
    ' ',
    'M',
    '401(k)',
    'kr',
    '¥',
    '万',
    '💥',
    '\0',
  ],
);
const someText = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
);

describe('whatever is written', () => {
  test('the lower end is never above the upper end, figures are positive, and no period means no year', () => {
    fc.assert(
      fc.property(
        someText,
        fc.constantFrom('US', 'DE', 'IN', null),
        fc.constantFrom('field', 'text', 'title'),
        (some, country, place) => {
          const pay = parsePay({
            stated: place === 'field' ? freeText(some) : null,
            title: place === 'title' ? some : '',
            text: place === 'text' ? some : '',
            country,
            source: '',
          });
          if (pay === null) return;
          expect(pay.min ?? 1).toBeGreaterThan(0);
          expect(pay.max ?? 1).toBeGreaterThan(0);
          if (pay.min !== null && pay.max !== null) expect(pay.min).toBeLessThanOrEqual(pay.max);
          if (pay.min === null && pay.max === null)
            expect([pay.currency, pay.period, pay.yearly]).toEqual([null, null, null]);
          expect(pay.yearly === null).toBe(pay.period === null);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('figures of a source come out ordered and possible', () => {
    const figure = fc.oneof(fc.double(), fc.integer({ min: -10, max: 500_000 }), fc.constant(null));
    fc.assert(
      fc.property(figure, figure, (min, max) => {
        const pay = parsePay({ ...NOWHERE, stated: { ...freeText(''), min, max, currency: 'USD' } });
        expect(Number.isFinite(pay?.min ?? 0) && Number.isFinite(pay?.max ?? 0)).toBe(true);
        if (pay?.min != null && pay.max !== null) expect(pay.max / pay.min).toBeLessThanOrEqual(10);
      }),
    );
  });

  test.each(['1,', '$1-', '$100k ', 'salary: ', '(', '1万', '11,11,', '$1 - ', 'excluding ', '\u00a0', '1 % '])(
    'twenty thousand characters of %j take a moment',
    (some) => {
      const long = some.repeat(Math.ceil(20_000 / some.length));
      const start = performance.now();
      parsePay({ ...NOWHERE, stated: freeText(long) });
      parsePay({ ...NOWHERE, stated: null, title: long, text: long });
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );
});
