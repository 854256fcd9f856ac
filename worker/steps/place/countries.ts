/** Countries by their names in ten languages, their codes, and the parts of the world that adverts name instead. */

import iso3 from './data/iso3.json' with { type: 'json' };
import { fold } from './fold.ts';

/** Languages whose country names are known; the names come with Node (ICU). */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'nl', 'it', 'pt', 'pl', 'sv', 'da'];
/** Codes that ICU can name and that are no country of today, or no place where people work. */
const NO_COUNTRY = new Set(
  'AC AN AQ BL BU BV CC CP CQ CS CX DD DG DY EA EU EZ FX GS HM HV IC IO MF NF NH NU PM PN PW QO RH SH SJ SU TA TF TK TP UK UM UN VD WF XA XB YD YU ZR ZZ'.split(
    ' ',
  ),
);
/** Country names of one language that are common places or words of another. */
const NOT_NAMES = new Set(['island', 'granada', 'man', 'salomon', 'dominica', 'st martin', 'indie']);

/** Names that ICU does not have. */
const ALIASES: Readonly<Record<string, string>> = {
  usa: 'US',
  us: 'US',
  'u s': 'US',
  'u s a': 'US',
  'united states of america': 'US',
  'united states of americas': 'US',
  'the united states': 'US',
  'the us': 'US',
  uk: 'GB',
  'u k': 'GB',
  'great britain': 'GB',
  britain: 'GB',
  'the uk': 'GB',
  'the united kingdom': 'GB',
  'the netherlands': 'NL',
  holland: 'NL',
  uae: 'AE',
  emirates: 'AE',
  ksa: 'SA',
  'kingdom of saudi arabia': 'SA',
  'czech republic': 'CZ',
  'slovak republic': 'SK',
  turkey: 'TR',
  turkiye: 'TR',
  'hong kong': 'HK',
  'hong kong sar': 'HK',
  macau: 'MO',
  macao: 'MO',
  'viet nam': 'VN',
  korea: 'KR',
  's korea': 'KR',
  'republic of korea': 'KR',
  'korea republic of': 'KR',
  'korea south': 'KR',
  'republic of ireland': 'IE',
  'russian federation': 'RU',
  'ivory coast': 'CI',
  'cote divoire': 'CI',
  burma: 'MM',
  myanmar: 'MM',
  'congo the democratic republic of the': 'CD',
  'democratic republic of the congo': 'CD',
  'democratic republic of congo': 'CD',
  'dr congo': 'CD',
  drc: 'CD',
  congo: 'CG',
  'republic of the congo': 'CG',
  'tanzania united republic of': 'TZ',
  'iran islamic republic of': 'IR',
  'moldova republic of': 'MD',
  'republic of moldova': 'MD',
  'venezuela bolivarian republic of': 'VE',
  'bolivia plurinational state of': 'BO',
  'syrian arab republic': 'SY',
  'macedonia the former yugoslav republic of': 'MK',
  macedonia: 'MK',
  'taiwan province of china': 'TW',
  'palestine state of': 'PS',
  palestine: 'PS',
  swaziland: 'SZ',
  'cape verde': 'CV',
  'east timor': 'TL',
  'the bahamas': 'BS',
  'the gambia': 'GM',
  'the philippines': 'PH',
  phillipines: 'PH',
  'mainland china': 'CN',
  'peoples republic of china': 'CN',
  brasil: 'BR',
  deutschland: 'DE',
  czechia: 'CZ',
  magyarorszag: 'HU',
  romania: 'RO',
  suomi: 'FI',
  norge: 'NO',
  eire: 'IE',
  日本: 'JP',
  中国: 'CN',
  한국: 'KR',
  대한민국: 'KR',
  россия: 'RU',
  украина: 'UA',
  україна: 'UA',
};

/** Parts of the world in which a candidate may live. Folded name to our word for it. */
const WORLD: Readonly<Record<string, string>> = {
  eu: 'EU',
  'the eu': 'EU',
  'european union': 'EU',
  'the european union': 'EU',
  eea: 'EEA',
  europe: 'EUROPE',
  europa: 'EUROPE',
  'western europe': 'EUROPE',
  'eastern europe': 'EUROPE',
  'central europe': 'EUROPE',
  emea: 'EMEA',
  apac: 'APAC',
  'asia pacific': 'APAC',
  asia: 'ASIA',
  'southeast asia': 'ASIA',
  latam: 'LATAM',
  'latin america': 'LATAM',
  'latin america and the caribbean': 'LATAM',
  'south america': 'SOUTH_AMERICA',
  'central america': 'CENTRAL_AMERICA',
  'north america': 'NORTH_AMERICA',
  'northern america': 'NORTH_AMERICA',
  namer: 'NORTH_AMERICA',
  noram: 'NORTH_AMERICA',
  americas: 'AMERICAS',
  'the americas': 'AMERICAS',
  amer: 'AMERICAS',
  africa: 'AFRICA',
  'middle east': 'MIDDLE_EAST',
  mena: 'MENA',
  oceania: 'OCEANIA',
  anz: 'ANZ',
  dach: 'DACH',
  nordics: 'NORDICS',
  'the nordics': 'NORDICS',
  scandinavia: 'NORDICS',
  benelux: 'BENELUX',
  iberia: 'IBERIA',
  baltics: 'BALTICS',
  worldwide: 'WORLDWIDE',
  global: 'WORLDWIDE',
  globally: 'WORLDWIDE',
  international: 'WORLDWIDE',
  'anywhere in the world': 'WORLDWIDE',
};

interface Names {
  readonly byName: ReadonlyMap<string, string>;
  readonly codes: ReadonlySet<string>;
}

let names: Names | undefined;

/** @param folded see `fold`; @returns ISO 3166-1 alpha-2. "Georgia" is the country here: who asks must know of the state. */
export function countryByName(folded: string): string | undefined {
  names ??= readNames();
  return names.byName.get(folded);
}

/** @param code two capital letters, or three of ISO 3166-1 alpha-3 */
export function countryByCode(code: string): string | undefined {
  // EST is a time zone far more often than Estonia
  if (code.length === 3) return code === 'EST' ? undefined : (iso3 as Readonly<Record<string, string>>)[code];
  names ??= readNames();
  if (code === 'UK') return 'GB';
  if (code === 'NA') return undefined; // "not available" far more often than Namibia
  return code.length === 2 && names.codes.has(code) ? code : undefined;
}

/** A field that holds a country and nothing else: a code in any case, or a name. */
export function countryOfField(field: string | null): string | null {
  const text = field?.trim() ?? '';
  return countryByCode(text.toUpperCase()) ?? countryByName(fold(text)) ?? null;
}

export function worldRegion(folded: string): string | undefined {
  return Object.hasOwn(WORLD, folded) ? WORLD[folded] : undefined;
}

function readNames(): Names {
  const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const codes = new Set<string>();
  for (const a of LETTERS)
    for (const b of LETTERS) if (!NO_COUNTRY.has(a + b) && english.of(a + b) !== undefined) codes.add(a + b);
  const byName = new Map<string, string>();
  for (const language of LANGUAGES) {
    const display = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    for (const code of codes) {
      const name = fold(
        display
          .of(code)
          ?.replace(/ SAR China$/, '')
          .replace(/&/g, ' and ') ?? '',
      );
      if (name !== '' && !NOT_NAMES.has(name) && !byName.has(name)) byName.set(name, code);
    }
  }
  for (const [name, code] of Object.entries(ALIASES)) byName.set(name, code);
  return { byName, codes };
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
