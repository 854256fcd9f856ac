/**
 * Himalayas: a search over remote postings, twenty a page whatever is asked for. Its other address (`/jobs/api`) pages by
 * `offset`; this one pages by `page` and ignores an offset. Data there is a day old; asking more often brings nothing.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { currencyCode, figure, lastDate, payPeriod, statedDate, webUrls } from './fields.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { createTally, inTurns, type Listing } from './turns.ts';

const text = z.string().nullish();

const item = z.looseObject({
  guid: z.string().min(1),
  title: z.string().regex(/\S/),
  companyName: text,
  employmentType: text,
  minSalary: z.number().nullish(),
  maxSalary: z.number().nullish(),
  salaryPeriod: text,
  currency: text,
  locationRestrictions: z.array(z.string()).nullish(),
  description: text,
  pubDate: z.number().nullish(),
  expiryDate: z.unknown().optional(),
  applicationLink: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ totalCount: z.number().nullish(), jobs: z.array(z.unknown()) });

export const himalayas: Connector<Item> = {
  name: 'himalayas',
  item,
  read,
  nativeId: (row) => row.guid,
  stable: (row) => row,
  toPosting,
  expiresAt: (row) => lastDate(row.expiryDate),
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((query) => listing(query, settings, fetch));
  return yield* inTurns(lists, himalayas, settings.pagesMax);
}

function listing(query: string, settings: ReadSettings, fetch: Fetch): Listing {
  const name = JSON.stringify(query);
  const tally = createTally('Himalayas', name);
  return {
    name,
    async ask(page) {
      const parameters = new URLSearchParams({ q: query, sort: 'recent', page: String(page) });
      const url = new URL(`${settings.baseUrl}/jobs/api/search?${parameters}`);
      const { json } = await fetch({ url, endpoint: '/jobs/api/search', schema: envelope });
      return tally(json.jobs, json.totalCount);
    },
  };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const [url] = webUrls([row.applicationLink, row.guid]);
  if (url === undefined) throw new Error('has no link that a person could open');
  return {
    nativeId: row.guid,
    url,
    applyUrls: [url],
    title: decodeLine(row.title),
    company: decodeLine(row.companyName ?? '') || null,
    places: placesOf(row),
    country: null,
    workMode: 'remote',
    employment: [row.employmentType ?? ''].filter(Boolean),
    pay: payOf(row),
    statedAt: statedDate(row.pubDate),
    html: row.description ?? '',
    plain: null,
    textIsCut: false,
  };
}

/** A list that is empty means everywhere; one that is missing means nothing. A comma is part of a name ("Korea, Republic of"). */
function placesOf({ locationRestrictions }: Item): string[] {
  if (locationRestrictions?.length === 0) return ['Worldwide'];
  return (locationRestrictions ?? []).map(decodeLine).filter(Boolean);
}

function payOf(row: Item): StatedPay | null {
  const min = figure(row.minSalary);
  const max = figure(row.maxSalary);
  if (min === null && max === null) return null;
  const currency = currencyCode(row.currency);
  const raw = `${min ?? ''} | ${max ?? ''} ${currency ?? ''} ${row.salaryPeriod ?? ''}`.trim();
  return { raw, min, max, currency, period: payPeriod(row.salaryPeriod), estimated: false };
}
