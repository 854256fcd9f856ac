/**
 * Workable accounts, through the answer that feeds widgets on employers' own pages: the whole account with texts. All employers
 * share one host that soon asks for hours of patience, so there is one request for each account and never two at once.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { countryCode, placeText, statedDate, webUrl, webUrls } from './fields.ts';
import { pageOf, withField } from './items.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { boardFailure } from './wrong-board.ts';

const text = z.string().nullish();

const item = z.looseObject({
  shortcode: z.string().min(1),
  title: z.string().regex(/\S/),
  url: z.string().min(1),
  application_url: text,
  // Without it the answer is not what was asked for: `details` got lost on the way.
  description: z.string(),
  employment_type: text,
  telecommuting: z.boolean().nullish(),
  published_on: text,
  created_at: text,
  country: text,
  city: text,
  state: text,
  locations: z
    .array(z.looseObject({ country: text, countryCode: text, city: text, region: text, hidden: z.boolean().nullish() }))
    .nullish(),
  /** The name at the top of the answer, put here by `read`. */
  account_name: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ name: text, jobs: z.array(z.unknown()) });

export const workable: Connector<Item> = {
  name: 'workable',
  item,
  read,
  nativeId: (row) => row.shortcode,
  stable: (row) => row,
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const path = `/api/v1/widget/accounts/${encodeURIComponent(board.token)}?details=true`;
  const url = new URL(settings.baseUrl + path);
  const request = { url, endpoint: '/api/v1/widget/accounts/:account', schema: envelope };
  const { json } = await fetch(request).catch((error: unknown) => {
    throw boardFailure(error, board, 'Workable');
  });
  yield pageOf(item, withField(json.jobs, 'account_name', json.name));
  return endOf([]);
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item, board: Board): SourcePosting {
  const url = webUrl(row.url);
  if (url === null) throw new Error('has no link that a person could open');
  // The employer does not show a hidden place; where all are hidden, the fields beside the list say what is shown.
  const shown = (row.locations ?? []).filter((place) => place.hidden !== true);
  const places =
    shown.length > 0
      ? shown.map(({ city, region, country }) => placeText([city, region, country]))
      : [placeText([row.city, row.state, row.country])];
  return {
    nativeId: row.shortcode,
    url,
    applyUrls: webUrls([row.application_url, url]),
    title: decodeLine(row.title),
    company: decodeLine(row.account_name ?? '') || board.company,
    places: places.filter(Boolean),
    country: countryCode(shown.map((place) => place.countryCode)),
    // False is also said of hybrid work.
    workMode: row.telecommuting === true ? 'remote' : 'unknown',
    employment: [row.employment_type ?? ''].filter(Boolean),
    pay: null,
    statedAt: statedDate(row.published_on || row.created_at),
    html: row.description,
    plain: null,
    textIsCut: false,
  };
}
