/**
 * One careers page of any employer, as far as it describes its postings for search engines: schema.org JobPostings in JSON-LD.
 * The board's name is the page's address. What a page lists only as links to other pages is not read.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { FetchError } from '../../shared/errors.ts';
import type { Fetch } from '../http/fetch.ts';
import { HTML_FORMAT } from '../http/html.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine, unescapeHtml } from '../steps/normalise/text.ts';
import { statedDate } from './fields.ts';
import { pageOf, without } from './items.ts';
import { structuredData } from './json-ld.ts';
import { endOf } from './paging.ts';
import {
  countryOf,
  employerOf,
  employmentOf,
  isThing,
  payOf,
  placesOf,
  textOf,
  urlOf,
  workModeOf,
} from './schema-org.ts';
import type { Board, Connector, Page, ReadEnd, ReadProblem, ReadSettings } from './source.ts';
import { withToken } from './tenant.ts';
import { boardFailure } from './wrong-board.ts';

/** Of a page with all its scripts and pictures inside. */
const BYTES_MAX = 8 * 1024 * 1024;
/** Of an identifier that is taken as it is. */
const ID_LENGTH_MAX = 200;

const item = z.looseObject({ title: z.string().regex(/\S/), datePosted: z.unknown().optional() });
type Item = z.infer<typeof item>;

/** A page in health has structured data, if only about the employer; a page that says "sorry" has none. */
const page = z
  .string()
  .transform(structuredData)
  .refine((data) => data.blocks > 0, { message: 'has no structured data (application/ld+json) that can be read' });

export const jsonld: Connector<Item> = {
  name: 'jsonld',
  item,
  read,
  nativeId,
  stable: (row) => (isMadeUp(textOf(row.datePosted)) ? without(row, ['datePosted']) : row),
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const { host, pathname, search } = pageAddress(board);
  const url = new URL(withToken(settings.baseUrl, host + pathname + search));
  const { json } = await fetch({
    url,
    endpoint: '/:page',
    format: HTML_FORMAT,
    isPage: true,
    schema: page,
    bytesMax: BYTES_MAX,
    // Walls in front of such pages like to refuse whoever comes without their cookie.
    keepCookies: true,
  }).catch((error: unknown) => {
    throw boardFailure(error, board, 'The site');
  });
  yield pageOf(item, json.postings);
  return endOf(unread(json.broken));
}

function unread(blocks: number): ReadProblem[] {
  if (blocks === 0) return [];
  const error = new FetchError(
    'parse',
    'they speak of postings and are no JSON, also after what can be mended was mended',
  );
  return [{ error, what: `${blocks} block${blocks === 1 ? '' : 's'} of structured data` }];
}

/**
 * The page that the board's name is the address of: `https://example.com/careers?dept=it`, or the same without `https://`.
 * @throws FetchError for what is no such address; only https, and only its own port
 */
function pageAddress(board: Board): URL {
  const url = URL.parse(`https://${board.token.replace(/^https:\/\//i, '')}`);
  if (url === null || url.port !== '' || url.username !== '' || url.password !== '' || !url.hostname.includes('.')) {
    const message = `${JSON.stringify(board.token)} is no address of a careers page, such as example.com/careers`;
    throw new FetchError('other', message);
  }
  return url;
}

/** Its own identifier, else its own address, else what tells it from its neighbours. */
function nativeId(row: Item): string {
  const identifier = isThing(row.identifier) ? row.identifier.value : row.identifier;
  const stated = textOf(identifier);
  if (stated !== '' && stated.length <= ID_LENGTH_MAX) return stated;
  const url = urlOf(row);
  const told = stated || url || JSON.stringify([row.title, placesOf(row), employerOf(row)]);
  return `${url === null ? 'text' : 'url'}:${hash('sha256', told, 'hex').slice(0, 32)}`;
}

/** @throws Error when the posting has no title that a person could read */
function toPosting(row: Item, board: Board): SourcePosting {
  const title = decodeLine(row.title);
  if (title === '') throw new Error('has no title');
  const url = urlOf(row) ?? pageAddress(board).href;
  const datePosted = textOf(row.datePosted);
  return {
    nativeId: nativeId(row),
    url,
    applyUrls: [url],
    title,
    company: employerOf(row) ?? board.company,
    places: placesOf(row),
    country: countryOf(row),
    workMode: workModeOf(row),
    employment: employmentOf(row),
    pay: payOf(row),
    // 11/02/2026 is two different days, so only ISO dates are read.
    statedAt: isMadeUp(datePosted) ? null : statedDate(datePosted),
    html: unescapeHtml(typeof row.description === 'string' ? row.description : ''),
    plain: null,
    textIsCut: false,
  };
}

const DAY_MS = 24 * 3_600_000;

/** One vendor's pages say that everything was posted exactly two years before they are asked. */
function isMadeUp(datePosted: string, now = new Date()): boolean {
  const stated = statedDate(datePosted);
  if (stated === null) return false;
  const twoYearsAgo = new Date(now);
  twoYearsAgo.setUTCFullYear(now.getUTCFullYear() - 2);
  return Math.abs(stated.getTime() - twoYearsAgo.getTime()) < DAY_MS;
}
