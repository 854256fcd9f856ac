import { describe, expect, test } from 'vitest';
import { countryOf, employerOf, employmentOf, payOf, placesOf, textOf, urlOf, workModeOf } from './schema-org.ts';

const place = (address: unknown, name?: string) => ({
  '@type': 'Place',
  address,
  ...(name === undefined ? {} : { name }),
});
const madrid = place({ addressLocality: 'Madrid', addressRegion: 'Madrid', addressCountry: 'ES' });

describe('places', () => {
  test.each([
    ['one place', { jobLocation: madrid }, ['Madrid, ES']],
    ['a list', { jobLocation: [madrid, place('Berlin, Germany')] }, ['Madrid, ES', 'Berlin, Germany']],
    ['a text', { jobLocation: 'Utrecht' }, ['Utrecht']],
    ['a country as a thing', { jobLocation: place({ addressCountry: { '@type': 'Country', name: 'DE' } }) }, ['DE']],
    ['a town in a list', { jobLocation: place({ addressLocality: ['K&ouml;ln'] }) }, ['Köln']],
    ['a name only', { jobLocation: { name: 'Head office' } }, ['Head office']],
    ["the employer's name", { hiringOrganization: 'Acme', jobLocation: { name: 'Acme' } }, []],
    [
      'where the worker may live',
      { jobLocation: [], applicantLocationRequirements: [{ name: 'USA' }, { name: 'Canada' }] },
      ['USA', 'Canada'],
    ],
    ['nothing', {}, []],
    ['nonsense', { jobLocation: [null, 7, { address: [] }, {}], applicantLocationRequirements: {} }, ['7']],
  ])('are read from %s', (_, posting, places) => {
    expect(placesOf(posting)).toEqual(places);
  });

  test('have a country when all say the same code', () => {
    expect(countryOf({ jobLocation: [madrid, madrid] })).toBe('ES');
    expect(countryOf({ jobLocation: [madrid, place('Berlin')] })).toBeNull();
    expect(countryOf({ jobLocation: place({ addressCountry: 'Spain' }) })).toBeNull();
    expect(countryOf({})).toBeNull();
  });

  test('without end are cut', () => {
    expect(placesOf({ jobLocation: Array.from({ length: 5000 }, (_, i) => `Town ${i}`) })).toHaveLength(50);
  });
});

describe('pay', () => {
  const pay = (more: object) => ({ currency: null, period: null, estimated: false, ...more });
  const range = { '@type': 'QuantitativeValue', minValue: 135000, maxValue: '165000', unitText: 'YEAR' };
  test.each([
    [
      'a range',
      { currency: 'USD', value: range },
      pay({ raw: '135000 165000 USD YEAR', min: 135000, max: 165000, currency: 'USD', period: 'year' }),
    ],
    [
      'a text, its unit beside it',
      { currency: 'EUR', value: '95000', unitText: 'YEAR' },
      pay({ raw: '95000 EUR YEAR', min: 95000, max: 95000, currency: 'EUR', period: 'year' }),
    ],
    [
      'one figure',
      { currency: 'USD', value: { value: 24.5, unitText: 'HOUR' } },
      pay({ raw: '24.5 USD HOUR', min: 24.5, max: 24.5, currency: 'USD', period: 'hour' }),
    ],
    [
      'only an end',
      { currency: 'GBP', value: { maxValue: 500, unitText: 'DAY' } },
      pay({ raw: '500 GBP DAY', min: null, max: 500, currency: 'GBP', period: 'day' }),
    ],
    [
      'words',
      { currency: 'EUR', value: 'nach Tarif' },
      pay({ raw: 'nach Tarif EUR', min: null, max: null, currency: 'EUR' }),
    ],
    [
      'a figure that nobody can be sure of',
      { value: { minValue: '95.000', maxValue: '1,2' } },
      pay({ raw: '95.000 1,2', min: null, max: null }),
    ],
    ['a bare number', 50000, pay({ raw: '50000', min: 50000, max: 50000 })],
    ['bare words', '$50k', pay({ raw: '$50k', min: null, max: null })],
    ['a list', [{ currency: 'USD', value: 1000 }], pay({ raw: '1000 USD', min: 1000, max: 1000, currency: 'USD' })],
  ])('is read from %s', (_, baseSalary, expected) => {
    expect(payOf({ baseSalary })).toEqual(expected);
  });

  test.each([
    [undefined],
    [null],
    [''],
    [0],
    [{}],
    [[]],
    [{ currency: 'USD' }],
    [{ currency: 'USD', value: { minValue: 0, maxValue: 0 } }],
  ])('is not told by %j', (baseSalary) => {
    expect(payOf({ baseSalary })).toBeNull();
  });
});

test('the employer is a thing, a name or nobody', () => {
  expect(employerOf({ hiringOrganization: { name: ' Ren&eacute;s Caf&eacute; ' } })).toBe('Renés Café');
  expect(employerOf({ hiringOrganization: [{ name: 'First' }, { name: 'Second' }] })).toBe('First');
  expect(employerOf({ hiringOrganization: 'Acme' })).toBe('Acme');
  expect(employerOf({ hiringOrganization: {} })).toBeNull();
});

test('only TELECOMMUTE says remote, and nothing says on-site', () => {
  expect(workModeOf({ jobLocationType: 'TELECOMMUTE' })).toBe('remote');
  expect(workModeOf({ jobLocationType: ['TELECOMMUTE'] })).toBe('remote');
  expect(workModeOf({ jobLocationType: 'HYBRID' })).toBe('unknown');
  expect(workModeOf({})).toBe('unknown');
});

test('employment is a word or a list of them', () => {
  expect(employmentOf({ employmentType: 'FULL_TIME' })).toEqual(['FULL_TIME']);
  expect(employmentOf({ employmentType: ['FULL_TIME', 'CONTRACTOR', null] })).toEqual(['FULL_TIME', 'CONTRACTOR']);
  expect(employmentOf({})).toEqual([]);
});

test('an address is one that a person can open', () => {
  expect(urlOf({ url: 'https://example.com/jobs/1' })).toBe('https://example.com/jobs/1');
  for (const url of ['/jobs/1', 'javascript:alert(1)', 7, null, undefined]) expect(urlOf({ url })).toBeNull();
});

test('a thing that is its own name for ever ends', () => {
  const name: Record<string, unknown> = {};
  let deepest = name;
  for (let i = 0; i < 50; i++) {
    deepest.name = {};
    deepest = deepest.name as Record<string, unknown>;
  }
  expect(textOf(name)).toBe('');
});
