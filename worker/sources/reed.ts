/**
 * Reed: a search by words in the United Kingdom, a hundred rows a page. The key is the name of HTTP Basic authentication, with
 * an empty password. The employer is often an agency; a text is only its beginning; a pay's period is not told.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { currencyCode, figure, lastDate, statedDate, webUrl } from './fields.ts';
import { without } from './items.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings, Standing } from './source.ts';
import { createTally, inTurns, type Listing } from './turns.ts';

const ROWS_PER_PAGE = 100;

const text = z.string().nullish();

const item = z.looseObject({
  jobId: z.union([z.number(), z.string().min(1)]),
  jobTitle: z.string().regex(/\S/),
  jobUrl: z.string().min(1),
  employerName: text,
  locationName: text,
  minimumSalary: z.number().nullish(),
  maximumSalary: z.number().nullish(),
  currency: text,
  date: text,
  expirationDate: z.unknown().optional(),
  jobDescription: text,
});
type Item = z.infer<typeof item>;

/** What proves that a record is this posting's and no page about something else. */
const record = z.looseObject({ jobId: z.union([z.number(), z.string().min(1)]) });

const envelope = z.looseObject({ results: z.array(z.unknown()), totalResults: z.number().nullish() });

export const reed: Connector<Item> = {
  name: 'reed',
  item,
  read,
  nativeId: (row) => String(row.jobId),
  // How many people applied so far.
  stable: (row) => without(row, ['applications']),
  toPosting,
  expiresAt: (row) => lastDate(isoOf(String(row.expirationDate ?? ''))),
  check,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((words) => listing(words, settings, fetch));
  return yield* inTurns(lists, reed, settings.pagesMax);
}

function listing(words: string, settings: ReadSettings, fetch: Fetch): Listing {
  const name = JSON.stringify(words);
  const tally = createTally('Reed', name);
  let skip = 0;
  return {
    name,
    async ask() {
      const parameters = new URLSearchParams({
        keywords: words,
        resultsToTake: String(ROWS_PER_PAGE),
        resultsToSkip: String(skip),
      });
      const url = new URL(`${settings.baseUrl}/api/1.0/search?${parameters}`);
      const { json } = await fetch({ url, endpoint: '/api/1.0/search', schema: envelope, headers: keyOf(settings) });
      skip += json.results.length;
      return tally(json.results, json.totalResults);
    },
  };
}

/** Its own record; one that is gone answers 404. */
async function check(nativeId: string, settings: ReadSettings, fetch: Fetch): Promise<Standing> {
  const url = new URL(`${settings.baseUrl}/api/1.0/jobs/${encodeURIComponent(nativeId)}`);
  await fetch({ url, endpoint: '/api/1.0/jobs/:id', schema: record, headers: keyOf(settings) });
  return { open: true };
}

function keyOf(settings: ReadSettings): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${settings.keys.REED_API_KEY ?? ''}:`).toString('base64')}` };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.jobUrl);
  if (url === null) throw new Error('has no link that a person could open');
  const description = decodeLine(row.jobDescription ?? '');
  return {
    nativeId: String(row.jobId),
    url,
    applyUrls: [url],
    title: decodeLine(row.jobTitle),
    company: decodeLine(row.employerName ?? '') || null,
    places: [decodeLine(row.locationName ?? '')].filter(Boolean),
    country: null,
    workMode: 'unknown',
    employment: [],
    pay: payOf(row),
    statedAt: statedDate(isoOf(row.date ?? '')),
    html: null,
    plain: description,
    textIsCut: /(?:…|\.\.\.)$/.test(description),
  };
}

/** `dd/MM/yyyy` as ISO 8601; nothing for what is no such day, so that no month is taken for a day. */
function isoOf(date: string): string | null {
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(date.trim()) ?? [];
  const iso = `${year}-${month}-${day}`;
  const time = Date.parse(iso);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : null;
}

/** Hidden pay is null. Figures below a thousand are for a day or an hour, and nothing says which. */
function payOf(row: Item): StatedPay | null {
  const min = figure(row.minimumSalary);
  const max = figure(row.maximumSalary);
  if (min === null && max === null) return null;
  const currency = currencyCode(row.currency);
  const raw = `${min ?? ''} | ${max ?? ''} ${currency ?? ''}`.trim();
  return { raw, min, max, currency, period: null, estimated: false };
}
