/**
 * Regions and cities by name. The data is small and chosen: what postings name most, by hand, so that each entry is right.
 * `data/cities.json`: country -> region -> "Name|Name". `!` behind a city of a country with states: the name alone means this
 * one. `?` behind a city of another country: the name alone may mean another place.
 */
import cities from './data/cities.json' with { type: 'json' };
import regions from './data/regions.json' with { type: 'json' };
import { fold } from './fold.ts';

export interface Area {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Code of a state or province of the US, Canada and Australia; the name elsewhere; null for the whole country. */
  readonly region: string | null;
}

export interface City extends Area {
  readonly name: string;
  /** The name alone means this city. */
  readonly isSure: boolean;
}

const NONE: readonly never[] = [];
/** Countries whose cities are told by their state. */
const BY_STATE = new Set(['US', 'CA', 'AU']);
/** Short names of people for cities. */
const NICKNAMES: Readonly<Record<string, string>> = {
  nyc: 'New York',
  'new york city': 'New York',
  sf: 'San Francisco',
  'bay area': 'San Francisco',
  'san francisco bay area': 'San Francisco',
  'sf bay area': 'San Francisco',
  slc: 'Salt Lake City',
  philly: 'Philadelphia',
};

interface Gazetteer {
  readonly cities: ReadonlyMap<string, readonly City[]>;
  readonly regions: ReadonlyMap<string, readonly Area[]>;
  /** State codes, in capitals. */
  readonly codes: ReadonlyMap<string, readonly Area[]>;
}

let gazetteer: Gazetteer | undefined;

/** @param folded see `fold` */
export function citiesByName(folded: string): readonly City[] {
  gazetteer ??= read();
  const nickname = NICKNAMES[folded];
  return gazetteer.cities.get(nickname === undefined ? folded : fold(nickname)) ?? NONE;
}

/** "NYC" is New York. Other names stay as they are written. */
export function cityName(text: string): string {
  const nickname = NICKNAMES[fold(text)];
  if (nickname !== undefined) return nickname;
  const [known] = citiesByName(fold(text));
  return isShouted(text) ? (known?.name ?? titled(text)) : text;
}

export function regionsByName(folded: string): readonly Area[] {
  gazetteer ??= read();
  return gazetteer.regions.get(folded) ?? NONE;
}

/** @param code "TX", "ON", "NSW", in capitals */
export function regionsByCode(code: string): readonly Area[] {
  gazetteer ??= read();
  return gazetteer.codes.get(code) ?? NONE;
}

function isShouted(text: string): boolean {
  return text.length > 3 && text === text.toUpperCase() && text !== text.toLowerCase();
}

function titled(text: string): string {
  return text.toLowerCase().replace(/(?<![\p{L}'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

function read(): Gazetteer {
  const cityMap = new Map<string, City[]>();
  const regionMap = new Map<string, Area[]>();
  const codes = new Map<string, Area[]>();
  for (const [country, byRegion] of Object.entries(cities as Record<string, Record<string, string>>)) {
    for (const [region, list] of Object.entries(byRegion)) {
      for (const entry of list.split('|')) addTo(cityMap, readCity(entry, country, region));
    }
  }
  for (const [country, byCode] of Object.entries(regions as Record<string, Record<string, string>>)) {
    for (const [code, list] of Object.entries(byCode)) {
      if (code !== '') push(codes, code, { country, region: code });
      for (const name of list.split('|'))
        addArea(regionMap, fold(name), { country, region: code === '' ? name : code });
    }
  }
  return { cities: cityMap, regions: regionMap, codes };
}

function readCity(entry: string, country: string, region: string): City {
  const name = entry.replace(/[!?]$/, '');
  const isSure = BY_STATE.has(country) ? entry.endsWith('!') : !entry.endsWith('?');
  return { country, region: region === '' ? null : region, name, isSure };
}

function addArea(map: Map<string, Area[]>, key: string, area: Area): void {
  if (map.get(key)?.some(({ country }) => country === area.country) !== true) push(map, key, area);
}

/** "Bogotá" and "Bogota" are one entry. */
function addTo(map: Map<string, City[]>, city: City): void {
  const key = fold(city.name);
  const isKnown = map.get(key)?.some(({ country, region }) => country === city.country && region === city.region);
  if (isKnown !== true) push(map, key, city);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
