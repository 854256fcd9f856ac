/**
 * The text of anybody's HTML, with a line for each block: for reading and judging only. It is text, so nothing in it can do harm
 * where it is escaped; what is shown as HTML goes through `sanitise`. A scanner, because a parser takes ten times as long on the
 * path of every new posting.
 */
import { decodeEntities } from './entities.ts';
import { INPUT_MAX, tidyLines } from './text.ts';

/** Elements whose content nobody reads. */
const UNREAD = new Set([
  'script',
  'style',
  'textarea',
  'option',
  'noscript',
  'template',
  'title',
  'svg',
  'iframe',
  'object',
]);

const PARAGRAPHS = ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'dl', 'blockquote', 'pre', 'table'];
const LINES = ['div', 'section', 'article', 'header', 'footer', 'main', 'address', 'figure'];
/** One after the other, with nothing between them. */
const ROWS = ['dt', 'dd', 'tr', 'caption'];

/** What an opening tag puts in its place. */
const OPENS = new Map([
  ...PARAGRAPHS.map((name) => [name, '\n'] as const),
  ...LINES.map((name) => [name, '\n'] as const),
  ['p', '\n\n'],
  ['br', '\n'],
  ['hr', '\n\n'],
  ['li', '\n* '],
]);
const CLOSES = new Map([
  ...PARAGRAPHS.map((name) => [name, '\n\n'] as const),
  ...[...LINES, ...ROWS].map((name) => [name, '\n'] as const),
  ['td', ' '],
  ['th', ' '],
]);

const [BANG, SLASH, QUESTION] = [33, 47, 63];
const NAME = /[a-zA-Z][a-zA-Z0-9:-]*/y;
/** Runs of blanks that are not one plain blank already: most blanks are, and each replacement costs. */
const BLANKS = / \s+|[^\S ]\s*/g;
/** A list item begins with the text of its first paragraph. */
const EMPTY_MARK = /\n\* \s+/g;

/** @param html only the first 200,000 characters are looked at; the time is linear in them */
export function htmlText(html: string): string {
  const all = html.length > INPUT_MAX ? html.slice(0, INPUT_MAX) : html;
  let text = '';
  let from = 0;
  let lt = all.indexOf('<');
  while (lt !== -1) {
    const tag = tagAt(all, lt);
    if (tag !== undefined) {
      text += wordsOf(all, from, lt) + tag.becomes;
      from = tag.end;
    }
    lt = all.indexOf('<', Math.max(from, lt + 1));
  }
  text += wordsOf(all, from, all.length);
  return tidyLines(text.replace(EMPTY_MARK, '\n* '));
}

function wordsOf(html: string, from: number, to: number): string {
  return from === to ? '' : decodeEntities(html.slice(from, to).replace(BLANKS, ' '));
}

interface Tag {
  readonly becomes: string;
  readonly end: number;
}

/** @returns undefined when the `<` is only a character */
function tagAt(html: string, lt: number): Tag | undefined {
  const next = html.charCodeAt(lt + 1);
  if (next === BANG || next === QUESTION) {
    const end = html.startsWith('<!--', lt) ? after(html, '-->', lt + 4) : after(html, '>', lt + 2);
    return { becomes: '', end };
  }
  const closes = next === SLASH;
  const start = closes ? lt + 2 : lt + 1;
  NAME.lastIndex = start;
  // `test`, because the array that `exec` makes for each of some two hundred tags is a tenth of the time.
  if (!NAME.test(html)) return undefined;
  const name = html.slice(start, NAME.lastIndex).toLowerCase();
  const end = endOfTag(html, NAME.lastIndex);
  if (closes) return { becomes: CLOSES.get(name) ?? '', end };
  if (UNREAD.has(name) && html[end - 2] !== '/') return { becomes: '', end: endOfUnread(html, name, end) };
  return { becomes: OPENS.get(name) ?? '', end };
}

/** A `>` within quotes ends nothing; a quotation that never ends does not swallow the advert. */
function endOfTag(html: string, from: number): number {
  const end = after(html, '>', from);
  const quote = firstQuote(html, from, end);
  if (quote === -1) return end;
  let at = quote;
  while (at !== -1 && at < html.length) {
    const close = html.indexOf(html.charAt(at), at + 1);
    if (close === -1) return end;
    const stop = after(html, '>', close + 1);
    at = firstQuote(html, close + 1, stop);
    if (at === -1) return stop;
  }
  return end;
}

function firstQuote(html: string, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const code = html.charCodeAt(i);
    if (code === 34 || code === 39) return i;
  }
  return -1;
}

function endOfUnread(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}[^>]*>`, 'gi');
  close.lastIndex = from;
  return close.exec(html) === null ? html.length : close.lastIndex;
}

/** Behind the next `mark`; the end where there is none. */
function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  return at === -1 ? html.length : at + mark.length;
}
