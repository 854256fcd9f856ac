/**
 * SmartRecruiters: one employer's list in pages by offset, without texts; each posting's own record has them. `ref` in a row is
 * an address of the API, no page for people.
 */
import he from 'he';
import { z } from 'zod';
import type { Fetch, FetchRequest } from '../http/fetch.ts';
import type { SourcePosting, StatedPay, WorkMode } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { countryCode, currencyCode, figure, payPeriod, placeText, statedDate, webUrl, webUrls } from './fields.ts';
import { pageOf } from './items.ts';
import { createRepeatCheck, endOf, isHopeless, missingRows, ownLimit, pageProblem, repeatedPage } from './paging.ts';
import {
  type Board,
  type Connector,
  NoOpeningError,
  type Page,
  type ReadEnd,
  type ReadProblem,
  type ReadSettings,
} from './source.ts';
import { boardFailure } from './wrong-board.ts';

/** The most that it gives. */
const ROWS_PER_PAGE = 100;
const PAGES = 'https://jobs.smartrecruiters.com';
/** In the order in which a candidate reads them. */
const SECTIONS = ['companyDescription', 'jobDescription', 'qualifications', 'additionalInformation'];

const text = z.string().nullish();
const labelled = z.looseObject({ label: text }).nullish();

const detail = z.looseObject({
  id: z.union([z.string(), z.number()]),
  active: z.boolean().nullish(),
  postingUrl: text,
  applyUrl: text,
  // Without it the record is not what was asked for.
  jobAd: z.looseObject({ sections: z.record(z.string(), z.unknown()) }),
  compensation: z
    .looseObject({
      salary: z
        .looseObject({ min: z.number().nullish(), max: z.number().nullish(), currency: text, period: text })
        .nullish(),
    })
    .nullish(),
});

const item = z.looseObject({
  id: z.union([z.string().min(1), z.number()]),
  name: z.string().regex(/\S/),
  company: z.looseObject({ identifier: text, name: text }).nullish(),
  releasedDate: text,
  location: z
    .looseObject({
      city: text,
      region: text,
      country: text,
      fullLocation: text,
      remote: z.boolean().nullish(),
      hybrid: z.boolean().nullish(),
    })
    .nullish(),
  typeOfEmployment: labelled,
  /** The posting's own record, put here by `detail`. */
  detail: detail.nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ totalFound: z.number(), content: z.array(z.unknown()) });
type Envelope = z.infer<typeof envelope>;

export const smartrecruiters: Connector<Item> = {
  name: 'smartrecruiters',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
  async detail(row, board, settings, fetch) {
    const url = new URL(`${postingsOf(board, settings)}/${encodeURIComponent(String(row.id))}`);
    const { json } = await fetch({ url, endpoint: '/v1/companies/:id/postings/:posting', schema: detail });
    return { ...row, detail: json };
  },
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const isRepeated = createRepeatCheck();
  const problems: ReadProblem[] = [];
  let [total, rows] = [Number.POSITIVE_INFINITY, 0];
  for (let number = 1; (number - 1) * ROWS_PER_PAGE < total; number++) {
    if (number > settings.pagesMax) return endOf([...problems, ownLimit(settings.pagesMax)]);
    const what = `page ${number} of the board`;
    let answer: Envelope;
    try {
      answer = (await fetch(requestFor(board, settings, (number - 1) * ROWS_PER_PAGE))).json;
    } catch (error) {
      if (number === 1) throw boardFailure(error, board, 'SmartRecruiters');
      problems.push(pageProblem(error, what));
      if (isHopeless(error)) return endOf(problems);
      continue;
    }
    const page = pageOf(item, answer.content);
    if (isRepeated(page.items.map(smartrecruiters.nativeId))) return endOf([...problems, repeatedPage(what)]);
    yield page;
    total = answer.totalFound;
    rows += answer.content.length;
    if (answer.content.length < ROWS_PER_PAGE) break;
  }
  // Rows of a page that failed are missing as well, and have been told already.
  return endOf(problems.length > 0 ? problems : missingRows('SmartRecruiters', rows, total));
}

function requestFor(board: Board, settings: ReadSettings, offset: number): FetchRequest<Envelope> {
  const url = new URL(`${postingsOf(board, settings)}?limit=${ROWS_PER_PAGE}&offset=${offset}`);
  return { url, endpoint: '/v1/companies/:id/postings', schema: envelope };
}

/** The name keeps its capitals: it is not the same company without them. */
function postingsOf(board: Board, settings: ReadSettings): string {
  return `${settings.baseUrl}/v1/companies/${encodeURIComponent(board.token)}/postings`;
}

/** @throws NoOpeningError for a posting that is not active any more, Error for one that has no address to open */
function toPosting(row: Item, board: Board): SourcePosting {
  if (row.detail?.active === false) throw new NoOpeningError('is not active any more');
  const company = row.company?.identifier || board.token;
  const id = String(row.id);
  const url = webUrl(row.detail?.postingUrl) ?? `${PAGES}/${encodeURIComponent(company)}/${encodeURIComponent(id)}`;
  const html = htmlOf(row);
  return {
    nativeId: id,
    url,
    applyUrls: webUrls([row.detail?.applyUrl, url]),
    title: titleOf(row),
    company: decodeLine(row.company?.name ?? '') || board.company,
    places: [placeOf(row)].filter(Boolean),
    country: countryCode([row.location?.country]),
    workMode: workModeOf(row),
    employment: [row.typeOfEmployment?.label ?? ''].filter(Boolean),
    pay: payOf(row),
    statedAt: statedDate(row.releasedDate),
    html,
    plain: html === null ? '' : null,
    textIsCut: html === null,
  };
}

/** @throws Error when nothing can be read in it */
function titleOf(row: Item): string {
  const title = decodeLine(row.name);
  if (title === '') throw new Error('has no title');
  return title;
}

/** Null as long as the list is all that is known. */
function htmlOf(row: Item): string | null {
  if (row.detail === null || row.detail === undefined) return null;
  const { sections } = row.detail.jobAd;
  return SECTIONS.flatMap((name) => {
    const section = sections[name] as { title?: unknown; text?: unknown } | null | undefined;
    if (typeof section?.text !== 'string' || section.text.trim() === '') return [];
    const title = typeof section.title === 'string' ? `<h3>${he.escape(decodeLine(section.title))}</h3>` : '';
    return [title + section.text];
  }).join('\n');
}

function placeOf({ location }: Item): string {
  return decodeLine(location?.fullLocation ?? '') || placeText([location?.city, location?.region, location?.country]);
}

/** On-site only where both switches say so. */
function workModeOf({ location }: Item): WorkMode {
  if (location?.hybrid === true) return 'hybrid';
  if (location?.remote === true) return 'remote';
  return location?.remote === false && location.hybrid === false ? 'onsite' : 'unknown';
}

function payOf({ detail }: Item): StatedPay | null {
  const salary = detail?.compensation?.salary;
  const [min, max] = [figure(salary?.min), figure(salary?.max)];
  if (min === null && max === null) return null;
  return {
    raw: `${min ?? ''} | ${max ?? ''} ${salary?.currency ?? ''} ${salary?.period ?? ''}`.trim(),
    min,
    max,
    currency: currencyCode(salary?.currency),
    period: payPeriod(salary?.period),
    estimated: false,
  };
}
