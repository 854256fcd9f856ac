/** Whether two postings may be about work at one place. */
import type { Posting } from '../../posting.ts';
import { plain, tokensOf, umlauts } from './tokens.ts';
import { CITY_NAMES } from './words.ts';

export interface Where {
  /** "austin/TX/US"; what is not known is empty. Sorted. */
  readonly cities: readonly string[];
  /** "TX/US" of places without a city. */
  readonly regions: readonly string[];
  /** ISO 3166-1 alpha-2 of places, and of where candidates of remote work may live. */
  readonly countries: readonly string[];
  /** Words of places that no step knows: "Münster". Only where there is no city. */
  readonly unread: readonly string[];
  /** The world, or a part of it, is named. */
  readonly isWide: boolean;
  readonly isRemote: boolean;
}

/**
 * - `equal`: a city in common.
 * - `compatible`: one says less than the other ("UK" and "London"), or nothing at all.
 * - `remote`: both are remote work and name no cities that differ.
 */
export type WhereRelation = 'equal' | 'remote' | 'compatible' | 'different';

const PLACES_MAX = 60;

export function whereOf({ understood, places, country, workMode }: Posting): Where {
  const cities = new Set<string>();
  const regions = new Set<string>();
  const countries = new Set<string>();
  const read = (understood?.places ?? places.map(unread)).slice(0, PLACES_MAX);
  for (const place of read) {
    if (place.country !== null) countries.add(place.country);
    if (place.city !== null) cities.add(`${cityKey(place.city)}/${place.region ?? ''}/${place.country ?? ''}`);
    else if (place.region !== null) regions.add(`${place.region}/${place.country ?? ''}`);
  }
  if (countries.size === 0 && country !== null) countries.add(country);
  for (const code of understood?.eligibility.countries ?? []) countries.add(code);
  return {
    cities: [...cities].sort(),
    regions: [...regions].sort(),
    countries: [...countries].sort(),
    unread: read.length > 0 || countries.size > 0 ? [] : unreadWords(places),
    isWide: (understood?.eligibility.regions ?? []).length > 0,
    isRemote: workMode === 'remote',
  };
}

/** A place that no step has read: its first words are the city. */
function unread(text: string): { city: string | null; region: null; country: null } {
  const [city = ''] = text.split(',');
  return { city: city.trim() === '' ? null : city, region: null, country: null };
}

const NO_PLACE =
  /\d|\b(?:locations?|multiple|various|remote|offices?|anywhere|nationwide|global|worldwide|emea|apac|amer|dach|latam|home|hybrid|flexible|all|any|other|only|europe|americas?|world|states?|county|region|area)\b/;

/** What looks like the name of a place, and is not one of a country or a part of the world. */
function unreadWords(places: readonly string[]): string[] {
  const names = places.slice(0, PLACES_MAX).map((place) => plain(place.split(/[,(;|/]|\s-\s/)[0] ?? '').trim());
  const good = names.filter((name) => name.length > 2 && name.split(' ').length <= 3 && !NO_PLACE.test(name));
  return [...new Set(good.flatMap((name) => tokensOf(umlauts(name))))].sort();
}

export function cityKey(city: string): string {
  const folded = umlauts(tokensOf(plain(city)).join(' '))
    .replace(/^saint /, 'st ')
    .replace(/ (?:city|am main|dc|d c)$/, '');
  return (Object.hasOwn(CITY_NAMES, folded) ? CITY_NAMES[folded] : undefined) ?? folded;
}

export function compareWhere(a: Where, b: Where): WhereRelation {
  if (a.cities.some((city) => b.cities.some((other) => isSameCity(city, other)))) return 'equal';
  if (a.cities.length > 0 && b.cities.length > 0) return 'different';
  if (areApart(a, b) || areUnlike(a, b)) return 'different';
  if (a.isRemote && b.isRemote) return 'remote';
  return 'compatible';
}

/** A name that no step knows, beside another place: not one word in common. Countries and regions alone contradict nothing. */
function areUnlike(a: Where, b: Where): boolean {
  const [left, right] = [namesOf(a), namesOf(b)];
  if (a.unread.length + b.unread.length === 0 || left.length === 0 || right.length === 0) return false;
  return !left.some((word) => right.includes(word));
}

const namesOf = ({ cities, unread }: Where): string[] =>
  unread.length > 0 ? [...unread] : cities.flatMap((city) => tokensOf(city.slice(0, city.indexOf('/'))));

/** One part that is not known fits everything. */
function isSameCity(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')];
  return (
    left[0] === right[0] &&
    [1, 2].every((i) => left[i] === right[i] || left[i] === '' || right[i] === '' || isOtherName(left[i], right[i]))
  );
}

/** A region is told by its code or by its name; only two codes, or two names, differ for certain. */
function isOtherName(a = '', b = ''): boolean {
  return a.length <= 3 !== b.length <= 3;
}

/** No country in common, or regions of one country that differ; who asks the whole world excludes nobody. */
function areApart(a: Where, b: Where): boolean {
  if (
    a.countries.length > 0 &&
    b.countries.length > 0 &&
    !a.countries.some((country) => b.countries.includes(country))
  ) {
    return !(a.isWide || b.isWide);
  }
  const [left, right] = [regionsOf(a), regionsOf(b)];
  return left.length > 0 && right.length > 0 && !left.some((region) => right.includes(region)) && !isMixed(left, right);
}

const regionsOf = ({ regions, cities }: Where) =>
  [...regions, ...cities.map((city) => city.slice(city.indexOf('/') + 1))].filter((region) => !region.startsWith('/'));

/** Codes on one side and names on the other cannot be compared. */
const isMixed = (left: readonly string[], right: readonly string[]) =>
  left.every((region) => region.indexOf('/') <= 3) !== right.every((region) => region.indexOf('/') <= 3);

/** A posting is compared with dozens of others in a row. */
const wordsOfPlaces = new WeakMap<Where, readonly string[]>();

/** Words that a title may have because of the place. */
export function placeWords(where: Where): readonly string[] {
  const known = wordsOfPlaces.get(where);
  if (known !== undefined) return known;
  const words = [...where.cities, ...where.regions].flatMap((place) => tokensOf(place));
  wordsOfPlaces.set(where, words);
  return words;
}
