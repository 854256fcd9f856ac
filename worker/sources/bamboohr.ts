/**
 * BambooHR careers sites: one employer's whole list without texts, and a record for each posting that has them. An employer that
 * left is redirected to BambooHR's own site.
 */
import { z } from 'zod';
import { FetchError } from '../../shared/errors.ts';
import { SOURCES } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import { RedirectError } from '../http/redirect.ts';
import type { SourcePosting, WorkMode } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { payInWords, placeText, statedDate, webUrl, webUrls } from './fields.ts';
import { pageOf } from './items.ts';
import { endOf, missingRows } from './paging.ts';
import { type Board, type Connector, NoOpeningError, type Page, type ReadEnd, type ReadSettings } from './source.ts';
import { tenantBase } from './tenant.ts';
import { boardFailure } from './wrong-board.ts';

const text = z.string().nullish();
/** "0", 1, "2": text in most answers, a number in some. */
const code = z.union([z.string(), z.number()]).nullish();
/** Sites that leave a place out write an empty list for it. */
const place = z.union([
  z.looseObject({ city: text, state: text, province: text, country: text, addressCountry: text }),
  z.array(z.unknown()),
]);

const detail = z.looseObject({
  // Without it the record is not what was asked for.
  description: z.string().nullable(),
  jobOpeningShareUrl: text,
  jobOpeningStatus: text,
  location: place.nullish(),
  atsLocation: place.nullish(),
  compensation: code,
  datePosted: text,
});

const item = z.looseObject({
  id: z.union([z.string().min(1), z.number()]),
  jobOpeningName: z.string().regex(/\S/),
  employmentStatusLabel: text,
  location: place.nullish(),
  atsLocation: place.nullish(),
  locationType: code,
  /** The posting's own record, put here by `detail`. */
  detail: detail.nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({
  meta: z.looseObject({ totalCount: z.number().nullish() }).nullish(),
  result: z.array(z.unknown()),
});
const record = z.looseObject({ result: z.looseObject({ jobOpening: detail }) });

export const bamboohr: Connector<Item> = {
  name: 'bamboohr',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
  async detail(row, board, settings, fetch) {
    const url = new URL(`${tenantBase(settings.baseUrl, board)}/careers/${encodeURIComponent(String(row.id))}/detail`);
    const { json } = await fetch({ url, endpoint: '/careers/:id/detail', schema: record });
    return { ...row, detail: json.result.jobOpening };
  },
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const url = new URL(`${tenantBase(settings.baseUrl, board)}/careers/list`);
  const { json } = await fetch({ url, endpoint: '/careers/list', schema: envelope }).catch((error: unknown) => {
    throw boardFailure(ofGone(error), board, 'BambooHR');
  });
  yield pageOf(item, json.result);
  return endOf(missingRows('BambooHR', json.result.length, json.meta?.totalCount));
}

/** A redirect to the marketing site is what 404 is elsewhere, and is called so. */
function ofGone(error: unknown): unknown {
  if (!(error instanceof FetchError) || !(error.cause instanceof RedirectError)) return error;
  if (!/^(?:www\.)?bamboohr\.com$/.test(error.cause.host ?? '')) return error;
  return new FetchError('http_4xx', error.message, { status: 404, cause: error });
}

/** @throws NoOpeningError for a posting that is not open any more, Error for one without a title */
function toPosting(row: Item, board: Board): SourcePosting {
  const { detail } = row;
  if (detail?.jobOpeningStatus && !/^open$/i.test(detail.jobOpeningStatus)) throw new NoOpeningError('is not open');
  const title = decodeLine(row.jobOpeningName);
  if (title === '') throw new Error('has no title');
  const id = String(row.id);
  const site = tenantBase(SOURCES.bamboohr.baseUrl, board);
  const url = webUrl(detail?.jobOpeningShareUrl) ?? `${site}/careers/${encodeURIComponent(id)}`;
  return {
    nativeId: id,
    url,
    applyUrls: webUrls([url]),
    title,
    company: board.company,
    places: placesOf(row),
    country: null,
    workMode: MODES[String(row.locationType ?? '')] ?? 'unknown',
    employment: [row.employmentStatusLabel ?? ''].filter(Boolean),
    // Free words: "$110k - $130k", "DOE".
    pay: payInWords(decodeLine(String(detail?.compensation ?? ''))),
    statedAt: statedDate(detail?.datePosted),
    html: detail ? (detail.description ?? '') : null,
    plain: detail ? null : '',
    textIsCut: !detail,
  };
}

/** `isRemote` is null at all of them. */
const MODES: Readonly<Record<string, WorkMode>> = { '0': 'onsite', '1': 'remote', '2': 'hybrid' };

/** The place is told in one of two ways, and in its record with the country. */
function placesOf({ location, atsLocation, detail }: Item): string[] {
  const told = [detail?.location, location, detail?.atsLocation, atsLocation].map((stated) => {
    if (stated === null || stated === undefined || Array.isArray(stated)) return '';
    const { city, state, province, country, addressCountry } = stated;
    return city || state || province ? placeText([city, state || province, addressCountry || country]) : '';
  });
  return told.filter(Boolean).slice(0, 1);
}
