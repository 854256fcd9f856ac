/** Findwork: a search by words over postings that it collects elsewhere, so many are known from another source. */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { remoteFlag, statedDate, webUrl } from './fields.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { inTurns, type Listing } from './turns.ts';

const text = z.string().nullish();

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  role: z.string().regex(/\S/),
  url: z.string().min(1),
  company_name: text,
  employment_type: text,
  location: text,
  remote: z.boolean().nullish(),
  text,
  date_posted: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ results: z.array(z.unknown()), next: text });

export const findwork: Connector<Item> = {
  name: 'findwork',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((words) => listing(words, settings, fetch));
  return yield* inTurns(lists, findwork, settings.pagesMax);
}

function listing(words: string, settings: ReadSettings, fetch: Fetch): Listing {
  const headers = { authorization: `Token ${settings.keys.FINDWORK_API_KEY ?? ''}` };
  // Of the link to the next page only its query is taken: the key goes to no host that an answer names.
  let query = `?${new URLSearchParams({ search: words, order_by: '-date_posted' })}`;
  return {
    name: JSON.stringify(words),
    async ask() {
      const url = new URL(`${settings.baseUrl}/api/jobs/${query}`);
      const { json } = await fetch({ url, endpoint: '/api/jobs/', schema: envelope, headers });
      const next = URL.parse(json.next ?? '', url);
      if (!json.next || next === null) return { rows: json.results, more: false };
      query = next.search;
      return { rows: json.results, more: true };
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
    title: decodeLine(row.role),
    company: decodeLine(row.company_name ?? '') || null,
    places: [decodeLine(row.location ?? '')].filter(Boolean),
    country: null,
    workMode: remoteFlag(row.remote),
    employment: [row.employment_type ?? ''].filter(Boolean),
    pay: null,
    statedAt: statedDate(row.date_posted),
    html: row.text ?? '',
    plain: null,
    textIsCut: false,
  };
}
