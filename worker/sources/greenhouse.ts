/** Greenhouse job boards: one employer's whole list in one answer, descriptions escaped once more than HTML is. */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay, WorkMode } from '../posting.ts';
import { decodeLine, unescapeHtml } from '../steps/normalise/text.ts';
import { isWorkModel, workModeOf } from '../steps/normalise/work-mode.ts';
import { currencyCode, figure, statedDate, webUrl } from './fields.ts';
import { pageOf, without } from './items.ts';
import { endOf, missingRows } from './paging.ts';
import { type Board, type Connector, NoOpeningError, type Page, type ReadEnd, type ReadSettings } from './source.ts';
import { boardFailure } from './wrong-board.ts';

/** The list comes whole, with all descriptions: two thousand postings are 20 MB. */
const BYTES_MAX = 50 * 1024 * 1024;

const text = z.string().nullish();

const item = z.looseObject({
  id: z.union([z.string().min(1), z.number()]),
  title: z.string().regex(/\S/),
  absolute_url: z.string().min(1),
  // Without it the answer is not what was asked for: the board answers 200 and no texts when `content` gets lost on the way.
  content: z.string(),
  internal_job_id: z.union([z.number(), z.string()]).nullish(),
  requisition_id: z.union([z.number(), z.string()]).nullish(),
  first_published: text,
  updated_at: text,
  company_name: text,
  location: z.looseObject({ name: text }).nullish(),
  offices: z.array(z.looseObject({ name: text, location: text })).nullish(),
  metadata: z.array(z.looseObject({ name: text, value: z.unknown(), value_type: text })).nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({
  jobs: z.array(z.unknown()),
  meta: z.looseObject({ total: z.number().nullish() }).nullish(),
});
const currencyRange = z.looseObject({
  unit: text,
  min_value: z.union([z.string(), z.number()]).nullish(),
  max_value: z.union([z.string(), z.number()]).nullish(),
});

export const greenhouse: Connector<Item> = {
  name: 'greenhouse',
  item,
  read,
  nativeId: (row) => String(row.id),
  // Touched by every edit of the hiring team, also by those that no candidate sees.
  stable: (row) => without(row, ['updated_at']),
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const url = new URL(`${settings.baseUrl}/v1/boards/${encodeURIComponent(board.token)}/jobs?content=true`);
  const request = { url, endpoint: '/v1/boards/:token/jobs', schema: envelope, bytesMax: BYTES_MAX };
  const { json } = await fetch(request).catch((error: unknown) => {
    throw boardFailure(error, board, 'Greenhouse');
  });
  yield pageOf(item, json.jobs);
  return endOf(missingRows('Greenhouse', json.jobs.length, json.meta?.total));
}

/** @throws NoOpeningError for a prospect post, Error for one without an address */
function toPosting(row: Item, board: Board): SourcePosting {
  if (row.internal_job_id === null) throw new NoOpeningError('is a prospect post');
  const url = webUrl(row.absolute_url);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: decodeLine(row.title),
    company: decodeLine(row.company_name ?? '') || board.company,
    places: placesOf(row),
    country: null,
    workMode: workModeField(row),
    employment: wordsOf(row, /^(?:employment|job|worker|position|time|contract)[ _-]?type$|^commitment$/i),
    pay: payOf(row),
    statedAt: statedDate(row.first_published),
    html: unescapeHtml(row.content),
    plain: null,
    textIsCut: false,
    requisitions: requisitionsOf(row),
  };
}

/** Posts of one job in several places share its number in the system; the other one is what the employer calls it. */
function requisitionsOf({ internal_job_id: job, requisition_id: own }: Item): string[] {
  return [...(job == null ? [] : [`greenhouse:${job}`]), ...(own == null ? [] : [String(own)])];
}

/** Several places stand in one text. Where it names only a way of working, the offices say where. */
function placesOf(row: Item): string[] {
  const stated = (row.location?.name ?? '').split(';').map(decodeLine).filter(Boolean);
  if (!stated.every(isWorkModel)) return stated;
  return [...stated, ...(row.offices ?? []).map((office) => decodeLine(office.location ?? '')).filter(Boolean)];
}

/** Boards name their own fields, so only a field that can mean nothing else is believed. */
function workModeField(row: Item): WorkMode {
  const words = wordsOf(row, /^work(?:place|ing)?[ _-]?(?:type|model|mode|arrangement|style)$/i);
  return words.length > 0 && words.every(isWorkModel) ? workModeOf(words) : 'unknown';
}

/** Text values of the board's own fields whose name fits; a value may be a text, a list, or nothing. */
function wordsOf(row: Item, name: RegExp): string[] {
  return (row.metadata ?? [])
    .filter((field) => name.test(field.name?.trim() ?? ''))
    .flatMap((field) => (Array.isArray(field.value) ? field.value : [field.value]))
    .filter((value): value is string => typeof value === 'string');
}

function payOf(row: Item): StatedPay | null {
  for (const field of row.metadata ?? []) {
    if (field.value_type !== 'currency_range') continue;
    const range = currencyRange.safeParse(field.value);
    if (!range.success) continue;
    const { unit, min_value, max_value } = range.data;
    const min = figure(Number(min_value ?? 0));
    const max = figure(Number(max_value ?? 0));
    if (min === null && max === null) continue;
    const raw = `${min_value ?? ''} | ${max_value ?? ''} ${unit ?? ''}`.trim();
    return { raw, min, max, currency: currencyCode(unit), period: null, estimated: false };
  }
  return null;
}
