/** Cuts a place text into places, and each place into its parts: "US-MA-ANDOVER-AN2 ~ 352 Lowell St" is US, MA, ANDOVER. */
import { countryByCode, countryByName, worldRegion } from './countries.ts';
import { fold } from './fold.ts';
import { type Area, type City, citiesByName, regionsByCode, regionsByName } from './gazetteer.ts';

/** One part of a place with everything that its name can mean. */
export interface Token {
  readonly text: string;
  /** Countries and regions of this name or code; several for "Georgia", "CA", "IN". */
  readonly areas: readonly Area[];
  readonly cities: readonly City[];
  /** EU, EMEA, LATAM, ... */
  readonly world: string | null;
  /** A code of two or three letters, and not a name. */
  readonly isCode: boolean;
  /** Could be the name of a town that the gazetteer does not know. */
  readonly isTown: boolean;
  /** A known town at the end of such a name: "Lake Zurich", "MarketStar Bangalore". */
  readonly tail: Token | null;
}

/** Between places: marks, and "or"; "OR" between dashes or commas is Oregon. */
const BETWEEN_PLACES = /\s*[;|\n•·]\s*|\s+(?:or|oder|ou)\s+|(?<![-–,])\sOR\s(?![-–])|,\s*(?:or|and)\s+/;
/** Between places where both sides are known: "Trinidad and Tobago", "Spa & Hotel" are no two places. */
const AND = /\s+(?:and|&|plus|und|et|y|e|o)\s+|\s*\/\s*/;
/** Between the parts of one place; a hyphen only with a blank on a side of it. */
const BETWEEN_PARTS = /\s*[,:()[\]>–—]+\s*|\s+-+\s*|-\s+|\s*\.(?=[A-Z]{2}\.)/;
const ZIP_BEHIND = /\s+(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d)$/;
const DIGIT = /\d/;
const LETTER = /\p{L}/u;
/** Words of buildings, streets and offices: a part that has one is no town. */
const NO_TOWN =
  /\b(?:campus|hospitals?|cent(?:er|re)s?|medical|medicine|clinics?|health|care|dialysis|pharmacy|office|offices|building|bldg|tower|towers|plaza|mall|airport|universit(?:y|é|ät)|univ|college|school|academy|store|stores|shop|retail|warehouse|plant|factory|labs?|laborator(?:y|ies)|resort|hotel|casino|club|street|road|rd|avenue|ave|blvd|boulevard|drive|dr|lane|ln|way|highway|hwy|square|suite|ste|floor|fl|level|block|wing|unit|corporate|corp|hq|headquarters?|operations?|facilit(?:y|ies)|site|sites|regional|department|division|sales|services?|various|multiple|locations?|general|client|property|llc|l\.l\.c|inc|gmbh|ltd|group|company|project|area|district|county|province|state|region|zone|sector|phase|park(?= \d)|tech park|techpark|base|all|any|home|house|field|station|terminal|gate|arena|stadium|museum|church|court|courtyard|yard|hub|team|territory|market|nationwide|statewide|countrywide|remote|virtual|telecommut\w*|hybrid|onsite|flexible|mobile|travel|test|only|preferred|required|coast|timezones?|time|hours|unknown|expat|innovation|manufacturing|industrial|business|technology|research|logistics|distribution|opportunity|employees?|based|eligible|within|anywhere|near|greater|metro|other|tbd|n\/a|none|blank|oconus|conus|usca|strasse|straße|str|rue|via|calle|avenida|plot|sez|it park|col)\b\.?/i;
const STREET_END = /^(?:st|street|rd|road|ave|avenue|blvd|dr|drive|ln|lane|hwy|pkwy|parkway|way|ct|pl|place)\.?$/i;
const DIRECTION = /^(?:(?:north|south|east|west|central|northern|southern|eastern|western|upper|lower|mid)[ -]?)+$/i;
const TOWN = /^\p{Lu}[\p{L}.'’-]*(?: [\p{L}.'’-]+){0,3}$/u;
const WORDS_BEFORE_AREA =
  /^(?:the |greater |metro |downtown |central |near |in |within |from |based in |north of |office |hq )+/i;
const WORDS_BEHIND_AREA =
  /(?: (?:metropolitan area|metro area|metro|area|region|office|offices|hq|city area|campus|only|based|location))+$/i;

/** Most places that one text is read for: "83 Locations" names none. */
const PLACES_MAX = 40;

/** @returns the tokens of each place in the text; parts that say nothing are left out */
export function tokensOf(text: string): Token[][] {
  return placesIn(text)
    .slice(0, PLACES_MAX)
    .map((place) => partsOf(place).flatMap((part) => readPart(part)));
}

function placesIn(text: string): string[] {
  if (isWholeName(text)) return [text];
  return text
    .split(BETWEEN_PLACES)
    .map((place) => (place.split('~')[0] ?? '').trim())
    .flatMap(splitAtAnd)
    .filter((place) => place !== '');
}

function splitAtAnd(place: string): string[] {
  if (!AND.test(place) || isWholeName(place)) return [place];
  const sides = place.split(AND).filter((side) => side !== '');
  const isList = sides.every((side, n) =>
    isKnownSide(n === 0 ? side.split(BETWEEN_PARTS).at(-1) : side.split(BETWEEN_PARTS)[0]),
  );
  return isList ? sides : [place];
}

function isKnownSide(side = ''): boolean {
  return isMeaningful(tokenOf(side.trim()));
}

function partsOf(place: string): string[] {
  if (isWholeName(place)) return [place];
  return place
    .split(BETWEEN_PARTS)
    .flatMap((part) => codePath(part))
    .map((part) => part.replace(/^[\s/&|-]+|[\s/&|-]+$/g, '').replace(ZIP_BEHIND, ''))
    .filter((part) => part !== '');
}

/** "Congo, The Democratic Republic of the" is one name. */
function isWholeName(text: string): boolean {
  const name = fold(text);
  return countryByName(name) !== undefined || worldRegion(name) !== undefined;
}

/** "US-MA-ANDOVER", "Raleigh-North Carolina-United States of America", "US.NC.Greensboro": parted by hyphens where an end is a country. */
function codePath(part: string): string[] {
  const mark = part.includes('-') ? '-' : /^[A-Z]{2,3}\.[A-Z]/.test(part) ? '.' : undefined;
  if (mark === undefined || isWholeName(part) || isKnown(part)) return [part];
  const pieces = part
    .split(mark)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  const isPath =
    (pieces.length > 1 && pieces.some((piece, n) => isCountryPiece(piece, n, pieces.length))) ||
    (pieces.length > 2 && pieces.some(isSureCity)) ||
    (pieces.length === 2 && isSureCity(pieces[0] ?? '') && /^[A-Z\d]{2,5}$/.test(pieces[1] ?? ''));
  return isPath ? joinNames(pieces) : [part];
}

function isSureCity(piece: string): boolean {
  return citiesByName(fold(piece)).some((city) => city.isSure);
}

function isCountryPiece(piece: string, n: number, count: number): boolean {
  const isEnd = n === 0 || n === count - 1;
  if (isEnd && /^[A-Z]{2,3}$/.test(piece)) return countryByCode(piece) !== undefined || regionsByCode(piece).length > 0;
  return countryByName(fold(piece)) !== undefined || worldRegion(fold(piece)) !== undefined;
}

/** "North Rhine-Westphalia" between other hyphens: two pieces that are a name together. */
function joinNames(pieces: readonly string[]): string[] {
  const joined: string[] = [];
  for (let n = 0; n < pieces.length; n++) {
    const pair = `${pieces[n]}-${pieces[n + 1]}`;
    const isPair = n + 1 < pieces.length && isKnown(pair);
    joined.push(isPair ? pair : (pieces[n] ?? ''));
    if (isPair) n++;
  }
  return joined;
}

function isKnown(text: string): boolean {
  const name = fold(text);
  return regionsByName(name).length > 0 || citiesByName(name).length > 0;
}

/** One part as a token, or as several where codes and names stand beside each other without a mark: "US NC High Point", "Boston MA USA". */
function readPart(part: string): Token[] {
  const whole = tokenOf(part);
  if (isMeaningful(whole)) return [whole];
  const words = part.split(' ');
  const head = words[0] ?? '';
  if (words.length > 1 && isLeadingCode(head)) return readBehindCode(tokenOf(head), words.slice(1));
  const behindCountry = townBehindCountry(words);
  if (behindCountry !== undefined) return behindCountry;
  for (const count of [1, 2, 3]) {
    if (words.length <= count) break;
    const tail = words.slice(-count).join(' ');
    const isStreet = STREET_END.test(words.at(-count - 1) ?? '');
    if (!isStreet && isTrailingArea(tail) && !isShoutedWord(words, count))
      return [...readBeside(tokenOf(tail), words.slice(0, -count), true), tokenOf(tail)];
  }
  const tail = knownTail(words) ?? null;
  if (whole.isTown) return [{ ...whole, tail }];
  return tail !== null && isOnly(tail) ? [tail] : [];
}

/**
 * The words beside a code or a name without a mark between them: "Banfield Pelham NY" begins with a shop, "North Canton OH" does
 * not. An unknown name is a town only when it is one word, or begins as names of towns do, beside a state.
 */
function readBeside(area: Token, words: readonly string[], isBefore: boolean): Token[] {
  const isState = area.areas.some(({ region }) => region !== null);
  const tokens = isState && isBefore ? readTown(words) : readPart(words.join(' '));
  const [only, ...more] = tokens;
  if (only === undefined || more.length > 0 || isMeaningful(only)) return tokens;
  const isName = isState && area.text !== 'DC' && (!only.text.includes(' ') || COMPOUND.test(only.text));
  if (isName) return tokens;
  return only.tail === null ? [{ ...only, isTown: false }] : [only.tail];
}

/** "NY New York" and "IND PUNE"; "UT Main Campus" is a university, and no code of Utah. */
function readBehindCode(code: Token, words: readonly string[]): Token[] {
  const rest = readBeside(code, words, false);
  const isState =
    code.areas.every(({ region, country }) => region !== null || country !== 'US') &&
    code.text.length === 2 &&
    code.text !== 'UK';
  return isState && !rest.some((token) => isMeaningful(token) || token.isTown) ? [] : [code, ...rest];
}

/** Not cut up again at another state's name: "Banfield Washington PA". */
function readTown(words: readonly string[]): Token[] {
  const plain = words.filter((word) => !DIGIT.test(word) && !/^(?:store|shop)$/i.test(word));
  const whole = tokenOf(plain.join(' '));
  return [{ ...whole, areas: [], tail: knownTail(plain) ?? null }];
}

/** Names that a direction or a landmark makes another town: "East Syracuse" is not Syracuse. */
export const COMPOUND =
  /^(?:north|south|east|west|upper|lower|new|old|lake|port|fort|ft|mount|mt|st|saint|san|santa|los|las|el|la|le|glen|palm|oak|cape|grand|big|little|great|royal)\b/i;

/** A name that means one city in the whole gazetteer: "Florida Tech Melbourne" is not in Australia. */
export function isOnly({ cities }: Token): boolean {
  return cities.length === 1 && cities[0]?.isSure === true;
}

/** "Mexico Nogales": only where the town is known in that country. */
function townBehindCountry([head = '', ...rest]: readonly string[]): Token[] | undefined {
  const country = countryByName(fold(head));
  if (country === undefined || rest.length === 0) return undefined;
  const town = tokenOf(rest.join(' '));
  return town.cities.some((city) => city.country === country) ? [tokenOf(head), town] : undefined;
}

function isMeaningful({ areas, cities, world }: Token): boolean {
  return areas.length > 0 || cities.length > 0 || world !== null;
}

function isLeadingCode(word: string): boolean {
  return /^(?:USA?|UK|[A-Z]{3})$/.test(word)
    ? countryByCode(word === 'USA' ? 'USA' : word) !== undefined
    : /^[A-Z]{2}$/.test(word) && regionsByCode(word).some(({ country }) => country === 'US');
}

/** In capitals throughout, "ON" and "IN" are words: only behind a known town are they codes. */
function isShoutedWord(words: readonly string[], count: number): boolean {
  const head = words.slice(0, -count).join(' ');
  return (
    words.length - count > 1 &&
    /^[A-Z]{2}$/.test(words.at(-1) ?? '') &&
    head === head.toUpperCase() &&
    knownTail([...words.slice(0, -count), '']) === undefined
  );
}

function isTrailingArea(tail: string): boolean {
  if (/^[A-Z]{2}$/.test(tail)) return regionsByCode(tail).length > 0 || tail === 'UK' || tail === 'US';
  if (/^[A-Z]{3}$/.test(tail)) return countryByCode(tail) !== undefined || regionsByCode(tail).length > 0;
  const name = fold(tail);
  return (
    name !== 'georgia' &&
    (countryByName(name) !== undefined ||
      regionsByName(name).some(({ country }) => country === 'US' || country === 'CA' || country === 'GB'))
  );
}

/**
 * "Adtran Huntsville HQ", "PUNE FL7", "Hotel Flor Tampa": the longest city that a part ends with, or begins with where the rest
 * is no street or building.
 */
function knownTail(words: readonly string[]): Token | undefined {
  const plain = words.filter((word) => !DIGIT.test(word) && LETTER.test(word));
  const isNamed = DIGIT.test(words[0] ?? '') || NO_TOWN.test(words.join(' '));
  for (let size = Math.min(3, plain.length); size > 0; size--) {
    for (const some of isNamed ? [plain.slice(-size)] : [plain.slice(0, size), plain.slice(-size)]) {
      if (some.length === words.length) continue;
      const token = tokenOf(some.join(' '));
      if (token.cities.length > 0) return token;
    }
  }
  return undefined;
}

function tokenOf(part: string): Token {
  const text = isKnown(part) ? part : strippedName(part);
  const name = fold(text);
  const code = /^[A-Z]{2,3}$/.test(text) ? text : undefined;
  const named = countryByName(name);
  const areas: Area[] = named === undefined ? [] : [{ country: named, region: null }];
  areas.push(...regionsByName(name));
  if (code !== undefined && named === undefined) areas.push(...areasOfCode(code));
  const cities = citiesByName(name);
  return {
    text,
    areas,
    cities,
    world: worldRegion(name) ?? null,
    isCode: code !== undefined && named === undefined,
    tail: null,
    isTown:
      code === undefined &&
      TOWN.test(text) &&
      text.length <= 32 &&
      !NO_TOWN.test(part) &&
      !DIGIT.test(part) &&
      !DIRECTION.test(text),
  };
}

/** "Greater Boston Area" is Boston, and "The Colony" is The Colony. */
function strippedName(part: string): string {
  const text = part.replace(WORDS_BEFORE_AREA, '').replace(WORDS_BEHIND_AREA, '').trim();
  return text === '' || (/^the /i.test(part) && !isKnown(text) && !isWholeName(text)) ? part : text;
}

function areasOfCode(code: string): Area[] {
  const country = countryByCode(code);
  const areas: Area[] = [...regionsByCode(code)];
  if (country !== undefined) areas.push({ country, region: null });
  return areas;
}
