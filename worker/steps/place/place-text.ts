/** What one place text says: places to work at, and for remote work where one may live. */

import { isRemote, withoutWorkModel } from '../normalise/work-mode.ts';
import { assemble } from './assemble.ts';
import { countryByCode, countryByName, worldRegion } from './countries.ts';
import { fold } from './fold.ts';
import { citiesByName, regionsByCode } from './gazetteer.ts';
import { tokensOf } from './tokens.ts';

export interface Spot {
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  /** The words that it was read from. */
  readonly text: string;
  /** The words say that the work is remote: a country is then where one may live. */
  readonly isRemote: boolean;
}

export interface PlaceText {
  readonly spots: readonly Spot[];
  /** EU, EMEA, LATAM, WORLDWIDE, ... */
  readonly world: readonly string[];
}

/** Between alternatives of which one may be remote: "New York, NY; Remote - US", "Cardiff, London or Remote (UK)". */
const ALTERNATIVES = /\s*[;\n•]\s*|\s+(?:or|oder|ou)\s+|,\s*(?:or|and)\s+|\s+\|\s+(?![^(]*\))/;
const PRE_CUT = /\s*,\s*(?:more|\.\.\.).*$/i;

/** Places repeat: a board's postings name a handful. What was read is kept, up to a number; it depends on nothing but the text. */
const kept = new Map<string, PlaceText>();
const KEPT_MAX = 2000;
/** The longest lists of places are shorter. */
const LENGTH_MAX = 600;

/** @param text one place field of a posting, as the source states it */
export function readPlaceText(text: string): PlaceText {
  if (text.length > LENGTH_MAX) return readAnew(text.slice(0, LENGTH_MAX).replace(/\s+/g, ' '));
  const known = kept.get(text);
  if (known !== undefined) return known;
  const read = readAnew(text.replace(/\s{3,}/g, (blanks) => (blanks.includes('\n') ? '\n' : '  ')));
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(text, read);
  return read;
}

function readAnew(text: string): PlaceText {
  const whole = wholeName(text);
  if (whole !== undefined) return whole;
  const spots: Spot[] = [];
  const world = new Set<string>();
  for (const alternative of text.replace(PRE_CUT, '').split(ALTERNATIVES)) {
    const place = withoutForeignCode(withoutWorkModel(alternative));
    if (place === '') continue;
    const words = alternative.trim();
    const isRemoteSpot = isRemote(words);
    for (const tokens of tokensOf(place)) {
      for (const token of tokens) if (token.world !== null && token.areas.length === 0) world.add(token.world);
      for (const { country, region, city, isKnown } of assemble(tokens)) {
        // beside "remote" stand many words that are no town: "Remote Opportunity, US"
        spots.push({
          country,
          region,
          city: isKnown || !isRemoteSpot ? city : null,
          text: words,
          isRemote: isRemoteSpot,
        });
      }
    }
  }
  return { spots, world: [...world] };
}

/**
 * "Munich, BY, Germany" and "Milan, MI, Italy": between town and country stands the code of a region there, which is no country
 * (Belarus) and no state (Michigan).
 */
function withoutForeignCode(place: string): string {
  const [, town = '', code = '', last = ''] = TOWN_CODE_COUNTRY.exec(place) ?? [];
  if (town === '') return place;
  const isThere = (country: string) => citiesByName(fold(town)).some((city) => city.country === country);
  const country = countryByName(fold(last)) ?? countryByCode(last.toUpperCase());
  if (country === undefined || !isThere(country)) return place;
  return regionsByCode(code).some((area) => area.country === country) ? place : `${town}, ${last}`;
}
const TOWN_CODE_COUNTRY = /^\s*([^,]+),\s*([A-Z]{2,3}),\s*([^,]+?)\s*$/;

/** "Congo, The Democratic Republic of the", "Europe", "Worldwide": one name with commas and all. */
function wholeName(text: string): PlaceText | undefined {
  const name = fold(text);
  const world = worldRegion(name);
  if (world !== undefined) return { spots: [], world: [world] };
  const country = name === 'georgia' ? undefined : countryByName(name);
  return country === undefined
    ? undefined
    : { spots: [{ country, region: null, city: null, text: text.trim(), isRemote: false }], world: [] };
}
