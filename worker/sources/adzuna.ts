/**
 * Adzuna: a search by words and country, fifty rows a page, the page's number in the path. The first page tells how many rows
 * there are, so later pages can be asked for side by side.
 */
import { z } from 'zod';
import type { Fetch, FetchRequest } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { figure, statedDate, webUrl } from './fields.ts';
import { pageOf, without } from './items.ts';
import { ahead, createRepeatCheck, endOf, isHopeless, ownLimit, pageProblem, repeatedPage } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadProblem, ReadSettings } from './source.ts';

const ROWS_PER_PAGE = 50;
/** A scan runs several times a day; what is older has been seen, and four scans a day keep within 250 requests. */
const DAYS_MAX = 7;

const text = z.string().nullish();
const number = z.number().nullish();

const item = z.looseObject({
  id: z.union([z.string().min(1), z.number()]),
  title: z.string().regex(/\S/),
  description: text,
  created: text,
  redirect_url: z.string().min(1),
  company: z.looseObject({ display_name: text }).nullish(),
  location: z.looseObject({ display_name: text, area: z.array(z.string()).nullish() }).nullish(),
  salary_min: number,
  salary_max: number,
  salary_is_predicted: z.union([z.literal(['0', '1']), z.literal([0, 1]), z.boolean()]).nullish(),
  contract_time: text,
  contract_type: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ count: z.number(), results: z.array(z.unknown()) });

/** One country and one query, which is "words" or "parameter=words" for one of the parameters below. */
interface Search {
  readonly country: string;
  readonly query: string;
  readonly isRepeated: (ids: readonly string[]) => boolean;
  pages: number;
  stuck: boolean;
}
const WORD_PARAMETER = /^(what|what_and|what_phrase|what_or|title_only)=(.*)$/;

interface Ask {
  readonly search: Search;
  readonly page: number;
}
interface Outcome extends Ask {
  readonly answer?: z.infer<typeof envelope>;
  readonly error?: unknown;
}

export const adzuna: Connector<Item> = {
  name: 'adzuna',
  item,
  read,
  nativeId: (row) => String(row.id),
  // Both carry a signature of the request that brought them.
  stable: (row) => ({ ...without(row, ['adref', 'redirect_url']), page: row.redirect_url.split('?')[0] }),
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const searches = settings.adzunaCountries.flatMap((country) =>
    settings.queries.map(
      (query): Search => ({ country, query, isRepeated: createRepeatCheck(), pages: 1, stuck: false }),
    ),
  );
  const problems: ReadProblem[] = [];
  let refused = false;
  const ask = async ({ search, page }: Ask): Promise<Outcome> => {
    if (refused || search.stuck) return { search, page };
    return fetch(requestFor(search, page, settings)).then(
      ({ json }) => ({ search, page, answer: json }),
      (error: unknown) => ({ search, page, error }),
    );
  };
  const take = (outcome: Outcome): Page<Item> | undefined => {
    const what = `page ${outcome.page} of ${JSON.stringify(outcome.search.query)} in ${outcome.search.country}`;
    if (outcome.error !== undefined) {
      problems.push(pageProblem(outcome.error, what));
      refused ||= isHopeless(outcome.error);
    }
    if (outcome.answer === undefined) return undefined;
    if (outcome.page === 1) outcome.search.pages = Math.max(1, Math.ceil(outcome.answer.count / ROWS_PER_PAGE));
    const page = pageOf(item, outcome.answer.results);
    if (!outcome.search.isRepeated(page.items.map(adzuna.nativeId))) return page;
    if (!outcome.search.stuck) problems.push(repeatedPage(what));
    outcome.search.stuck = true;
    return undefined;
  };

  const first = searches.slice(0, settings.pagesMax).map((search): Ask => ({ search, page: 1 }));
  const [very] = first;
  if (very === undefined) return endOf([]);
  const opening = await ask(very);
  if (opening.error !== undefined) throw opening.error;
  for await (const outcome of withFirst(opening, ahead(first.slice(1), settings.concurrency, ask))) {
    const page = take(outcome);
    if (page !== undefined) yield page;
  }
  const later = laterPages(searches, settings.pagesMax - first.length);
  for await (const outcome of ahead(later.asks, settings.concurrency, ask)) {
    const page = take(outcome);
    if (page !== undefined) yield page;
  }
  const cut = later.cut || first.length < searches.length;
  return endOf(cut ? [...problems, ownLimit(settings.pagesMax)] : problems);
}

async function* withFirst<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/** Second pages of every search, then third ones, as far as the budget goes: no search starves another. */
function laterPages(searches: readonly Search[], budget: number): { asks: Ask[]; cut: boolean } {
  const deepest = Math.max(...searches.map((search) => search.pages));
  const asks: Ask[] = [];
  for (let page = 2; page <= deepest; page++) {
    for (const search of searches) {
      if (page > search.pages) continue;
      if (asks.length === budget) return { asks, cut: true };
      asks.push({ search, page });
    }
  }
  return { asks, cut: false };
}

function requestFor(search: Search, page: number, settings: ReadSettings): FetchRequest<z.infer<typeof envelope>> {
  const url = new URL(`${settings.baseUrl}/v1/api/jobs/${encodeURIComponent(search.country)}/search/${page}`);
  const [, name = 'what', words = search.query] = WORD_PARAMETER.exec(search.query) ?? [];
  const parameters: Record<string, string> = {
    app_id: settings.keys.ADZUNA_APP_ID ?? '',
    app_key: settings.keys.ADZUNA_APP_KEY ?? '',
    results_per_page: String(ROWS_PER_PAGE),
    sort_by: 'date',
    max_days_old: String(DAYS_MAX),
    [name]: words,
    'content-type': 'application/json',
  };
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  return { url, endpoint: '/v1/api/jobs/:country/search/:page', schema: envelope };
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.redirect_url);
  if (url === null) throw new Error('has no link that a person could open');
  const description = decodeLine(withoutMarks(row.description ?? ''));
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: decodeLine(withoutMarks(row.title)),
    company: decodeLine(row.company?.display_name ?? '') || null,
    places: placesOf(row),
    country: countryOf(row)?.code ?? null,
    workMode: 'unknown',
    employment: [row.contract_time, row.contract_type].flatMap((word) => word || []),
    pay: payOf(row),
    statedAt: statedDate(row.created),
    html: null,
    plain: description,
    textIsCut: /(?:…|\.\.\.)$/.test(description) || description.length >= 500,
  };
}

/** Older answers mark the words that were searched for. */
function withoutMarks(marked: string): string {
  return marked.replace(/<\/?(?:strong|b|em)>/gi, '');
}

/** The name for people lacks the state, without which a US place is half a place. */
function placesOf(row: Item): string[] {
  const name = row.location?.display_name?.trim() ?? '';
  const state = row.location?.area?.[1];
  if (name === '') return [];
  return [decodeLine(state === undefined || name.includes(state) ? name : `${name}, ${state}`)];
}

/** Names of the top of Adzuna's place tree, which follow the country's language and not ISO 3166. */
const COUNTRIES: Readonly<Record<string, { code: string; currency: string }>> = {
  US: { code: 'US', currency: 'USD' },
  UK: { code: 'GB', currency: 'GBP' },
  Australia: { code: 'AU', currency: 'AUD' },
  Brasil: { code: 'BR', currency: 'BRL' },
  Canada: { code: 'CA', currency: 'CAD' },
  Deutschland: { code: 'DE', currency: 'EUR' },
  España: { code: 'ES', currency: 'EUR' },
  France: { code: 'FR', currency: 'EUR' },
  India: { code: 'IN', currency: 'INR' },
  Italia: { code: 'IT', currency: 'EUR' },
  México: { code: 'MX', currency: 'MXN' },
  Nederland: { code: 'NL', currency: 'EUR' },
  'New Zealand': { code: 'NZ', currency: 'NZD' },
  Österreich: { code: 'AT', currency: 'EUR' },
  Polska: { code: 'PL', currency: 'PLN' },
  Singapore: { code: 'SG', currency: 'SGD' },
  'South Africa': { code: 'ZA', currency: 'ZAR' },
};

function countryOf(row: Item): { code: string; currency: string } | undefined {
  return COUNTRIES[row.location?.area?.[0] ?? ''];
}

/** Predicted figures are Adzuna's and not the employer's; the flag comes as text or as a number. */
function payOf(row: Item): StatedPay | null {
  const min = figure(row.salary_min);
  const max = figure(row.salary_max);
  if (min === null && max === null) return null;
  const estimated = ['1', 'true'].includes(String(row.salary_is_predicted ?? '0'));
  const raw = `${min ?? ''} | ${max ?? ''}${estimated ? ' predicted=1' : ''}`;
  return { raw, min, max, currency: countryOf(row)?.currency ?? null, period: null, estimated };
}
