/** Working Nomads: one answer with some thirty remote postings. A posting has no id but the number in its address. */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { statedDate, webUrl } from './fields.ts';
import { pageOf } from './items.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';

const text = z.string().nullish();

const item = z.looseObject({
  url: z.string().min(1),
  title: z.string().regex(/\S/),
  description: text,
  company_name: text,
  tags: text,
  location: text,
  pub_date: text,
});
type Item = z.infer<typeof item>;

export const workingnomads: Connector<Item> = {
  name: 'workingnomads',
  item,
  read,
  nativeId,
  stable: (row) => row,
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const url = new URL(`${settings.baseUrl}/api/exposed_jobs/`);
  const { json } = await fetch({ url, endpoint: '/api/exposed_jobs/', schema: z.array(z.unknown()) });
  yield pageOf(item, json);
  return endOf([]);
}

/** `/job/go/<number>/`; an address of another form is its own id, without what trackers add. */
function nativeId(row: Item): string {
  const address = URL.parse(row.url);
  if (address === null) return row.url;
  return /\/job\/go\/(\d+)/.exec(address.pathname)?.[1] ?? address.pathname;
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.url);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: nativeId(row),
    url,
    applyUrls: [url],
    title: decodeLine(row.title),
    company: decodeLine(row.company_name ?? '') || null,
    // Where the candidate may live, several in one text; every posting is remote.
    places: [decodeLine(row.location ?? '')].filter(Boolean),
    country: null,
    workMode: 'remote',
    employment: [],
    pay: null,
    statedAt: statedDate(row.pub_date),
    html: row.description ?? '',
    plain: null,
    textIsCut: false,
  };
}
