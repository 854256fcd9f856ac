/**
 * Where a posting's work is done and who may do it: places, way of working, eligibility, each with the words that say it.
 * Fields count before place texts, those before the title, and that before the description; a contradiction is kept.
 */
import type { Eligibility, Evidence, Place, WorkMode, WorkModeConflict } from '../../posting.ts';
import { workModeOf, workModeOfTitle } from '../normalise/work-mode.ts';
import { countryOfField } from './countries.ts';
import { eligibilityOfSentences, type TextEligibility } from './eligibility.ts';
import { fold } from './fold.ts';
import { citiesByName } from './gazetteer.ts';
import { type PlaceText, readPlaceText, type Spot } from './place-text.ts';
import { signalsOf } from './signals.ts';
import { modeOfLines, modeOfSentences, type TextMode } from './text-mode.ts';

export interface PlaceInput {
  /** Place texts as stated, one an element. */
  readonly places: readonly string[];
  /** A country field: a code or a name. */
  readonly country: string | null;
  readonly workMode: WorkMode;
  readonly title: string;
  /** The description as plain text with line breaks. */
  readonly text: string;
  readonly source: string;
}

export interface ParsedPlaces {
  readonly places: readonly Place[];
  /** The one country of the places, or of the candidates of remote work; null when there are several or none. */
  readonly country: string | null;
  readonly workMode: WorkMode;
  /** The most days a week that are told; null when none are. */
  readonly daysOnSite: number | null;
  readonly eligibility: Eligibility;
  readonly evidence: readonly Evidence[];
  readonly conflict: WorkModeConflict | null;
}

/** Feeds of remote work whose place field says where the candidate may live. */
const ELIGIBILITY_FEEDS = new Set(['remotive', 'himalayas', 'jobicy', 'workingnomads', 'weworkremotely']);
const TEXT_MAX = 60_000;
/** Characters of one place text and of a title: what is longer is no such thing. */
const LINE_MAX = 600;
const PLACES_MAX = 60;
const COUNTY = /(?:^|,\s*)(\p{Lu}[\p{L}.' -]{1,40} (?:County|Parish))(?=\s*,|$)/u;

export function parsePlaces(input: PlaceInput): ParsedPlaces {
  const stated = input.places.slice(0, PLACES_MAX).map((text) => text.slice(0, LINE_MAX).replaceAll('_', ' '));
  const title = input.title.slice(0, LINE_MAX);
  const read = stated.map(readPlaceText);
  const text = input.text.length > TEXT_MAX ? input.text.slice(0, TEXT_MAX) : input.text;
  const signals = signalsOf(text);
  const told = modeOfSentences(signals);
  const mode = modeFrom(input.workMode, stated, title, told);
  const field = countryOfField(input.country?.slice(0, LINE_MAX) ?? null);
  const found = settle(read, mode.mode, field, ELIGIBILITY_FEEDS.has(input.source));
  const who = eligibilityOfSentences(signals);
  const days = mode.mode === 'remote' ? null : daysFrom([...stated, title], told);
  return {
    places: found.places,
    country: field ?? countryOf(found, mode.mode, who),
    workMode: mode.mode,
    daysOnSite: days?.count ?? null,
    eligibility: {
      countries: [...new Set([...found.countries, ...who.countries])],
      regions: [...new Set([...found.regions, ...who.regions])],
      timeZones: who.timeZones.length > 0 ? who.timeZones : null,
    },
    evidence: evidenceOf(mode, days, found, who),
    conflict: conflictOf(mode, told),
  };
}

interface Mode {
  readonly mode: WorkMode;
  readonly from: Evidence['from'];
  readonly phrase: string;
}

function modeFrom(workMode: WorkMode, places: readonly string[], title: string, told: TextMode): Mode {
  if (workMode !== 'unknown') return { mode: workMode, from: 'field', phrase: workMode };
  const ofPlaces = workModeOf(places);
  if (ofPlaces !== 'unknown') return { mode: ofPlaces, from: 'place', phrase: places.join('; ').slice(0, 200) };
  const ofTitle = workModeOfTitle(title);
  if (ofTitle !== 'unknown') return { mode: ofTitle, from: 'title', phrase: title };
  return { mode: told.mode, from: 'text', phrase: told.phrase ?? '' };
}

function conflictOf({ mode, from }: Mode, told: TextMode): WorkModeConflict | null {
  if (from === 'text' || mode === 'unknown') return null;
  if (told.mode !== 'unknown' && told.mode !== mode)
    return { stated: mode, told: told.mode, phrase: told.phrase ?? '' };
  return mode === 'remote' && told.denied !== null && told.mode === 'unknown'
    ? { stated: mode, told: 'unknown', phrase: told.denied }
    : null;
}

interface Days {
  readonly count: number;
  readonly phrase: string;
  readonly from: Evidence['from'];
}

function daysFrom(lines: readonly string[], told: TextMode): Days | null {
  const short = modeOfLines(lines.filter((line) => /\d|day|tag/i.test(line)));
  const [from, { daysOnSite, daysPhrase }] =
    short.daysOnSite === null ? (['text', told] as const) : (['place', short] as const);
  return daysOnSite === null ? null : { count: daysOnSite, phrase: daysPhrase ?? '', from };
}

interface Settled {
  readonly places: readonly Place[];
  /** Where the candidates of remote work may live. */
  readonly countries: readonly string[];
  readonly regions: readonly string[];
  readonly phrases: readonly string[];
}

/** A country alone is the place of work, or where one may live when the work is remote. */
function settle(read: readonly PlaceText[], mode: WorkMode, field: string | null, isFeed: boolean): Settled {
  const places = new Map<string, Place>();
  const countries = new Set<string>();
  const phrases = new Set<string>();
  for (const spot of read.flatMap(({ spots }) => spots)) {
    const { country, region } = located(spot, field);
    const isResidence = isFeed || spot.isRemote || mode === 'remote';
    if (isResidence && spot.city === null && country !== null) {
      countries.add(country);
      phrases.add(spot.text);
    }
    const isPlace = spot.city !== null || (region !== null && !isFeed) || (country !== null && !isResidence);
    if (isPlace && places.size < PLACES_MAX) addPlace(places, { ...spot, country, region });
  }
  const regions = new Set(read.flatMap(({ world }) => world));
  return {
    places: inCompany([...places.values()]),
    countries: [...countries],
    regions: [...regions],
    phrases: [...phrases],
  };
}

/**
 * An open town in the company of others: the same town once more is left out, and one whose name is known in one country only is
 * there when the others are ("Bronx; Queens").
 */
function inCompany(places: readonly Place[]): Place[] {
  const countries = new Set(places.flatMap(({ country }) => country ?? []));
  const [only] = countries.size === 1 ? countries : [];
  return places.flatMap((place) => {
    if (place.country !== null || place.city === null) return [place];
    const name = fold(place.city);
    if (places.some((other) => other.country !== null && other.city !== null && fold(other.city) === name)) return [];
    const known = citiesByName(name);
    if (only === undefined || known.length === 0 || known.some(({ country }) => country !== only)) return [place];
    const [first, ...more] = known;
    return [{ ...place, country: only, region: more.length === 0 ? (first?.region ?? null) : null }];
  });
}

function addPlace(places: Map<string, Place>, { country, region, city, text }: Spot): void {
  const key = [country, region, city === null ? null : fold(city)].join('|');
  if (places.has(key)) return;
  places.set(key, { country, region, county: COUNTY.exec(text)?.[1] ?? null, city, text });
}

/** A town that may be in several countries is in the one that a field of the posting names. */
function located(
  { country, region, city }: Spot,
  field: string | null,
): { country: string | null; region: string | null } {
  if (country !== null || city === null || field === null) return { country, region };
  const known = citiesByName(fold(city));
  const there = known.filter((entry) => entry.country === field);
  if (known.length > 0 && there.length === 0) return { country, region };
  return { country: field, region: there.length === 1 ? (there[0]?.region ?? region) : region };
}

function countryOf({ places, countries, regions }: Settled, mode: WorkMode, who: TextEligibility): string | null {
  const all = new Set([...places.map(({ country }) => country), ...countries]);
  const [only] = all;
  if (all.size === 1) return regions.length > 0 && places.length === 0 ? null : (only ?? null);
  if (all.size > 1 || regions.length > 0 || mode !== 'remote') return null;
  // no place is named: where the candidates must live
  return who.countries.length === 1 && who.regions.length === 0 ? (who.countries[0] ?? null) : null;
}

function evidenceOf(mode: Mode, days: Days | null, { phrases }: Settled, who: TextEligibility): Evidence[] {
  const evidence: Evidence[] = [];
  const add = (what: Evidence['what'], from: Evidence['from'], phrase: string | null) => {
    if (phrase !== null && phrase !== '') evidence.push({ what, from, phrase });
  };
  if (mode.mode !== 'unknown') add('workMode', mode.from, mode.phrase);
  if (days !== null) add('daysOnSite', days.from, days.phrase);
  for (const phrase of phrases.slice(0, 3)) add('eligibility', 'place', phrase);
  add('eligibility', 'text', who.phrase);
  add('timeZones', 'text', who.zonesPhrase);
  return evidence;
}
