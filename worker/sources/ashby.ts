/** Ashby job boards: one employer's whole list in one answer, with texts and pay. */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting, StatedPay } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import {
  countryCode,
  currencyCode,
  figure,
  payPeriod,
  placeText,
  statedDate,
  webUrl,
  webUrls,
  workplace,
} from './fields.ts';
import { pageOf } from './items.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { boardFailure } from './wrong-board.ts';

/** Every posting comes with its text twice: seven hundred of them are 15 MB. */
const BYTES_MAX = 50 * 1024 * 1024;
/** Large boards take most of half a minute. */
const PATIENCE = 1.5;

const text = z.string().nullish();
const number = z.number().nullish();

const address = z
  .looseObject({
    postalAddress: z.looseObject({ addressLocality: text, addressRegion: text, addressCountry: text }).nullish(),
  })
  .nullish();
const component = z.looseObject({
  compensationType: text,
  interval: text,
  currencyCode: text,
  minValue: number,
  maxValue: number,
});

const item = z.looseObject({
  id: z.string().min(1),
  title: z.string().regex(/\S/),
  jobUrl: z.string().min(1),
  applyUrl: text,
  location: text,
  address,
  secondaryLocations: z.array(z.looseObject({ location: text, address })).nullish(),
  publishedAt: text,
  // The name that older answers have for it.
  publishedDate: text,
  workplaceType: text,
  employmentType: text,
  descriptionHtml: text,
  descriptionPlain: text,
  shouldDisplayCompensationOnJobPostings: z.boolean().nullish(),
  compensation: z
    .looseObject({
      scrapeableCompensationSalarySummary: text,
      summaryComponents: z.array(component).nullish(),
    })
    .nullish(),
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ jobs: z.array(z.unknown()) });

export const ashby: Connector<Item> = {
  name: 'ashby',
  item,
  read,
  nativeId: (row) => row.id,
  stable: (row) => row,
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  // Without the parameter no posting has pay, and nothing says so.
  const path = `/posting-api/job-board/${encodeURIComponent(board.token)}?includeCompensation=true`;
  const { json } = await fetch({
    url: new URL(settings.baseUrl + path),
    endpoint: '/posting-api/job-board/:name',
    schema: envelope,
    bytesMax: BYTES_MAX,
    patience: PATIENCE,
  }).catch((error: unknown) => {
    throw boardFailure(error, board, 'Ashby');
  });
  yield pageOf(item, json.jobs.filter(isListed));
  return endOf([]);
}

/** Postings that only who has their address may see are in the answer, too. */
function isListed(row: unknown): boolean {
  return (row as { isListed?: unknown } | null)?.isListed !== false;
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item, board: Board): SourcePosting {
  const url = webUrl(row.jobUrl);
  if (url === null) throw new Error('has no link that a person could open');
  const places = [row, ...(row.secondaryLocations ?? [])];
  const html = row.descriptionHtml ?? '';
  return {
    nativeId: row.id,
    url,
    applyUrls: webUrls([row.applyUrl, url]),
    title: decodeLine(row.title),
    company: board.company,
    places: places.map(placeOf).filter(Boolean),
    country: countryCode(places.map((place) => place.address?.postalAddress?.addressCountry)),
    // `isRemote` is true for hybrid work as well.
    workMode: workplace(row.workplaceType),
    employment: [row.employmentType ?? ''].map(asWords).filter(Boolean),
    pay: payOf(row),
    statedAt: statedDate(row.publishedAt ?? row.publishedDate),
    html: html === '' ? null : html,
    plain: html === '' ? (row.descriptionPlain ?? '') : null,
    textIsCut: false,
  };
}

/** The name that the employer gave the place; the address says more where it is the same place by its town's name. */
function placeOf({ location, address }: Pick<Item, 'location' | 'address'>): string {
  const name = decodeLine(location ?? '');
  const { addressLocality, addressRegion, addressCountry } = address?.postalAddress ?? {};
  const isTown = name === '' || name === decodeLine(addressLocality ?? '');
  return isTown ? placeText([addressLocality || name, addressRegion, addressCountry]) : name;
}

/** "FullTime" as people write it. */
function asWords(type: string): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, '-');
}

function payOf({ compensation, shouldDisplayCompensationOnJobPostings }: Item): StatedPay | null {
  // The employer keeps it to itself, whatever the answer says.
  if (shouldDisplayCompensationOnJobPostings === false) return null;
  const salary = compensation?.summaryComponents?.find(
    ({ compensationType, minValue, maxValue }) =>
      compensationType === 'Salary' && (figure(minValue) !== null || figure(maxValue) !== null),
  );
  const words = compensation?.scrapeableCompensationSalarySummary?.trim() ?? '';
  if (salary === undefined && words === '') return null;
  const [min, max] = [figure(salary?.minValue), figure(salary?.maxValue)];
  return {
    raw: words || `${min ?? ''} | ${max ?? ''} ${salary?.currencyCode ?? ''} ${salary?.interval ?? ''}`.trim(),
    min,
    max,
    currency: currencyCode(salary?.currencyCode),
    period: payPeriod(salary?.interval),
    estimated: false,
  };
}
