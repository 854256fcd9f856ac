/**
 * Remote OK: one array of about a hundred newest postings, all of them remote. The first element is no posting but the terms,
 * which ask for a link that search engines may follow and for the name; both stand in the catalogue's attribution.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { figure, statedDate, webUrl, webUrls } from './fields.ts';
import { pageOf } from './items.ts';
import { repairMojibake } from './mojibake.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';

const HOME = 'https://remoteok.com';

const text = z.string().nullish();
const number = z.number().nullish();

const item = z.looseObject({
  id: z.union([z.string().min(1), z.number()]),
  position: z.string().regex(/\S/),
  slug: text,
  epoch: number,
  date: text,
  company: text,
  tags: z.array(z.string()).nullish(),
  description: text,
  location: text,
  apply_url: text,
  url: text,
  salary_min: number,
  salary_max: number,
});
type Item = z.infer<typeof item>;

export const remoteok: Connector<Item> = {
  name: 'remoteok',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const url = new URL(`${settings.baseUrl}/api`);
  const { json } = await fetch({ url, endpoint: '/api', schema: z.array(z.unknown()) });
  yield pageOf(
    item,
    json.filter((row) => !isNotice(row)),
  );
  return endOf([]);
}

/** The terms are known by what they lack, not by where they stand. */
function isNotice(row: unknown): boolean {
  if (typeof row !== 'object' || row === null) return false;
  return !('id' in row) && !('position' in row) && ('legal' in row || 'last_updated' in row);
}

function toPosting(row: Item): SourcePosting {
  const url = pageFor(row);
  return {
    nativeId: String(row.id),
    url,
    applyUrls: webUrls([isPostingPage(row.apply_url) ? row.apply_url : undefined, url]),
    title: readable(row.position),
    company: readable(row.company ?? '') || null,
    places: [readable(row.location ?? '')].filter(Boolean),
    country: null,
    workMode: 'remote',
    employment: (row.tags ?? []).filter((tag) =>
      /^(?:full|part)[ -]?time$|^(?:contract(?:or)?|internship|freelance|temporary)$/i.test(tag),
    ),
    pay: payOf(row),
    statedAt: statedDate(row.epoch ?? row.date),
    html: repairMojibake(row.description ?? ''),
    plain: null,
    textIsCut: false,
  };
}

function readable(field: string): string {
  return decodeLine(repairMojibake(field));
}

/** Rows without a slug point at the list of all jobs; their number leads to the posting. */
function pageFor(row: Item): string {
  return (
    (isPostingPage(row.url) ? webUrl(row.url) : null) ?? `${HOME}/remote-jobs/${encodeURIComponent(String(row.id))}`
  );
}

function isPostingPage(url: string | null | undefined): boolean {
  return !/\/remote-jobs\/?$/.test(URL.parse(url ?? '')?.pathname ?? '/remote-jobs');
}

/** No currency and no period are told: most rows mean dollars a year, some mean dollars an hour. */
function payOf(row: Item): StatedPay | null {
  const min = figure(row.salary_min);
  const max = figure(row.salary_max);
  if (min === null && max === null) return null;
  return { raw: `${min ?? ''} | ${max ?? ''}`, min, max, currency: null, period: null, estimated: false };
}
