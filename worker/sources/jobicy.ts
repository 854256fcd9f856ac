/** Jobicy: the newest hundred remote postings for a word, in one answer. Plain fields have entities in them. */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { currencyCode, figure, payPeriod, statedDate, webUrl } from './fields.ts';
import { endOfReach } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { inTurns, type Listing } from './turns.ts';

/** The most that it gives; there is no second page. */
const ROWS_MAX = 100;

const text = z.string().nullish();

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  url: z.string().min(1),
  jobTitle: z.string().regex(/\S/),
  companyName: text,
  jobType: z.array(z.string()).nullish(),
  jobGeo: text,
  jobDescription: text,
  pubDate: text,
  salaryMin: z.number().nullish(),
  salaryMax: z.number().nullish(),
  salaryCurrency: text,
  salaryPeriod: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ jobs: z.array(z.unknown()) });

export const jobicy: Connector<Item> = {
  name: 'jobicy',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((tag) => listing(tag, settings, fetch));
  return yield* inTurns(lists, jobicy, settings.pagesMax);
}

function listing(tag: string, settings: ReadSettings, fetch: Fetch): Listing {
  const name = JSON.stringify(tag);
  return {
    name,
    async ask() {
      const query = new URLSearchParams({ count: String(ROWS_MAX), tag });
      const url = new URL(`${settings.baseUrl}/api/v2/remote-jobs?${query}`);
      const { json } = await fetch({ url, endpoint: '/api/v2/remote-jobs', schema: envelope });
      const isFull = json.jobs.length >= ROWS_MAX;
      const problem = isFull ? endOfReach(`Jobicy shows the newest ${ROWS_MAX} of a list`, name) : undefined;
      return { rows: json.jobs, more: false, problem };
    },
  };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.url);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: decodeLine(row.jobTitle),
    company: decodeLine(row.companyName ?? '') || null,
    // Where the candidate may live; every posting is remote.
    places: [decodeLine(row.jobGeo ?? '')].filter(Boolean),
    country: null,
    workMode: 'remote',
    employment: row.jobType ?? [],
    pay: payOf(row),
    statedAt: statedDate(row.pubDate),
    html: row.jobDescription ?? '',
    plain: null,
    textIsCut: false,
  };
}

function payOf(row: Item): StatedPay | null {
  const min = figure(row.salaryMin);
  const max = figure(row.salaryMax);
  if (min === null && max === null) return null;
  const currency = currencyCode(row.salaryCurrency);
  const raw = `${min ?? ''} | ${max ?? ''} ${currency ?? ''} ${row.salaryPeriod ?? ''}`.trim();
  return { raw, min, max, currency, period: payPeriod(row.salaryPeriod), estimated: false };
}
