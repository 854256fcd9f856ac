/** Recruitee careers sites: one employer's whole list in one answer, in the language of the board. */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay, WorkMode } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { countryCode, currencyCode, figure, payPeriod, placeText, statedDate, webUrl, webUrls } from './fields.ts';
import { pageOf, without } from './items.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { tenantBase } from './tenant.ts';
import { boardFailure } from './wrong-board.ts';

const text = z.string().nullish();
const flag = z.boolean().nullish();
const amount = z.union([z.string(), z.number()]).nullish();

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  title: z.string().regex(/\S/),
  careers_url: z.string().min(1),
  careers_apply_url: text,
  status: text,
  description: text,
  requirements: text,
  company_name: text,
  location: text,
  city: text,
  state_name: text,
  country: text,
  country_code: text,
  locations: z.array(z.looseObject({ city: text, state: text, country: text, country_code: text })).nullish(),
  remote: flag,
  hybrid: flag,
  on_site: flag,
  employment_type_code: text,
  published_at: text,
  created_at: text,
  salary: z.looseObject({ min: amount, max: amount, period: text, currency: text }).nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ offers: z.array(z.unknown()) });

export const recruitee: Connector<Item> = {
  name: 'recruitee',
  item,
  read,
  nativeId: (row) => String(row.id),
  // Where it stands in the employer's list, and any edit, also those that no candidate sees.
  stable: (row) => without(row, ['position', 'updated_at']),
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const url = new URL(`${tenantBase(settings.baseUrl, board)}/api/offers/`);
  const { json } = await fetch({ url, endpoint: '/api/offers', schema: envelope }).catch((error: unknown) => {
    throw boardFailure(error, board, 'Recruitee');
  });
  yield pageOf(item, json.offers.filter(isPublished));
  return endOf([]);
}

function isPublished(row: unknown): boolean {
  const status = (row as { status?: unknown } | null)?.status;
  return typeof status !== 'string' || status === 'published';
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item, board: Board): SourcePosting {
  // The whole address, also for an employer with a domain of its own.
  const url = webUrl(row.careers_url);
  if (url === null) throw new Error('has no link that a person could open');
  const places = row.locations ?? [];
  return {
    nativeId: String(row.id),
    url,
    applyUrls: webUrls([row.careers_apply_url, url]),
    title: decodeLine(row.title),
    company: decodeLine(row.company_name ?? '') || board.company,
    places: placesOf(row),
    country: countryCode(places.length > 0 ? places.map((place) => place.country_code) : [row.country_code]),
    workMode: workModeOf(row),
    employment: employmentOf(row.employment_type_code ?? ''),
    pay: payOf(row),
    statedAt: statedDate(row.published_at ?? row.created_at),
    html: [row.description, row.requirements].filter(Boolean).join('\n'),
    plain: null,
    textIsCut: false,
  };
}

/** "Remote job" is what `location` says for want of a town. */
function placesOf(row: Item): string[] {
  const listed = (row.locations ?? []).map(({ city, state, country }) => placeText([city, state, country]));
  const places = listed.some(Boolean) ? listed : [placeText([row.city, row.state_name, row.country])];
  return places.some(Boolean) ? places.filter(Boolean) : [decodeLine(row.location ?? '')].filter(Boolean);
}

/** Three switches: what they say together is only clear when one of them is on. */
function workModeOf({ remote, hybrid, on_site }: Item): WorkMode {
  const on = [remote && 'remote', hybrid && 'hybrid', on_site && 'onsite'].filter((mode) => typeof mode === 'string');
  return on.length === 1 ? (on[0] as WorkMode) : 'unknown';
}

/** "parttime_fixed_term" says two things. */
function employmentOf(code: string): string[] {
  const [, hours, kind] = /^(?:(fulltime|parttime)(?:_|$))?(.*)$/.exec(code) ?? [];
  return [hours ?? '', (kind ?? '').replaceAll('_', ' ')].filter(Boolean);
}

function payOf({ salary }: Item): StatedPay | null {
  const min = figure(Number(salary?.min ?? 0));
  const max = figure(Number(salary?.max ?? 0));
  if (min === null && max === null) return null;
  const raw = [salary?.min, salary?.max].map((part) => part ?? '').join(' | ');
  return {
    raw: `${raw} ${salary?.currency ?? ''} ${salary?.period ?? ''}`.trim(),
    min,
    max,
    currency: currencyCode(salary?.currency),
    period: payPeriod(salary?.period),
    estimated: false,
  };
}
