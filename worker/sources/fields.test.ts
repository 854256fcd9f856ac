import { describe, expect, test } from 'vitest';
import {
  countryCode,
  currencyCode,
  figure,
  lastDate,
  payInWords,
  payPeriod,
  placeText,
  remoteFlag,
  statedDate,
  webUrl,
  webUrls,
  workplace,
} from './fields.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('a stated date', () => {
  test.each([
    [1_794_787_200, '2026-11-16T00:00:00.000Z'],
    [1_794_234_035_000, '2026-11-09T14:20:35.000Z'],
    ['2026-11-16T09:12:44Z', '2026-11-16T09:12:44.000Z'],
    ['2026-11-13T09:02:50-05:00', '2026-11-13T14:02:50.000Z'],
    ['2026-11-18T00:00:12+0000', '2026-11-18T00:00:12.000Z'],
    ['2026-11-16', '2026-11-16T00:00:00.000Z'],
    ['2026-11-16T09:12:44', '2026-11-16T09:12:44.000Z'],
    ['2026-11-16 09:12:44', '2026-11-16T09:12:44.000Z'],
    ['2026-11-16 09:12:44 UTC', '2026-11-16T09:12:44.000Z'],
    ['2026-11-16 09:12:44+01:00', '2026-11-16T08:12:44.000Z'],
    ['2026-11-18T06:31:22.1170000', '2026-11-18T06:31:22.117Z'],
    ['2026-11-24T11:59:00Z', '2026-11-22T12:00:00.000Z'],
  ])('%j is %s', (value, expected) => {
    expect(statedDate(value, NOW)?.toISOString()).toBe(expected);
  });

  test.each([
    null,
    undefined,
    '',
    0,
    -5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    'yesterday',
    '16/11/2026',
    '2026-13-45',
    '1999-12-31T23:59:59Z',
    '2026-11-24T12:00:01Z',
    946_684_799,
    99_999_999_999_999,
  ])('%j is none', (value) => {
    expect(statedDate(value, NOW)).toBeNull();
  });
});

describe('a web address', () => {
  test.each([
    ['https://remoteOK.com/Jobs', 'https://remoteok.com/Jobs'],
    [' http://example.com/a b ', 'http://example.com/a%20b'],
  ])('%j is %s', (text, expected) => {
    expect(webUrl(text)).toBe(expected);
  });

  test.each([
    'javascript:alert(1)',
    'ftp://example.com/',
    'mailto:a@example.com',
    '/relative',
    '//example.com',
    '',
    null,
  ])('%j is none', (text) => {
    expect(webUrl(text)).toBeNull();
  });

  test('that comes twice is kept once', () => {
    expect(webUrls(['https://a.example', null, 'https://A.example/', 'https://b.example/'])).toEqual([
      'https://a.example/',
      'https://b.example/',
    ]);
  });
});

test.each([
  [0, null],
  [-1, null],
  [null, null],
  [undefined, null],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
  [1e308, null],
  [62.5, 62.5],
  [1_200_000_000, 1_200_000_000],
])('the figure %j is %j', (value, expected) => {
  expect(figure(value)).toBe(expected);
});

test.each([
  ['YEAR', 'year'],
  ['per-year-salary', 'year'],
  ['annual', 'year'],
  ['per-month-salary', 'month'],
  ['WEEK', 'week'],
  ['DAY', 'day'],
  ['daily', 'day'],
  ['per-hour-wage', 'hour'],
  ['hourly', 'hour'],
  ['one-time', null],
  ['', null],
  [null, null],
])('the pay period %j is %j', (word, expected) => {
  expect(payPeriod(word)).toBe(expected);
});

test.each([
  ['usd', 'USD'],
  [' EUR ', 'EUR'],
  ['US$', null],
  ['', null],
  [null, null],
])('the currency %j is %j', (text, expected) => {
  expect(currencyCode(text)).toBe(expected);
});

test.each([
  ['remote', 'remote'],
  ['Remote', 'remote'],
  ['HYBRID', 'hybrid'],
  ['on-site', 'onsite'],
  ['OnSite', 'onsite'],
  ['on_site', 'onsite'],
  ['unspecified', 'unknown'],
  ['not remote', 'unknown'],
  ['', 'unknown'],
  [null, 'unknown'],
] as const)('a workplace of %j is %s', (word, mode) => {
  expect(workplace(word)).toBe(mode);
});

test.each([
  [['us'], 'US'],
  [['DE', 'de '], 'DE'],
  [['DE', 'FR'], null],
  [['DE', null], null],
  [['Germany'], null],
  [[], null],
])('the countries %j are the country %j', (texts, country) => {
  expect(countryCode(texts)).toBe(country);
});

test.each([
  [['Austin', 'TX', 'US'], 'Austin, TX, US'],
  [['Madrid', 'Madrid', 'ES'], 'Madrid, ES'],
  [['', null, 'Germany'], 'Germany'],
  [['K&ouml;ln ', undefined], 'Köln'],
  [[], ''],
])('the parts %j are the place %j', (parts, place) => {
  expect(placeText(parts)).toBe(place);
});

test.each([
  [true, 'remote'],
  [false, 'onsite'],
  [null, 'unknown'],
  [undefined, 'unknown'],
])('a remote flag that is %j says %s', (flag, mode) => {
  expect(remoteFlag(flag)).toBe(mode);
});

test.each([
  ['$31,2k- $52k ', '$31,2k- $52k'],
  ['  ', undefined],
  ['', undefined],
  [null, undefined],
])('pay in words %j is %j and no figure yet', (words, raw) => {
  const none = { min: null, max: null, currency: null, period: null, estimated: false };
  expect(payInWords(words)).toEqual(raw === undefined ? null : { raw, ...none });
});

test.each([
  [1_796_083_200, '2026-12-01T00:00:00.000Z'],
  [1_796_083_200_000, '2026-12-01T00:00:00.000Z'],
  ['2026-12-01', '2026-12-01T23:59:59.999Z'],
  ['2026-07-30T11:01:01.6770', '2026-07-30T11:01:01.677Z'],
  ['2026-12-01T10:00:00+02:00', '2026-12-01T08:00:00.000Z'],
  ['soon', undefined],
  ['', undefined],
  [0, undefined],
  [4_200_000_000, undefined],
  [null, undefined],
  [{}, undefined],
])('open until %j ends at %s: a day ends at its end, and what is no date ends never', (value, expected) => {
  expect(lastDate(value)?.toISOString()).toBe(expected);
});
