/**
 * Teamtailor sites: one employer's list as a JSON Feed (https://www.jsonfeed.org/version/1.1/). What a job is stands in a
 * schema.org JobPosting inside each item. Healthy feeds answer 400 now and then.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { statedDate, webUrl } from './fields.ts';
import { pageOf, withField } from './items.ts';
import { createRepeatCheck, endOf, ownLimit, pageProblem, repeatedPage } from './paging.ts';
import { countryOf, employerOf, employmentOf, payOf, placesOf, textOf, workModeOf } from './schema-org.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { tenantBase } from './tenant.ts';
import { boardFailure } from './wrong-board.ts';

const PASSING = [400];

const text = z.string().nullish();

const item = z.looseObject({
  id: z.union([z.string().min(1), z.number()]),
  title: z.string().regex(/\S/),
  url: z.string().min(1),
  date_published: text,
  content_html: text,
  _jobposting: z.looseObject({}).nullish(),
  /** The feed's title, which is the employer's name; put here by `read`. */
  feed_title: text,
});
type Item = z.infer<typeof item>;

const feed = z.looseObject({ title: text, next_url: text, items: z.array(z.unknown()) });

export const teamtailor: Connector<Item> = {
  name: 'teamtailor',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const isRepeated = createRepeatCheck();
  const url = new URL(`${tenantBase(settings.baseUrl, board)}/jobs.json`);
  for (let number = 1; number <= settings.pagesMax; number++) {
    const what = `page ${number} of the feed`;
    const request = { url, endpoint: '/jobs', schema: feed, retryOn: PASSING };
    let answer: z.infer<typeof feed>;
    try {
      answer = (await fetch(request)).json;
    } catch (error) {
      if (number === 1) throw boardFailure(error, board, 'Teamtailor');
      return endOf([pageProblem(error, what)]);
    }
    const page = pageOf(item, withField(answer.items, 'feed_title', answer.title));
    if (isRepeated(page.items.map(teamtailor.nativeId))) return endOf([repeatedPage(what)]);
    yield page;
    if (!answer.next_url) return endOf([]);
    // Only what it asks for: it names the employer's own domain, and we stay on this host.
    url.search = URL.parse(answer.next_url, url)?.search ?? '';
  }
  return endOf([ownLimit(settings.pagesMax)]);
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item, board: Board): SourcePosting {
  const url = webUrl(row.url);
  if (url === null) throw new Error('has no link that a person could open');
  const posting = row._jobposting ?? {};
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: decodeLine(row.title),
    company: employerOf(posting) ?? (decodeLine(row.feed_title ?? '') || board.company),
    places: placesOf(posting),
    country: countryOf(posting),
    workMode: workModeOf(posting),
    employment: employmentOf(posting),
    pay: payOf(posting),
    statedAt: statedDate(row.date_published || textOf(posting.datePosted)),
    html: row.content_html || (typeof posting.description === 'string' ? posting.description : ''),
    plain: null,
    textIsCut: false,
  };
}
