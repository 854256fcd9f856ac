/** Lever postings: one employer's list in pages by offset. The requirements stand in lists beside the description. */
import he from 'he';
import { z } from 'zod';
import { SOURCES } from '../../shared/sources.ts';
import type { Fetch, FetchRequest } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { currencyCode, figure, payPeriod, statedDate, webUrl, webUrls, workplace } from './fields.ts';
import { pageOf } from './items.ts';
import { createRepeatCheck, endOf, ownLimit, pageProblem, repeatedPage } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { boardFailure } from './wrong-board.ts';

const ROWS_PER_PAGE = 100;
const EU_BASE_URL = 'https://api.eu.lever.co';

const text = z.string().nullish();

const item = z.looseObject({
  id: z.string().min(1),
  text: z.string().regex(/\S/),
  hostedUrl: z.string().min(1),
  applyUrl: text,
  createdAt: z.number().nullish(),
  country: text,
  workplaceType: text,
  categories: z
    .looseObject({ location: text, commitment: text, allLocations: z.array(z.string()).nullish() })
    .nullish(),
  opening: text,
  description: text,
  descriptionPlain: text,
  descriptionBody: text,
  lists: z.array(z.looseObject({ text, content: text })).nullish(),
  additional: text,
  salaryDescription: text,
  salaryRange: z
    .looseObject({ currency: text, interval: text, min: z.number().nullish(), max: z.number().nullish() })
    .nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.array(z.unknown());

export const lever: Connector<Item> = {
  name: 'lever',
  item,
  read,
  nativeId: (row) => row.id,
  stable: (row) => row,
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const isRepeated = createRepeatCheck();
  let skip = 0;
  for (let number = 1; number <= settings.pagesMax; number++) {
    const what = `page ${number} of the board`;
    let rows: readonly unknown[];
    try {
      rows = (await fetch(requestFor(board, settings, skip))).json;
    } catch (error) {
      if (number === 1) throw boardFailure(error, board, 'Lever');
      return endOf([pageProblem(error, what)]);
    }
    const page = pageOf(item, rows);
    if (isRepeated(page.items.map(lever.nativeId))) return endOf([repeatedPage(what)]);
    yield page;
    if (rows.length < ROWS_PER_PAGE) return endOf([]);
    skip += rows.length;
  }
  return endOf([ownLimit(settings.pagesMax)]);
}

function requestFor(board: Board, settings: ReadSettings, skip: number): FetchRequest<unknown[]> {
  // A base address that the operator moved stands for both regions.
  const isDefault = settings.baseUrl === SOURCES.lever.baseUrl;
  const base = board.region === 'eu' && isDefault ? EU_BASE_URL : settings.baseUrl;
  // Without mode=json the answer is a page for people.
  const query = new URLSearchParams({ mode: 'json', skip: String(skip), limit: String(ROWS_PER_PAGE) });
  const url = new URL(`${base}/v0/postings/${encodeURIComponent(board.token)}?${query}`);
  return { url, endpoint: '/v0/postings/:site', schema: envelope };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item, board: Board): SourcePosting {
  const url = webUrl(row.hostedUrl);
  if (url === null) throw new Error('has no link that a person could open');
  const html = htmlOf(row);
  return {
    nativeId: row.id,
    url,
    applyUrls: webUrls([row.applyUrl, url]),
    title: decodeLine(row.text),
    company: board.company,
    places: placesOf(row),
    country: row.country || null,
    workMode: workplace(row.workplaceType),
    employment: [row.categories?.commitment ?? ''].filter(Boolean),
    pay: payOf(row),
    statedAt: statedDate(row.createdAt),
    html: html === '' ? null : html,
    plain: html === '' ? (row.descriptionPlain ?? '') : null,
    textIsCut: false,
  };
}

/** What a candidate reads from top to bottom: description, lists, pay, closing words. */
function htmlOf(row: Item): string {
  const lists = (row.lists ?? []).map((list) => `<h3>${he.escape(list.text ?? '')}</h3><ul>${list.content ?? ''}</ul>`);
  const body = row.description || [row.opening, row.descriptionBody].join('');
  return [body, ...lists, row.salaryDescription, row.additional].filter(Boolean).join('\n');
}

function placesOf(row: Item): string[] {
  const all = row.categories?.allLocations ?? [];
  return (all.length > 0 ? all : [row.categories?.location ?? '']).map(decodeLine).filter(Boolean);
}

function payOf({ salaryRange }: Item): StatedPay | null {
  const min = figure(salaryRange?.min);
  const max = figure(salaryRange?.max);
  if (min === null && max === null) return null;
  const raw = [salaryRange?.interval, min, max, salaryRange?.currency].filter(Boolean).join(' ');
  return {
    raw,
    min,
    max,
    currency: currencyCode(salaryRange?.currency),
    period: payPeriod(salaryRange?.interval),
    estimated: false,
  };
}
