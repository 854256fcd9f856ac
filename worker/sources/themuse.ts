/**
 * The Muse: lists by category and level, twenty a page, and knows no words: what is IAM work is judged here. A page number of
 * 100 or more is refused, so a list is read in slices. It refuses a pace with 403, which the door knows by its headers.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { statedDate, webUrl } from './fields.ts';
import { endOfReach } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings, Standing } from './source.ts';
import { inTurns, type Listing } from './turns.ts';

/** Measured 2026-08: `page=100` answers 400 "Value `page` is too high", whatever `page_count` says. */
const PAGES_SHOWN = 100;

const text = z.string().nullish();
const named = z.array(z.looseObject({ name: text })).nullish();

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  name: z.string().regex(/\S/),
  contents: text,
  publication_date: text,
  locations: named,
  levels: named,
  refs: z.looseObject({ landing_page: z.string().min(1) }),
  company: z.looseObject({ name: text }).nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ page_count: z.number(), results: z.array(z.unknown()) });

export const themuse: Connector<Item> = {
  name: 'themuse',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
  check,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((slice) => listing(slice, settings, fetch));
  return yield* inTurns(lists, themuse, settings.pagesMax);
}

/** @param slice parameters of the list: "category=Software Engineering&level=Senior Level" */
function listing(slice: string, settings: ReadSettings, fetch: Fetch): Listing {
  const name = JSON.stringify(slice);
  return {
    name,
    async ask(page) {
      const parameters = new URLSearchParams(slice);
      parameters.set('page', String(page - 1));
      const key = settings.keys.THEMUSE_API_KEY;
      if (key) parameters.set('api_key', key);
      const url = new URL(`${settings.baseUrl}/api/public/jobs?${parameters}`);
      const { json } = await fetch({ url, endpoint: '/api/public/jobs', schema: envelope });
      const more = json.results.length > 0 && page < json.page_count;
      if (!more || page < PAGES_SHOWN) return { rows: json.results, more };
      const says = `The Muse shows ${PAGES_SHOWN} pages of a list, and this one has ${json.page_count}`;
      return { rows: json.results, more: false, problem: endOfReach(says, name) };
    },
  };
}

/** Its own record; one that is gone answers 404. */
async function check(nativeId: string, settings: ReadSettings, fetch: Fetch): Promise<Standing> {
  const url = new URL(`${settings.baseUrl}/api/public/jobs/${encodeURIComponent(nativeId)}`);
  const key = settings.keys.THEMUSE_API_KEY;
  if (key) url.searchParams.set('api_key', key);
  await fetch({ url, endpoint: '/api/public/jobs/:id', schema: item });
  return { open: true };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.refs.landing_page);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: decodeLine(row.name),
    company: decodeLine(row.company?.name ?? '') || null,
    // "Flexible / Remote" is one of them; no other field tells how one works.
    places: namesOf(row.locations),
    country: null,
    workMode: 'unknown',
    employment: namesOf(row.levels).filter((level) => /^intern/i.test(level)),
    pay: null,
    statedAt: statedDate(row.publication_date),
    html: row.contents ?? '',
    plain: null,
    textIsCut: false,
  };
}

function namesOf(list: Item['locations']): string[] {
  return (list ?? []).map(({ name }) => decodeLine(name ?? '')).filter(Boolean);
}
