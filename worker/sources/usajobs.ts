/**
 * USAJOBS: the posts of the United States' federal agencies, searched by words. The key belongs to an e-mail address, which
 * must be the User-Agent. Details come as text in some fields and as booleans and numbers in others.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay, WorkMode } from '../posting.ts';
import { countryOf } from '../steps/normalise/country.ts';
import { decodeLine, hasTags } from '../steps/normalise/text.ts';
import { figure, lastDate, statedDate, webUrl, webUrls } from './fields.ts';
import { without } from './items.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { inTurns, type Listing } from './turns.ts';

/** Up to 500 would be given; with all texts a hundred of them are some megabytes. */
const ROWS_PER_PAGE = 100;

const text = z.string().nullish();
const numberOrText = z.union([z.number(), z.string()]).nullish();
const flag = z.union([z.boolean(), z.string()]).nullish();
const named = z.array(z.looseObject({ Name: text })).nullish();

/** The descriptor of a hit with the hit's id beside its fields, as `flat` makes it. */
const item = z.looseObject({
  MatchedObjectId: z.union([z.string().min(1), z.number()]),
  PositionTitle: z.string().regex(/\S/),
  PositionURI: z.string().min(1),
  ApplyURI: z.array(z.string()).nullish(),
  PositionLocation: z.array(z.looseObject({ LocationName: text, CountryCode: text })).nullish(),
  PositionLocationDisplay: text,
  OrganizationName: text,
  DepartmentName: text,
  PositionSchedule: named,
  PositionOfferingType: named,
  QualificationSummary: text,
  PositionRemuneration: z
    .array(z.looseObject({ MinimumRange: numberOrText, MaximumRange: numberOrText, RateIntervalCode: text }))
    .nullish(),
  PublicationStartDate: text,
  ApplicationCloseDate: z.unknown().optional(),
  UserArea: z
    .looseObject({
      Details: z
        .looseObject({
          JobSummary: text,
          MajorDuties: z.array(z.string()).nullish(),
          ApplyOnlineUrl: text,
          TeleworkEligible: flag,
          RemoteIndicator: flag,
        })
        .nullish(),
    })
    .nullish(),
});
type Item = z.infer<typeof item>;

const hit = z.looseObject({ MatchedObjectDescriptor: z.looseObject({}) });
const envelope = z.looseObject({
  SearchResult: z.looseObject({
    SearchResultItems: z.array(z.unknown()),
    UserArea: z.looseObject({ NumberOfPages: numberOrText }).nullish(),
  }),
});

export const usajobs: Connector<Item> = {
  name: 'usajobs',
  item,
  read,
  nativeId: (row) => String(row.MatchedObjectId),
  // Where the words of the search stand in the text: another search, another value.
  stable: (row) => without(row, ['PositionFormattedDescription']),
  toPosting,
  expiresAt: (row) => lastDate(row.ApplicationCloseDate),
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((words) => listing(words, settings, fetch));
  return yield* inTurns(lists, usajobs, settings.pagesMax);
}

function listing(words: string, settings: ReadSettings, fetch: Fetch): Listing {
  return {
    name: JSON.stringify(words),
    async ask(page) {
      const parameters = new URLSearchParams({
        Keyword: words,
        ResultsPerPage: String(ROWS_PER_PAGE),
        Page: String(page),
        SortField: 'opendate',
        SortDirection: 'Desc',
        Fields: 'Full',
      });
      const { json } = await fetch({
        url: new URL(`${settings.baseUrl}/api/Search?${parameters}`),
        endpoint: '/api/search',
        schema: envelope,
        headers: { 'authorization-key': settings.keys.USAJOBS_API_KEY ?? '' },
        userAgent: settings.keys.USAJOBS_EMAIL ?? '',
      });
      const { SearchResultItems: hits, UserArea } = json.SearchResult;
      const pages = Number(UserArea?.NumberOfPages ?? Number.NaN);
      const more = Number.isNaN(pages) ? hits.length === ROWS_PER_PAGE : hits.length > 0 && page < pages;
      return { rows: hits.map(flat), more };
    },
  };
}

/** The rank is the answer's and not the posting's. What is no hit is left as it is, to be set aside. */
function flat(row: unknown): unknown {
  const found = hit.safeParse(row);
  if (!found.success) return row;
  const { MatchedObjectDescriptor: descriptor, RelevanceRank: _, ...rest } = found.data;
  return { ...rest, ...descriptor };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  // They write ":443" into it, which `URL` leaves away.
  const url = webUrl(row.PositionURI);
  if (url === null) throw new Error('has no link that a person could open');
  const description = descriptionOf(row);
  return {
    nativeId: String(row.MatchedObjectId),
    url,
    applyUrls: webUrls([row.UserArea?.Details?.ApplyOnlineUrl, ...(row.ApplyURI ?? []), url]),
    title: decodeLine(row.PositionTitle),
    company: decodeLine(row.OrganizationName || row.DepartmentName || '') || null,
    places: placesOf(row),
    country: countryOf((row.PositionLocation ?? []).map((place) => place.CountryCode ?? '')),
    workMode: workModeOf(row),
    employment: [...(row.PositionSchedule ?? []), ...(row.PositionOfferingType ?? [])].flatMap(
      ({ Name }) => Name || [],
    ),
    pay: payOf(row),
    statedAt: statedDate(row.PublicationStartDate),
    html: hasTags(description) ? description : null,
    plain: hasTags(description) ? null : description,
    textIsCut: false,
  };
}

function placesOf(row: Item): string[] {
  const all = (row.PositionLocation ?? []).map((place) => place.LocationName ?? '');
  const stated = all.some((name) => name.trim() !== '') ? all : [row.PositionLocationDisplay ?? ''];
  return stated.map(decodeLine).filter(Boolean);
}

/** Telework is for some days of the week; who may work elsewhere on all of them is remote. */
function workModeOf({ UserArea }: Item): WorkMode {
  const [remote, telework] = [UserArea?.Details?.RemoteIndicator, UserArea?.Details?.TeleworkEligible].map(truthOf);
  if (remote === true) return 'remote';
  if (telework === true) return 'hybrid';
  return remote === false && telework === false ? 'onsite' : 'unknown';
}

function truthOf(value: boolean | string | null | undefined): boolean | undefined {
  const word = String(value).toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** Rates by other units (two weeks, school year, piece work, none) are kept as figures without a period. */
const PERIODS: Readonly<Record<string, StatedPay['period']>> = { PA: 'year', PM: 'month', PD: 'day', PH: 'hour' };

function payOf({ PositionRemuneration }: Item): StatedPay | null {
  const [rate] = PositionRemuneration ?? [];
  const min = figure(Number(rate?.MinimumRange ?? 0));
  const max = figure(Number(rate?.MaximumRange ?? 0));
  if (min === null && max === null) return null;
  const code = rate?.RateIntervalCode ?? '';
  const raw = `${rate?.MinimumRange ?? ''} | ${rate?.MaximumRange ?? ''} ${code}`.trim();
  // The federal pay tables are in dollars, whatever the country of the post.
  return { raw, min, max, currency: 'USD', period: PERIODS[code] ?? null, estimated: false };
}

/** Summary and qualifications are often the same words. */
function descriptionOf(row: Item): string {
  const details = row.UserArea?.Details;
  const duties = (details?.MajorDuties ?? []).map((duty) => `• ${duty.trim()}`).join('\n');
  const parts = [details?.JobSummary, duties, row.QualificationSummary].map((part) => part?.trim() ?? '');
  return [...new Set(parts)].filter(Boolean).join('\n\n');
}
