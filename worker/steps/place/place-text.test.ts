import { describe, expect, test } from 'vitest';
import { readPlaceText } from './place-text.ts';

/** "Austin, TX, US"; a part that is open is "?". */
function spots(text: string): string[] {
  return readPlaceText(text).spots.map(({ city, region, country }) =>
    [city, region, country ?? '?'].filter((part) => part !== null).join(', '),
  );
}

describe('one place', () => {
  test.each([
    ['Austin, TX', 'Austin, TX, US'],
    ['Warsaw, Mazowieckie, Poland', 'Warsaw, Mazowieckie, PL'],
    ['Dublin - Ireland', 'Dublin, IE'],
    ['United Kingdom, London', 'London, GB'],
    ['New York', 'New York, NY, US'],
    ['Munich, BY, Germany', 'Munich, DE'],
    ['Milan, MI, Italy', 'Milan, IT'],
    ['Geneva, GE, Switzerland', 'Geneva, CH'],
    ['Toronto, ON, Canada', 'Toronto, ON, CA'],
    ['Buffalo, New York', 'Buffalo, NY, US'],
    ['Washington, District of Columbia', 'Washington, DC, US'],
    ['Washington, United States', 'US'],
    ['Ontario, Canada', 'ON, CA'],
    ['München, Bavaria', 'München, Bavaria, DE'],
    ['MONTREAL, QC, CAN', 'Montreal, QC, CA'],
    ['Breu Branco (BRA)', 'Breu Branco, BR'],
    ['Winston-Salem, NC', 'Winston-Salem, NC, US'],
    ['Lake Zurich, Illinois', 'Lake Zurich, IL, US'],
    ['Norwich, Norfolk', 'Norwich, Norfolk, GB'],
    ['Kansas City MO', 'Kansas City, MO, US'],
    ['Congo, The Democratic Republic of the', 'CD'],
    ['Niederlande', 'NL'],
  ])('%j is %s', (text, expected) => {
    expect(spots(text)).toEqual([expected]);
  });
});

describe('a code of two letters is told by the town beside it', () => {
  test.each([
    ['Sacramento, CA', 'Sacramento, CA, US'],
    ['Toronto, CA', 'Toronto, ON, CA'],
    ['IN - Chennai', 'Chennai, IN'],
    ['IN - New Castle', 'New Castle, IN, US'],
    ['Wilmington, DE', 'Wilmington, DE, US'],
    ['Stuttgart, DE', 'Stuttgart, DE'],
    ['Perth, WA', 'Perth, WA, AU'],
    ['Kent, WA', 'Kent, WA, US'],
    ["St. John's, NL", "St. John's, NL, CA"],
    ['Eindhoven, NL', 'Eindhoven, NL'],
    ['Berlin, CT', 'Berlin, CT, US'],
    ['Atlanta, Georgia', 'Atlanta, GA, US'],
    ['Tbilisi, Georgia', 'Tbilisi, GE'],
  ])('%j is %s', (text, expected) => {
    expect(spots(text)).toEqual([expected]);
  });
});

describe('what is open stays open', () => {
  test.each(['Cambridge', 'Paris', 'Portland', 'Birmingham', 'Springfield'])('%s has no country', (city) => {
    expect(readPlaceText(city).spots).toMatchObject([{ city, country: null, region: null }]);
  });

  test('Georgia alone is a state or a country', () => {
    expect(readPlaceText('Georgia').spots).toMatchObject([{ city: null, country: null }]);
    expect(spots('Armenia, Georgia, Poland')).toEqual(['AM', 'GE', 'PL']);
  });
});

describe('texts of job systems', () => {
  test.each([
    ['US-MA-ANDOVER-AN2 ~ 352 Lowell St ~ AN2 HAMPSHIRE', 'Andover, MA, US'],
    ['EMEA > IRL > Kildare > Nurney Road - VAN', 'Kildare, IE'],
    ['Oconus-India-Bengaluru', 'Bengaluru, IN'],
    ['Raleigh-North Carolina-United States of America', 'Raleigh, NC, US'],
    ['DEU-North Rhine-Westphalia-Viersen', 'Viersen, North Rhine-Westphalia, DE'],
    ['1200 Market Street, Philadelphia, PA 19107', 'Philadelphia, PA, US'],
    ['Toronto - 100 Adelaide St W', 'Toronto, ON, CA'],
    ['296 - Rover Kennels - Culver City', 'Culver City, CA, US'],
    ['Kuala Lumpur - GOC', 'Kuala Lumpur, MY'],
    ['China,  Jiangsu Sheng,  Suzhou', 'Suzhou, Jiangsu Sheng, CN'],
    ['Banfield Pelham NY|002177', 'NY, US'],
  ])('%j is %s', (text, expected) => {
    expect(spots(text)).toEqual([expected]);
  });

  test.each([
    '2 Locations',
    '83 Locations',
    '01796 - Wright Field Dialysis',
    'Main Campus',
    'Airport',
    'UT MAIN CAMPUS',
    'Shillong, NA',
  ])('%j names no country', (text) => {
    expect(
      readPlaceText(text)
        .spots.map(({ country }) => country)
        .filter(Boolean),
    ).toEqual([]);
  });
});

describe('several places', () => {
  test.each([
    ['Amsterdam, London', ['Amsterdam, NL', 'London, GB']],
    ['San Francisco, CA, New York, NY', ['San Francisco, CA, US', 'New York, NY, US']],
    ['Darmstadt; Bonn', ['Darmstadt, DE', 'Bonn, DE']],
    ['Boston, New York, or Chicago', ['Boston, MA, US', 'New York, NY, US', 'Chicago, IL, US']],
    ['US Remote: East Coast, or Paris, France', ['US', 'Paris, FR']],
    ['Beijing, Hong Kong, Singapore', ['Beijing, CN', 'Hong Kong, HK', 'Singapore, SG']],
    ['USA - OR - Wilsonville', ['Wilsonville, OR, US']],
    ['Trinidad and Tobago', ['TT']],
  ])('%j are %j', (text, expected) => {
    expect(spots(text)).toEqual(expected);
  });
});

test('parts of the world are told apart from countries', () => {
  expect(readPlaceText('Remote (EMEA)')).toMatchObject({ spots: [], world: ['EMEA'] });
  expect(readPlaceText('Europe, UK').world).toEqual(['EUROPE']);
  expect(spots('Europe, UK')).toEqual(['GB']);
});

test('the same text gives the same answer, read first or again', () => {
  expect(readPlaceText('Lyon, France')).toEqual(readPlaceText('Lyon, France'));
});
