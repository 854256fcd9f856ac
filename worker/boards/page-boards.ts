/**
 * The boards that a careers page leads to: links, frames, scripts, and what embedding scripts are told. Pure. The page is a
 * stranger's, so it is searched in linear time and as text: what a parser would make of it does not matter.
 */
import { BOARD_DOMAINS, boardOfUrl, type KnownBoard, known } from '../../shared/boards/board-of-url.ts';

export interface MentionedBoard {
  readonly board: KnownBoard;
  /** How often the page names it. */
  readonly times: number;
  /** The first address, or what the script is told, as it stands in the page. */
  readonly as: string;
}

/** Characters of a page that are searched; careers pages with all their scripts inside stay below. */
const PAGE_LENGTH_MAX = 4 * 1024 * 1024;
/** Mentions that are looked at; a page that has more repeats itself. */
const MENTIONS_MAX = 5000;
const HOST_LENGTH_MAX = 253;
const ADDRESS_LENGTH_MAX = 500;

const DOMAIN = new RegExp(`(?:${BOARD_DOMAINS.map((domain) => domain.replaceAll('.', '\\.')).join('|')})`, 'gi');
const HOST_CHARACTER = /[a-z0-9.-]/i;
const ADDRESS_END = /[\s"'<>`\\(){}|^]/;

/** @returns the boards, the most mentioned first; equals in the order in which the page has them */
export function boardsInPage(html: string): MentionedBoard[] {
  const text = plainAddresses(html.slice(0, PAGE_LENGTH_MAX));
  const found = new Map<string, { board: KnownBoard; times: number; as: string }>();
  for (const { board, as } of [...addresses(text), ...told(text)]) {
    const key = `${board.source} ${board.region} ${board.token.toLowerCase()}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, { board, times: 1, as });
    else before.times++;
  }
  return [...found.values()].sort((a, b) => b.times - a.times);
}

/** Addresses stand in JSON and in attributes with some of their characters escaped. */
function plainAddresses(html: string): string {
  return html
    .replaceAll('\\/', '/')
    .replace(/&amp;|&#38;|&#x26;|\\u0026/gi, '&')
    .replace(/&#x2f;|&#47;|\\u002f/gi, '/');
}

/** Found by their domains: from there to the left is the host, to the right the rest. */
function* addresses(text: string): Generator<{ board: KnownBoard; as: string }> {
  let mentions = 0;
  for (const { index, 0: domain } of text.matchAll(DOMAIN)) {
    if (++mentions > MENTIONS_MAX) return;
    let from = index;
    while (from > 0 && index - from < HOST_LENGTH_MAX && HOST_CHARACTER.test(text.charAt(from - 1))) from--;
    const end = index + domain.length;
    // Another host that only begins like one of ours.
    if (HOST_CHARACTER.test(text.charAt(end)) && !/^\.?(?:$|[^a-z0-9-])/i.test(text.slice(end, end + 2))) continue;
    let to = end;
    while (to < text.length && to - end < ADDRESS_LENGTH_MAX && !ADDRESS_END.test(text.charAt(to))) to++;
    const as = text.slice(from, to).replace(/[.,;:!?]+$/, '');
    const url = URL.parse(`https://${as}`);
    const board = url === null || url.port !== '' ? undefined : boardOfUrl(url);
    if (board !== undefined) yield { board, as };
  }
}

/** What embedding scripts are told about whose postings they shall show. */
const TOLD: readonly (readonly [source: KnownBoard['source'], words: RegExp])[] = [
  ['lever', /leverJobsOptions\s{0,9}=\s{0,9}\{[^{}]{0,300}?accountName['"]?\s{0,9}:\s{0,9}['"]([^'"]{1,100})['"]/g],
  ['smartrecruiters', /['"]?company_code['"]?\s{0,9}[:=]\s{0,9}['"]([^'"]{1,100})['"]/g],
];

function* told(text: string): Generator<{ board: KnownBoard; as: string }> {
  for (const [source, words] of TOLD) {
    // Other makers have words like these as well.
    if (!text.toLowerCase().includes(source)) continue;
    let mentions = 0;
    for (const [as, token = ''] of text.matchAll(words)) {
      if (++mentions > 100) break;
      const board = known(source, token);
      if (board !== undefined) yield { board, as };
    }
  }
}

/** The name that a page gives itself, as far as it does so for others to read. */
export function siteName(html: string): string | null {
  const head = html.slice(0, 200_000);
  const tag = /<meta\b[^>]{0,300}\bproperty\s{0,3}=\s{0,3}["']og:site_name["'][^>]{0,300}>/i.exec(head)?.[0];
  return tag === undefined
    ? null
    : (/\bcontent\s{0,3}=\s{0,3}["']([^"'<>]{1,100})["']/i.exec(tag)?.[1]?.trim() ?? null);
}

/** Words of addresses under which employers list their openings. */
const CAREERS =
  /(?:^|[/.?=_-])(?:careers?|jobs?|vacanc(?:y|ies)|openings?|positions|join-?us|work-?with-?us|karriere|stellen(?:angebote)?|emplois?|carrieres?|empleos?|trabalhe-?conosco|lavora-?con-?noi|werken-?bij|vacatures|jobb|praca)(?:$|[/.?#_-])/i;
const LINKS_MAX = 2000;

/** A link of the page, on the same site, that looks like its list of openings; undefined when it has none but itself. */
export function careersLink(html: string, at: URL): URL | undefined {
  const site = at.hostname.replace(/^(?:www|careers|jobs)\./, '');
  let links = 0;
  for (const [, href = ''] of html
    .slice(0, PAGE_LENGTH_MAX)
    .matchAll(/\bhref\s{0,3}=\s{0,3}["']([^"'<>\s]{1,500})["']/gi)) {
    if (++links > LINKS_MAX) return undefined;
    const url = URL.parse(href.replaceAll('&amp;', '&'), at);
    if (url === null || url.protocol !== 'https:' || url.port !== '') continue;
    const isHere = url.host === at.host && url.pathname === at.pathname;
    const isSame = url.hostname === site || url.hostname.endsWith(`.${site}`);
    if (
      isSame &&
      !isHere &&
      CAREERS.test(url.hostname + url.pathname) &&
      !/\.(?:css|js|png|svg|pdf)$/i.test(url.pathname)
    ) {
      return url;
    }
  }
  return undefined;
}
