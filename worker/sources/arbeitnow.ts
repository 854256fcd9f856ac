/**
 * Arbeitnow: a feed of pages of a hundred or more, mostly of Germany, ended by an empty page. `links.next` is never followed:
 * it can carry a search word that somebody pays for. The feed rotates, so two equal requests differ and rows repeat.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine, unescapeHtml } from '../steps/normalise/text.ts';
import { remoteFlag, statedDate, webUrl } from './fields.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { inTurns, type Listing } from './turns.ts';

const text = z.string().nullish();

const item = z.looseObject({
  slug: z.string().min(1),
  url: z.string().min(1),
  title: z.string().regex(/\S/),
  company_name: text,
  description: text,
  remote: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  job_types: z.array(z.string()).nullish(),
  location: text,
  created_at: z.number().nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ data: z.array(z.unknown()) });

export const arbeitnow: Connector<Item> = {
  name: 'arbeitnow',
  item,
  read,
  nativeId: (row) => row.slug,
  // "Organizational Development (515)": how many postings have the tag.
  stable: (row) => ({ ...row, tags: row.tags?.map((tag) => tag.replace(/\s*\(\d+\)$/, '')) }),
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const feed: Listing = {
    name: 'the feed',
    async ask(page) {
      const url = new URL(`${settings.baseUrl}/api/job-board-api?page=${page}`);
      const { json } = await fetch({ url, endpoint: '/api/job-board-api', schema: envelope });
      // How many rows make a full page has changed before, so only an empty one is the last.
      return { rows: json.data, more: json.data.length > 0 };
    },
  };
  return yield* inTurns([feed], arbeitnow, settings.pagesMax);
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.url);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: row.slug,
    url,
    applyUrls: [url],
    title: decodeLine(row.title),
    company: decodeLine(row.company_name ?? '') || null,
    places: [decodeLine(row.location ?? '')].filter(Boolean),
    country: null,
    workMode: remoteFlag(row.remote),
    employment: row.job_types ?? [],
    pay: null,
    statedAt: statedDate(row.created_at),
    html: unescapeHtml(row.description ?? ''),
    plain: null,
    textIsCut: false,
  };
}
