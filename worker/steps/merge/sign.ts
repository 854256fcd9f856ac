/**
 * What is compared of a posting, small enough to be kept beside it: everything but the text. Plain JSON, so that it can be
 * stored and read again.
 */
import type { Employment, Posting } from '../../posting.ts';
import { type Company, companyOf } from './company.ts';
import { linksOf, type Opening } from './links.ts';
import { requisitionsOf, statedRequisition } from './requisitions.ts';
import { type Title, titleOf } from './title.ts';
import { plain } from './tokens.ts';
import { type Where, whereOf } from './where.ts';

/** Raised with every change of the rules: stored signs of another version are made anew. */
export const MERGE_VERSION = 1;

export interface Sign {
  /** "greenhouse/acme/4401": names the posting wherever it is stored. What must be decided by order is decided by it. */
  readonly ref: string;
  /** Versions of one interface ("jsearch-v2", "teamtailor.xml") are one source. */
  readonly source: string;
  readonly nativeId: string;
  /** The source is the employer's own list: two numbers there are two entries. */
  readonly isOwn: boolean;
  readonly title: Title;
  readonly company: Company;
  readonly ids: readonly string[];
  readonly openings: readonly Opening[];
  readonly pages: readonly string[];
  readonly requisitions: readonly string[];
  readonly where: Where;
  readonly pay: SignPay | null;
  readonly employment: readonly Employment[];
  /** ISO 639-1 of the text, or null. */
  readonly language: string | null;
  /** Days since 1970 of the stated date. */
  readonly day: number | null;
  readonly textIsCut: boolean;
  /** The posting says that it is about somebody else's opening ("our client"). */
  readonly speaksOfClient: boolean;
}

/** For a year, in the stated currency; only what the employer says, no estimate. */
export interface SignPay {
  readonly min: number;
  readonly max: number;
  readonly currency: string | null;
  /** Several ranges stood there: no other range can contradict it. */
  readonly isWide: boolean;
}

/** Where a posting was found. */
export interface Found {
  readonly source: string;
  /** The employer's list at the source; '*' or '' for a source without such lists. */
  readonly board: string;
}

const DAY_MS = 86_400_000;
const OWN_SOURCES = new Set([
  'greenhouse',
  'lever',
  'ashby',
  'smartrecruiters',
  'workable',
  'recruitee',
  'personio',
  'teamtailor',
  'bamboohr',
  'usajobs',
  'workday',
  'icims',
  'jobvite',
  'breezy',
]);
const CLIENT =
  /\b(?:(?:my|our) client\b|on behalf of (?:my|our|a) client|unse(?:r|ren|rem) (?:kunde|mandant|auftraggeber)|notre client|onze opdrachtgever|nuestro cliente|fur (?:unseren|einen) (?:kunden|mandanten)|un de nos clients|for een van onze klanten|il nostro cliente)/;
/** "Our client base", "our client-facing teams", "our clients": the employer's own customers. */
const CLIENT_LOOKED_AT = 600;

export function signOf(posting: Posting, { source, board }: Found): Sign {
  const name = source.toLowerCase().replace(/(?:[-_.](?:v\d+|xml|rss|json|api|search))+$/, '');
  const { ids, openings, pages } = linksOf([posting.url, ...posting.applyUrls]);
  const isOwn = OWN_SOURCES.has(name);
  return {
    ref: `${source}/${board}/${posting.nativeId}`,
    source: name,
    nativeId: posting.nativeId,
    isOwn,
    title: titleOf(posting.title),
    company: companyOf(posting.company),
    ids,
    openings: [...openings, ...ownSite(pages, companyOf(posting.company).key)],
    pages,
    requisitions: requisitionsIn(posting, name),
    where: whereOf(posting),
    pay: payOf(posting),
    employment: posting.employment,
    language: posting.understood?.language ?? null,
    day: dayOf(posting.statedAt),
    textIsCut: posting.textIsCut,
    speaksOfClient: CLIENT.test(plain(posting.text.slice(0, CLIENT_LOOKED_AT))),
  };
}

/** Numbers in links to the employer's own site: two that differ are two entries there, as at an ATS. */
function ownSite(pages: readonly string[], company: string): Opening[] {
  if (company.length < 4) return [];
  return pages.flatMap((page) => {
    const host = page.slice(0, page.indexOf('/'));
    const [number, ...more] = page.slice(host.length).match(/\d{4,}/g) ?? [];
    if (number === undefined || more.length > 0 || !host.replace(/[^a-z0-9]/g, '').includes(company)) return [];
    return [{ owner: `site/${host}`, id: `site:${host}:${number}` }];
  });
}

function requisitionsIn({ title, text, nativeId, requisitions }: Posting, source: string): string[] {
  const stated = [...(requisitions ?? []), ...(source === 'jsonld' ? [nativeId] : [])];
  const good = stated.flatMap((value) => statedRequisition(value) ?? []);
  return [...new Set([...good, ...requisitionsOf(title, text)])].sort();
}

function payOf({ pay, understood, text }: Posting): SignPay | null {
  const yearly = understood?.pay?.yearly ?? null;
  if (pay === null || pay.estimated || yearly === null) return sumsIn(text);
  const min = yearly.min ?? yearly.max;
  const max = yearly.max ?? yearly.min;
  if (min === null || max === null) return null;
  const isWide = (understood?.pay?.flags ?? []).some((flag) => flag !== 'swapped');
  return { min, max, currency: pay.currency, isWide: isWide || yearly.min === null || yearly.max === null };
}

/** "£75,000–£90,000" without a word about it: too little to show as pay, enough to compare. Only where there is just one range. */
const SUMS = /([$£€])\s?(\d{2,3})[,.]?(\d{3})\s?(?:-|–|—|to|bis)\s?\1?\s?(\d{2,3})[,.]?(\d{3})(?![\d,.]*\d)/g;
const CURRENCIES: Readonly<Record<string, string | null>> = { '£': 'GBP', '€': 'EUR', $: null };

function sumsIn(text: string): SignPay | null {
  const [found, ...more] = text.matchAll(SUMS);
  if (found === undefined || more.length > 0) return null;
  const [min, max] = [Number(`${found[2]}${found[3]}`), Number(`${found[4]}${found[5]}`)];
  return min > max ? null : { min, max, currency: CURRENCIES[found[1] ?? ''] ?? null, isWide: false };
}

function dayOf(date: Date | null): number | null {
  const time = date?.getTime() ?? Number.NaN;
  return Number.isNaN(time) ? null : Math.floor(time / DAY_MS);
}
