/**
 * Personio feeds: one employer's positions as XML, in one language at a time. Positions without a text in English get their
 * German one. An employer may switch its feed off; then there is a 404 or a page for people.
 */
import he from 'he';
import { z } from 'zod';
import { FetchError } from '../../shared/errors.ts';
import { SOURCES } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import { xmlFormat } from '../http/xml.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine, unescapeHtml } from '../steps/normalise/text.ts';
import { statedDate } from './fields.ts';
import { pageOf } from './items.ts';
import { endOf, pageProblem } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';
import { tenantBase } from './tenant.ts';
import { boardFailure } from './wrong-board.ts';

/** Five hundred positions are 5 MB; reading XML keeps a process busy for a fifth of a second for each megabyte. */
const BYTES_MAX = 10 * 1024 * 1024;

/** Elements of the lists inside a position (`additionalOffices.office`), and the positions themselves. */
const FORMAT = xmlFormat((path) => path === 'workzag-jobs.position' || path.split('.').length === 4);

/** Texts that look like numbers are numbers. */
const text = z.union([z.string(), z.number()]).nullish();
/** An element without children is an empty text. */
const orEmpty = <T extends z.ZodType>(schema: T) => z.union([z.literal(''), schema]).nullish();

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  name: z.union([z.number(), z.string().regex(/\S/)]),
  subcompany: text,
  office: text,
  additionalOffices: orEmpty(z.looseObject({ office: z.array(text) })),
  jobDescriptions: orEmpty(
    z.looseObject({ jobDescription: z.array(z.union([z.literal(''), z.looseObject({ name: text, value: text })])) }),
  ),
  employmentType: text,
  schedule: text,
  createdAt: text,
});
type Item = z.infer<typeof item>;

const feed = z.looseObject({
  'workzag-jobs': z.union([z.literal(''), z.looseObject({ position: z.array(z.unknown()) })]),
});

export const personio: Connector<Item> = {
  name: 'personio',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
};

async function* read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const page = pageOf(item, await positions(board, settings, fetch, 'en'));
  const bare = page.items.filter((row) => sectionsOf(row).length === 0);
  yield { ...page, items: page.items.filter((row) => !bare.includes(row)) };
  if (bare.length === 0) return endOf([]);
  try {
    const german = pageOf(item, await positions(board, settings, fetch, 'de'));
    const texts = new Map(german.items.map((row) => [row.id, row.jobDescriptions]));
    yield {
      items: bare.map((row) => ({ ...row, jobDescriptions: texts.get(row.id) ?? row.jobDescriptions })),
      invalid: [],
    };
    return endOf([]);
  } catch (error) {
    // They are left out: a posting that had its German text yesterday must not lose it today.
    return endOf([pageProblem(error, `${bare.length} postings that have no text in English`)]);
  }
}

async function positions(
  board: Board,
  settings: ReadSettings,
  fetch: Fetch,
  language: 'en' | 'de',
): Promise<readonly unknown[]> {
  const url = new URL(`${siteOf(board, settings.baseUrl)}/xml?language=${language}`);
  const { json } = await fetch({ url, endpoint: '/xml', schema: feed, format: FORMAT, bytesMax: BYTES_MAX }).catch(
    (error: unknown) => {
      throw feedFailure(error, board);
    },
  );
  const jobs = json['workzag-jobs'];
  return jobs === '' ? [] : jobs.position;
}

/** Some employers have their site under `.com`; a base address that the operator moved stands for both. */
function siteOf(board: Board, baseUrl: string): string {
  const base = tenantBase(baseUrl, board);
  return board.region === 'com' && baseUrl === SOURCES.personio.baseUrl ? base.replace(/\.de$/, '.com') : base;
}

function feedFailure(error: unknown, board: Board): unknown {
  const known = boardFailure(error, board, 'Personio');
  if (!(known instanceof FetchError) || (known.status !== 404 && known.type !== 'parse')) return known;
  const status = known.status === undefined ? {} : { status: known.status };
  const message = `${known.message}; the employer may have switched its feed off`;
  return new FetchError(known.type, message, { ...status, cause: error });
}

/** @throws Error when the position has no name that a person could read */
function toPosting(row: Item, board: Board): SourcePosting {
  const title = lineOf(row.name);
  if (title === '') throw new Error('has no title');
  // The feed has no addresses.
  const url = `${siteOf(board, SOURCES.personio.baseUrl)}/job/${encodeURIComponent(String(row.id))}`;
  const more = row.additionalOffices === '' ? [] : (row.additionalOffices?.office ?? []);
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title,
    company: lineOf(row.subcompany) || board.company,
    places: [row.office, ...more].map(lineOf).filter(Boolean),
    country: null,
    workMode: 'unknown',
    employment: [lineOf(row.employmentType), ...scheduleOf(lineOf(row.schedule))].filter(Boolean),
    pay: null,
    statedAt: statedDate(lineOf(row.createdAt)),
    html: sectionsOf(row).join('\n'),
    plain: null,
    textIsCut: false,
  };
}

/** Each section as HTML. In CDATA it is HTML as it is, elsewhere it is escaped once more. */
function sectionsOf(row: Item): string[] {
  const sections = row.jobDescriptions === '' ? [] : (row.jobDescriptions?.jobDescription ?? []);
  return sections.flatMap((section) => {
    const value = section === '' ? '' : String(section.value ?? '').trim();
    if (section === '' || value === '') return [];
    return [`<h3>${he.escape(lineOf(section.name))}</h3>${unescapeHtml(value)}`];
  });
}

function scheduleOf(word: string): string[] {
  return word === 'full-or-part-time' ? ['full-time', 'part-time'] : [word];
}

function lineOf(value: string | number | null | undefined): string {
  return decodeLine(String(value ?? ''));
}
