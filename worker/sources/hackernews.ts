/**
 * Hacker News: the newest "Who is hiring?" thread, where every comment at the top is an advert. Two requests: the newest
 * threads of the account that opens them, then the whole tree of one. Adverts are free text; most begin with a line of parts
 * between bars ("Company | Role | Place | REMOTE | pay"). One that names several roles stays one posting.
 */
import he from 'he';
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { countryOf } from '../steps/normalise/country.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { payInWords, statedDate, webUrls } from './fields.ts';
import { pageOf, without } from './items.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';

const TITLE_LENGTH_MAX = 160;
const PLACE_LENGTH_MAX = 60;

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  text: z.string(),
  created_at_i: z.number().nullish(),
});
type Item = z.infer<typeof item>;

const story = z.looseObject({ objectID: z.string().min(1), title: z.string().nullish() });
const threads = z.looseObject({ hits: z.array(story) }).refine(({ hits }) => hits.some(isHiring), {
  message: 'no "Who is hiring?" among the newest threads',
  path: ['hits'],
});
const thread = z.looseObject({ children: z.array(z.unknown()) });

export const hackernews: Connector<Item> = {
  name: 'hackernews',
  item,
  read,
  nativeId: (row) => String(row.id),
  // Replies and votes say nothing about the advert.
  stable: (row) => without(row, ['points', 'num_comments', 'updated_at', 'children']),
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const api = `${settings.baseUrl}/api/v1`;
  // By date and author: a search by words ranks other stories above it.
  const newest = await fetch({
    url: new URL(`${api}/search_by_date?tags=story,author_whoishiring&hitsPerPage=10`),
    endpoint: '/api/v1/search_by_date',
    schema: threads,
  });
  const id = newest.json.hits.find(isHiring)?.objectID ?? '';
  const url = new URL(`${api}/items/${encodeURIComponent(id)}`);
  const { json } = await fetch({ url, endpoint: '/api/v1/items/:id', schema: thread });
  yield pageOf(
    item,
    json.children.filter((comment) => !isDeleted(comment)),
  );
  return endOf([]);
}

/** The same account opens "Who wants to be hired?" and "Freelancer?" a second apart. */
function isHiring({ title }: z.infer<typeof story>): boolean {
  return /^Ask HN: Who is hiring\?/i.test(title ?? '');
}

function isDeleted(comment: unknown): boolean {
  return typeof comment === 'object' && comment !== null && 'text' in comment && comment.text === null;
}

/** @throws Error when it has no words */
function toPosting(row: Item): SourcePosting {
  const header = headerOf(row.text);
  if (header === '') throw new Error('has no words');
  const { company, title, places, employment, pay } = partsOf(header);
  const url = `https://news.ycombinator.com/item?id=${encodeURIComponent(String(row.id))}`;
  return {
    nativeId: String(row.id),
    url,
    applyUrls: webUrls([...linksOf(row.text), url]),
    title,
    company,
    places,
    country: null,
    workMode: 'unknown',
    employment,
    pay: payInWords(pay),
    statedAt: statedDate(row.created_at_i),
    html: row.text,
    plain: null,
    textIsCut: false,
  };
}

/** The first paragraph that has words. Paragraphs begin with `<p>` and are never closed. */
function headerOf(html: string): string {
  const paragraphs = html.split(/<p>/i).map((part) => decodeLine(part.replace(/<[^<>]*>/g, ' ')));
  return paragraphs.find((paragraph) => paragraph !== '') ?? '';
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/<a\s[^<>]*?href="([^"]+)"/gi)].map(([, href]) => he.decode(href ?? ''));
}

const ADDRESS = /\(?\s*\bhttps?:\/\/[^\s)]+\s*\)?/gi;
const PAY = /[$€£]\s?\d|\b\d{2,3}\s?k\b/i;
const EMPLOYMENT = /\b(?:full[- ]?time|part[- ]?time|contract(?:or)?|intern(?:ship)?|freelance)\b/i;
const WORK_MODE = /\b(?:remote|hybrid|on-?site|in-?office|in[- ]person)\b/i;
const ROLE =
  /\b(?:engineers?|engineering|developers?|programmers?|architects?|analysts?|administrators?|sysadmins?|admins?|consultants?|specialists?|managers?|leads?|head of|directors?|scientists?|researchers?|designers?|sre|devops|devsecops|full[- ]?stack|back[- ]?end|front[- ]?end|cto|ciso|roles|positions)\b/i;
const CITY_AND_MORE = /^\p{Lu}[\p{L} .'’-]+, ?\p{Lu}[\p{L} .'’-]*$/u;

interface Parts {
  readonly company: string | null;
  readonly title: string;
  readonly places: readonly string[];
  readonly employment: readonly string[];
  readonly pay: string | null;
}

/** What the parts of the first line say for sure. Where none is surely the role, the whole line is the title. */
function partsOf(header: string): Parts {
  const [first = '', ...others] = header
    .split('|')
    .map((part) => part.replace(ADDRESS, ' ').replace(/\s+/g, ' ').trim());
  const line = cut([first, ...others].filter(Boolean).join(' | ') || header);
  if (others.length === 0) return { company: null, title: line, places: [], employment: [], pay: null };
  const parts = others.filter(Boolean);
  const isRole = (part: string) => ROLE.test(part);
  const roles = parts.filter(isRole);
  const rest = parts.filter((part) => !isRole(part));
  const pay = rest.find((part) => PAY.test(part)) ?? null;
  return {
    company: first || null,
    title: roles.length === 0 ? line : cut(roles.join(', ')),
    places: rest.flatMap((part) => (PAY.test(part) ? [] : placeOf(part))),
    employment: rest.filter((part) => EMPLOYMENT.test(part)),
    pay,
  };
}

function placeOf(part: string): string[] {
  const [mode] = WORK_MODE.exec(part) ?? [];
  if (EMPLOYMENT.test(part)) return mode === undefined ? [] : [mode]; // "Full-time, remote"
  return part.length <= PLACE_LENGTH_MAX && (mode !== undefined || isPlace(part)) ? [part] : [];
}

function isPlace(part: string): boolean {
  return CITY_AND_MORE.test(part) || countryOf([part]) !== null;
}

function cut(text: string): string {
  return text.length > TITLE_LENGTH_MAX ? `${text.slice(0, TITLE_LENGTH_MAX).trimEnd()}…` : text;
}
