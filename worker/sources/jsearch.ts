/**
 * JSearch (RapidAPI or OpenWeb Ninja): a search by words over Google for Jobs. It has two generations of answers, and an
 * account may have either path; both shapes are read on both. Every page costs quota, so pages are asked for one by one.
 */
import { z } from 'zod';
import { FetchError } from '../../shared/errors.ts';
import type { Fetch, FetchRequest } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine, hasTags } from '../steps/normalise/text.ts';
import { currencyCode, figure, payPeriod, remoteFlag, statedDate, webUrls } from './fields.ts';
import { without } from './items.ts';
import { repeatedPage } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { inTurns, type Listing } from './turns.ts';

const text = z.string().nullish();
const number = z.number().nullish();

const item = z.looseObject({
  job_id: z.string().min(1),
  job_title: z.string().regex(/\S/),
  employer_name: text,
  job_employment_type: text,
  job_employment_types: z.array(z.string()).nullish(),
  job_apply_link: text,
  apply_options: z.array(z.looseObject({ apply_link: text, is_direct: z.boolean().nullish() })).nullish(),
  job_description: text,
  job_is_remote: z.boolean().nullish(),
  job_posted_at_timestamp: number,
  job_posted_at_datetime_utc: text,
  job_location: text,
  job_city: text,
  job_state: text,
  job_country: text,
  job_google_link: text,
  job_salary: z.union([z.string(), z.number()]).nullish(),
  job_min_salary: number,
  job_max_salary: number,
  job_salary_currency: text,
  job_salary_period: text,
});
type Item = z.infer<typeof item>;

const envelope = z
  .looseObject({
    status: text,
    data: z.union([z.array(z.unknown()), z.looseObject({ jobs: z.array(z.unknown()), cursor: z.string().nullish() })]),
  })
  .refine((answer) => /^ok$/i.test(answer.status ?? 'OK'), { message: 'status is not OK', path: ['status'] });

export const jsearch: Connector<Item> = {
  name: 'jsearch',
  item,
  read,
  nativeId: (row) => row.job_id,
  stable: (row) => ({
    ...without(row, ['job_posted_at', 'job_google_link', 'apply_options']),
    apply_options: row.apply_options?.map((option) => option.apply_link ?? '').sort(),
  }),
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const lists = settings.queries.map((query) => listing(query, settings, fetch));
  return yield* inTurns(lists, jsearch, settings.pagesMax);
}

/** Pages are numbered in one generation and follow a cursor in the other; which one it is the answer tells. */
function listing(query: string, settings: ReadSettings, fetch: Fetch): Listing {
  const name = JSON.stringify(query);
  const cursors = new Set<string>();
  let cursor: string | undefined;
  return {
    name,
    async ask(page) {
      const answer = await ask({ query, page, cursor }, settings, fetch);
      if (answer.rows.length === 0 || answer.cursor === null) return { rows: answer.rows, more: false };
      if (answer.cursor === undefined) return { rows: answer.rows, more: true };
      cursor = answer.cursor;
      if (!cursors.has(cursor)) {
        cursors.add(cursor);
        return { rows: answer.rows, more: true };
      }
      return { rows: answer.rows, more: false, problem: repeatedPage(`the page after page ${page} of ${name}`) };
    },
  };
}

interface Question {
  readonly query: string;
  readonly page: number;
  readonly cursor: string | undefined;
}

interface Answer {
  readonly rows: readonly unknown[];
  /** Undefined: pages are numbered. Null: this was the last page. */
  readonly cursor: string | null | undefined;
}

async function ask(question: Question, settings: ReadSettings, fetch: Fetch): Promise<Answer> {
  const { json } = await fetch(requestFor(question, settings)).catch((error: unknown) => {
    throw withOtherPath(error, settings.jsearchPath);
  });
  if (Array.isArray(json.data)) return { rows: json.data, cursor: undefined };
  return { rows: json.data.jobs, cursor: json.data.cursor || null };
}

function requestFor(question: Question, settings: ReadSettings): FetchRequest<z.infer<typeof envelope>> {
  const url = new URL(settings.baseUrl + settings.jsearchPath);
  const parameters = { query: question.query, num_pages: '1', country: 'us', language: 'en', date_posted: 'week' };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (question.cursor !== undefined) url.searchParams.set('cursor', question.cursor);
  else if (question.page > 1 || settings.jsearchPath === '/search') {
    url.searchParams.set('page', String(question.page));
  }
  const key = settings.keys.JSEARCH_API_KEY ?? '';
  // The maker's own host wants another header than RapidAPI's gateway.
  const headers: Record<string, string> = /(^|\.)openwebninja\.com$/.test(url.hostname)
    ? { 'x-api-key': key }
    : { 'x-rapidapi-key': key, 'x-rapidapi-host': 'jsearch.p.rapidapi.com' };
  return { url, endpoint: settings.jsearchPath, schema: envelope, headers };
}

/** Some accounts have only one of the two paths, and the refusal does not say so. */
function withOtherPath(error: unknown, path: string): unknown {
  if (!(error instanceof FetchError) || error.status !== 404) return error;
  const other = path === '/search' ? '/search-v2' : '/search';
  const message = `${error.message}; if this account has only ${other}, set JSEARCH_PATH=${other}`;
  return new FetchError(error.type, message, { status: 404, cause: error });
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const options = [...(row.apply_options ?? [])].sort(
    (a, b) => Number(b.is_direct ?? false) - Number(a.is_direct ?? false),
  );
  const applyUrls = webUrls([...options.map((option) => option.apply_link), row.job_apply_link]);
  const url = webUrls([row.job_apply_link, ...applyUrls, row.job_google_link])[0];
  if (url === undefined) throw new Error('has no link that a person could open');
  const description = row.job_description ?? '';
  return {
    nativeId: row.job_id,
    url,
    applyUrls,
    title: decodeLine(row.job_title),
    company: decodeLine(row.employer_name ?? '') || null,
    places: placesOf(row),
    country: row.job_country ?? null,
    workMode: remoteFlag(row.job_is_remote),
    employment: row.job_employment_types?.length
      ? row.job_employment_types
      : [row.job_employment_type ?? ''].filter(Boolean),
    pay: payOf(row),
    statedAt: statedDate(row.job_posted_at_timestamp ?? row.job_posted_at_datetime_utc),
    html: hasTags(description) ? description : null,
    plain: hasTags(description) ? null : description,
    textIsCut: false,
  };
}

function placesOf(row: Item): string[] {
  const stated = row.job_location?.trim() || [row.job_city, row.job_state].filter(Boolean).join(', ');
  return stated === '' ? [] : [decodeLine(stated)];
}

function payOf(row: Item): StatedPay | null {
  const min = figure(row.job_min_salary);
  const max = figure(row.job_max_salary);
  const words = typeof row.job_salary === 'string' ? row.job_salary.trim() : '';
  if (min === null && max === null && words === '') return null;
  return {
    raw: words || `${min ?? ''} | ${max ?? ''} ${row.job_salary_period ?? ''}`.trim(),
    min,
    max,
    currency: currencyCode(row.job_salary_currency),
    period: payPeriod(row.job_salary_period),
    estimated: false,
  };
}
