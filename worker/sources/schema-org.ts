/**
 * Fields of a schema.org JobPosting, as pages really write them (https://schema.org/JobPosting): a thing where a list is
 * expected and the other way round, a name instead of a thing, a number as a text. What cannot be read is not told.
 */
import type { StatedPay, WorkMode } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { countryCode, currencyCode, figure, payPeriod, placeText, webUrl } from './fields.ts';

export type Thing = Readonly<Record<string, unknown>>;

/** Members of a list that are looked at; a posting with more places says "anywhere" in a long way. */
const LIST_MAX = 50;
/** Names inside names. */
const DEPTH_MAX = 3;

export function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value.slice(0, LIST_MAX) : [value];
}

/** A text or a number as one line, or the name of a thing, or the first of a list of these; else empty. */
export function textOf(value: unknown, depth = DEPTH_MAX): string {
  if (typeof value === 'string' || typeof value === 'number') return decodeLine(String(value));
  if (depth === 0) return '';
  if (Array.isArray(value)) return textOf(value[0], depth - 1);
  return isThing(value) ? textOf(value.name, depth - 1) : '';
}

export function employerOf(posting: Thing): string | null {
  return textOf(posting.hiringOrganization) || null;
}

/** Where the work is; for remote work without a place, where the worker may live. */
export function placesOf(posting: Thing): string[] {
  const employer = employerOf(posting);
  const places = listOf(posting.jobLocation)
    .map((place) => placeOf(place, employer))
    .filter(Boolean);
  return places.length > 0
    ? places
    : listOf(posting.applicantLocationRequirements)
        .map((value) => textOf(value))
        .filter(Boolean);
}

function placeOf(place: unknown, employer: string | null): string {
  if (!isThing(place)) return textOf(place);
  const { address } = place;
  const stated = isThing(address)
    ? placeText([address.addressLocality, address.addressRegion, address.addressCountry].map((value) => textOf(value)))
    : textOf(address);
  // Some write the employer's name into the place's.
  const name = textOf(place.name);
  return stated || (name === employer ? '' : name);
}

/** ISO 3166-1 alpha-2 when all places say the same code. */
export function countryOf(posting: Thing): string | null {
  const countries = listOf(posting.jobLocation).map((place) => {
    const address = isThing(place) ? place.address : undefined;
    return isThing(address) ? textOf(address.addressCountry) : '';
  });
  return countryCode(countries);
}

/** The only value that there is (https://developers.google.com/search/docs/appearance/structured-data/job-posting). */
export function workModeOf(posting: Thing): WorkMode {
  return listOf(posting.jobLocationType)
    .map((value) => textOf(value))
    .includes('TELECOMMUTE')
    ? 'remote'
    : 'unknown';
}

export function employmentOf(posting: Thing): string[] {
  return listOf(posting.employmentType)
    .map((value) => textOf(value))
    .filter(Boolean);
}

/** `baseSalary` as a thing, as a thing with a figure, as a figure or as a text. */
export function payOf(posting: Thing): StatedPay | null {
  const [salary] = listOf(posting.baseSalary);
  if (!isThing(salary)) return bare(textOf(salary), salary);
  const [value] = listOf(salary.value);
  const range: Thing = isThing(value) ? value : { value };
  const one = amount(range.value);
  const [min, max] = [amount(range.minValue) ?? one, amount(range.maxValue) ?? one];
  const unit = textOf(range.unitText) || textOf(salary.unitText);
  const currency = textOf(salary.currency) || textOf(range.currency);
  const words = [textOf(range.minValue), textOf(range.maxValue), textOf(range.value), currency, unit];
  const told = words.slice(0, 3).some((word) => word !== '' && word !== '0');
  if (!told) return null;
  return {
    raw: words.filter(Boolean).join(' '),
    min,
    max,
    currency: currencyCode(currency),
    period: payPeriod(unit),
    estimated: false,
  };
}

function bare(raw: string, salary: unknown): StatedPay | null {
  const value = amount(salary);
  if (raw === '' || raw === '0') return null;
  return { raw, min: value, max: value, currency: null, period: null, estimated: false };
}

/** Only what is a number as a whole: thousands marks are read differently in different countries. */
function amount(value: unknown): number | null {
  const text = textOf(value);
  return /^\d+(?:\.\d{1,2})?$/.test(text) ? figure(Number(text)) : null;
}

/** The address that the posting gives for itself. */
export function urlOf(posting: Thing): string | null {
  return webUrl(typeof posting.url === 'string' ? posting.url : undefined);
}
