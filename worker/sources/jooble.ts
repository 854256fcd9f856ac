/**
 * Jooble: a search by words that is posted as JSON, with the key in its path: the address is a secret and is shown nowhere.
 * Ids are 64-bit numbers. A free key has 500 requests for its whole life, so little is asked.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { payInWords, statedDate, webUrl } from './fields.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { createTally, inTurns, type Listing } from './turns.ts';

const ROWS_PER_PAGE = 100;

const text = z.string().nullish();

const item = z.looseObject({
  // Text where it is too long for a number: the door keeps every digit.
  id: z.union([z.string().min(1), z.number()]),
  title: z.string().regex(/\S/),
  link: z.string().min(1),
  location: text,
  snippet: text,
  salary: text,
  type: text,
  company: text,
  updated: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ totalCount: z.number().nullish(), jobs: z.array(z.unknown()) });

export const jooble: Connector<Item> = {
  name: 'jooble',
  item,
  read,
  nativeId: (row) => String(row.id),
  // Its query says which search brought it and at which place.
  stable: (row) => ({ ...row, link: row.link.split('?')[0] }),
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((keywords) => listing(keywords, settings, fetch));
  return yield* inTurns(lists, jooble, settings.pagesMax);
}

function listing(keywords: string, settings: ReadSettings, fetch: Fetch): Listing {
  const name = JSON.stringify(keywords);
  const key = encodeURIComponent(settings.keys.JOOBLE_API_KEY ?? '');
  const tally = createTally('Jooble', name);
  return {
    name,
    async ask(page) {
      const url = new URL(`${settings.baseUrl}/api/${key}`);
      const body = { keywords, location: '', page: String(page), ResultOnPage: ROWS_PER_PAGE };
      const { json } = await fetch({ url, endpoint: '/api/:key', schema: envelope, body });
      return tally(json.jobs, json.totalCount);
    },
  };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.link);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: readable(row.title),
    company: readable(row.company ?? '') || null,
    places: [readable(row.location ?? '')].filter(Boolean),
    country: null,
    workMode: 'unknown',
    employment: [row.type ?? ''].filter(Boolean),
    pay: payInWords(row.salary),
    statedAt: statedDate(row.updated),
    html: null,
    plain: readable(row.snippet ?? ''),
    textIsCut: true,
  };
}

/** The words that were searched for are marked, also inside a word. */
function readable(marked: string): string {
  return decodeLine(marked.replace(/<\/?(?:b|strong|em)>/gi, ''));
}
