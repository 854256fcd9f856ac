import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlaceInput, parsePlaces } from './parse-places.ts';

const NOTHING: PlaceInput = { places: [], country: null, workMode: 'unknown', title: '', text: '', source: '' };
const of = (input: Partial<PlaceInput>) => parsePlaces({ ...NOTHING, ...input });

describe('way of working in the text', () => {
  test.each([
    ['This role is hybrid with three days a week in our Chicago office.', 'hybrid', 3],
    ['You will work from our Berlin office 2 days per week.', 'hybrid', 2],
    ['Je werkt hybride: 2 dagen thuis, 3 dagen op kantoor.', 'hybrid', 3],
    ['Bis zu 3 Tage Homeoffice pro Woche sind möglich.', 'hybrid', null],
    ['Deux jours de télétravail par semaine.', 'hybrid', null],
    ['The position is 60% remote.', 'hybrid', null],
    ['You are expected to be in the office five days a week.', 'onsite', 5],
    ['Work Location: In person', 'onsite', null],
    ['This is a fully remote position.', 'remote', null],
    ['The position is remote with quarterly travel to our New York office.', 'remote', null],
    ['#LI-Remote', 'remote', null],
  ])('%j is %s', (text, mode, days) => {
    expect(of({ text })).toMatchObject({ workMode: mode, daysOnSite: days });
  });

  test.each([
    'This is not a remote position.',
    'Remote work is not available for this role.',
    'Work from anywhere in the world for up to a month every year.',
    'Up to four weeks per year of fully remote work.',
    'You support remote access for 20,000 employees.',
    'You manage remote teams and remote sites.',
    'Experience with hybrid identity and a hybrid Azure AD environment.',
    'On-site gym and free lunch.',
    'You may occasionally work from home.',
  ])('%j says nothing', (text) => {
    expect(of({ text }).workMode).toBe('unknown');
  });

  test('a perk beside a rule changes nothing', () => {
    const text =
      'We have a hybrid culture: in person 3 to 4 days a week. Freedom to work from anywhere for up to a month.';
    expect(of({ text })).toMatchObject({ workMode: 'hybrid', daysOnSite: 4 });
  });
});

describe('way of working in the title', () => {
  test.each([
    ['IAM Engineer (Remote)', 'remote'],
    ['Remote Okta Administrator', 'remote'],
    ['IAM Architect - Hybrid', 'hybrid'],
    ['Remote Sensing Scientist', 'unknown'],
    ['Remote Access Engineer', 'unknown'],
    ['Hybrid Identity Engineer', 'unknown'],
    ['Global Identity Lead', 'unknown'],
    ['Home Office Security Analyst', 'unknown'],
  ])('%j is %s', (title, mode) => {
    expect(of({ title }).workMode).toBe(mode);
  });
});

describe('a field and the text', () => {
  test('the field counts, and a contradiction is kept with its words', () => {
    const read = of({ workMode: 'remote', text: 'This role is hybrid: two days a week in our office.' });
    expect(read.workMode).toBe('remote');
    expect(read.conflict).toEqual({
      stated: 'remote',
      told: 'hybrid',
      phrase: 'This role is hybrid: two days a week in our office',
    });
  });

  test('a text that only denies remote work contradicts it too', () => {
    const read = of({ places: ['Remote'], text: 'This is not a remote position.' });
    expect(read.conflict).toMatchObject({ stated: 'remote', told: 'unknown' });
  });

  test('agreement is no conflict, and so is silence', () => {
    expect(of({ workMode: 'hybrid', text: 'Two days a week in the office.' }).conflict).toBeNull();
    expect(of({ workMode: 'remote', text: 'SailPoint and Okta.' }).conflict).toBeNull();
  });
});

describe('who may do the work', () => {
  test('a country beside "remote" is where one may live, a town is a place', () => {
    const read = of({ places: ['Remote - US', 'Austin, TX'] });
    expect(read).toMatchObject({ workMode: 'remote', country: 'US', eligibility: { countries: ['US'] } });
    expect(read.places).toMatchObject([{ city: 'Austin', region: 'TX', country: 'US' }]);
  });

  test('the place of a remote feed is where one may live', () => {
    const read = of({ places: ['Europe, UK, Germany'], workMode: 'remote', source: 'remotive' });
    expect(read).toMatchObject({ places: [], eligibility: { regions: ['EUROPE'], countries: ['GB', 'DE'] } });
  });

  test.each([
    ['Candidates must be based in Germany, Austria or Switzerland.', ['DE', 'AT', 'CH']],
    ['You need the right to work in the UK.', ['GB']],
    ['Applicants must be authorized to work in the United States.', ['US']],
    ['We are based in Berlin and our customers are located in France.', []],
    ['You can work from Spain for up to a month.', []],
  ])('%j allows %j', (text, countries) => {
    expect(of({ text }).eligibility.countries).toEqual(countries);
  });

  test.each([
    ['Time zone: UTC-5 to UTC+2.', ['UTC-5..UTC+2']],
    ['You work in CET +/- 2 hours.', ['CET±2']],
    ['Must be able to work Eastern Time hours.', ['ET']],
    ['Our support line is open from 9am to 5pm EST.', null],
  ])('%j asks for the time zones %j', (text, zones) => {
    expect(of({ text }).eligibility.timeZones).toEqual(zones);
  });

  test('without a place, the country is where the candidates of remote work must be', () => {
    expect(of({ places: ['Remote'], text: 'You must be located in Canada.' }).country).toBe('CA');
    expect(of({ text: 'You must be authorized to work in Canada.' }).country).toBeNull();
  });
});

describe('a country field', () => {
  test('decides where a town is that may be in several countries', () => {
    expect(of({ places: ['Cambridge'], country: 'US' }).places).toMatchObject([{ country: 'US', region: 'MA' }]);
    expect(of({ places: ['Cambridge'], country: 'GB' }).places).toMatchObject([{ country: 'GB', region: null }]);
    expect(of({ places: ['Cambridge'], country: 'FR' }).places).toMatchObject([{ country: null }]);
  });

  test('is a code or a name', () => {
    expect(of({ country: 'United States' }).country).toBe('US');
    expect(of({ country: 'de' }).country).toBe('DE');
    expect(of({ country: 'Narnia' }).country).toBeNull();
  });
});

test('an open town is where the others are when its name is known there only', () => {
  const read = of({ places: ['Bronx; Brooklyn; Queens'] });
  expect(read.places.map(({ region }) => region)).toEqual(['NY', 'NY', 'NY']);
  expect(of({ places: ['Boston, MA; Cambridge'] }).places).toMatchObject([{ country: 'US' }, { country: null }]);
});

test('every reading comes with its words', () => {
  const text = 'The role is fully remote. Candidates must be based in Spain. Core hours overlap with CET.';
  expect(of({ text }).evidence).toEqual([
    { what: 'workMode', from: 'text', phrase: 'The role is fully remote' },
    { what: 'eligibility', from: 'text', phrase: 'Candidates must be based in Spain' },
    { what: 'timeZones', from: 'text', phrase: 'Core hours overlap with CET' },
  ]);
});

const piece = fc.constantFrom(
  ...[
    'US',
    'CA',
    'Remote',
    'hybrid',
    'Berlin',
    'Georgia',
    'New York',
    ', ',
    ' - ',
    '-',
    ' or ',
    ';',
    '(',
    ')',
    '/',
    '|',
    '~',
  ],
  ...[
    'Germany',
    'EMEA',
    '3 days',
    ' office',
    ' in the ',
    'based in ',
    '\n',
    '. ',
    '123',
    'é',
    '日本',
    '💥',
    '\0',
    'İ',
    ' ',
  ],
);
const some = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
);

test('whatever is written, places have codes of two letters and days are days of a week', () => {
  fc.assert(
    fc.property(some, some, some, (place, title, text) => {
      const read = of({ places: [place], title, text });
      const countries = [read.country, ...read.places.map(({ country }) => country), ...read.eligibility.countries];
      for (const country of countries) expect(country ?? 'XX').toMatch(/^[A-Z]{2}$/);
      expect(read.daysOnSite ?? 1).toBeGreaterThan(0);
      expect(read.daysOnSite ?? 1).toBeLessThanOrEqual(7);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  '1,',
  '\t',
  ' - ',
  'US-',
  'remote ',
  'must be located in ',
  'Germany or ',
  '日本',
  '(',
  'İ',
  '3 days ',
  'New York, ',
])('twenty thousand characters of %j take a moment', (unit) => {
  const long = unit.repeat(Math.ceil(20_000 / unit.length));
  const start = performance.now();
  of({ places: [long], country: long, title: long, text: long });
  expect(performance.now() - start).toBeLessThan(2_000);
});
