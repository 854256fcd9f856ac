/** Which board an address belongs to, told by the address alone. Pure; nothing is asked. */
import type { SourceName } from '../sources.ts';

export interface KnownBoard {
  readonly source: SourceName;
  readonly token: string;
  /** '' or 'eu' at Lever, '' or 'com' at Personio, as connectors read it. */
  readonly region: string;
}

/** Parts of the path, decoded, and the parameters. */
type Reader = (parts: readonly string[], query: URLSearchParams) => string | undefined;

interface Place {
  readonly source: SourceName;
  readonly region?: string;
  readonly token: Reader;
}

const first: Reader = ([token]) => token;
/** The part behind the given ones: `v1/boards/acme/jobs`. */
const after =
  (...before: readonly (string | RegExp)[]): Reader =>
  (parts) =>
    before.every((part, i) => (typeof part === 'string' ? parts[i] === part : part.test(parts[i] ?? '')))
      ? parts[before.length]
      : undefined;

/** `acme`, `acme/jobs/123`, `embed/job_board?for=acme`, `embed/job_app?for=acme&token=123`. */
const greenhousePage: Reader = ([token], query) =>
  token === undefined || token === 'embed' ? (query.get('for') ?? undefined) : token;

/** `Acme`, `Acme/123-title`, `oneclick-ui/company/Acme/publication/…`, `?company=Acme`. */
const smartPage: Reader = (parts, query) =>
  parts[0] === 'oneclick-ui' ? parts[2] : (parts[0] ?? query.get('company') ?? undefined);

const ACCOUNT = after('api', /^v\d$/, 'accounts');
/** A short link of one posting (`j/ABC`) does not say whose it is. */
const workablePage: Reader = (parts, query) => {
  if (parts[0] === 'api') return after('api', /^v\d$/, 'widget', 'accounts')(parts, query) ?? ACCOUNT(parts, query);
  return parts[0] === 'j' ? undefined : parts[0];
};

/** Hosts that all employers share. */
const SHARED: Readonly<Record<string, Place>> = {
  'boards.greenhouse.io': { source: 'greenhouse', token: greenhousePage },
  'boards.eu.greenhouse.io': { source: 'greenhouse', token: greenhousePage },
  'job-boards.greenhouse.io': { source: 'greenhouse', token: greenhousePage },
  'job-boards.eu.greenhouse.io': { source: 'greenhouse', token: greenhousePage },
  'boards-api.greenhouse.io': { source: 'greenhouse', token: after('v1', 'boards') },
  'api.greenhouse.io': { source: 'greenhouse', token: after('v1', 'boards') },
  'jobs.lever.co': { source: 'lever', token: first },
  'jobs.eu.lever.co': { source: 'lever', region: 'eu', token: first },
  'api.lever.co': { source: 'lever', token: after('v0', 'postings') },
  'api.eu.lever.co': { source: 'lever', region: 'eu', token: after('v0', 'postings') },
  'jobs.ashbyhq.com': { source: 'ashby', token: first },
  'api.ashbyhq.com': { source: 'ashby', token: after('posting-api', 'job-board') },
  'careers.smartrecruiters.com': { source: 'smartrecruiters', token: smartPage },
  'jobs.smartrecruiters.com': { source: 'smartrecruiters', token: smartPage },
  // Pages of their own stand beside those of employers, whose postings begin with a number.
  'www.smartrecruiters.com': {
    source: 'smartrecruiters',
    token: ([token, posting = '']) => (/^\d{5,}/.test(posting) ? token : undefined),
  },
  'api.smartrecruiters.com': { source: 'smartrecruiters', token: after('v1', 'companies') },
  'apply.workable.com': { source: 'workable', token: workablePage },
  'www.workable.com': { source: 'workable', token: after('api', 'accounts') },
};

/** Hosts that each employer has for itself: one label before the dot. */
const OWN: readonly { readonly end: string; readonly source: SourceName; readonly region?: string }[] = [
  { end: '.workable.com', source: 'workable' },
  { end: '.recruitee.com', source: 'recruitee' },
  { end: '.jobs.personio.de', source: 'personio' },
  { end: '.jobs.personio.com', source: 'personio', region: 'com' },
  { end: '.teamtailor.com', source: 'teamtailor' },
  { end: '.bamboohr.com', source: 'bamboohr' },
];

/** Hosts of the maker itself. */
const RESERVED =
  /^(?:www\d?|app|api|apply|jobs|static|assets|cdn|images?|media|scripts|help|support|status|docs|documentation|developers?|blog|login|auth|accounts?|id|info|go|get|try|learn|resources|partners|marketplace|marketing|mail|email|click|track|events?|webinars?|community|legal|trust|security)$/;

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/i;
/** Ashby's names are what the employer typed: "Acme & Sons". */
const FREE_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._&'+,()-]{0,99}$/u;

/**
 * @param url of any page, posting, feed, embedded frame or API call
 * @returns undefined for an address that belongs to no source of ours, or does not say to which board
 */
export function boardOfUrl(url: URL): KnownBoard | undefined {
  const host = url.hostname.toLowerCase();
  const shared = Object.hasOwn(SHARED, host) ? SHARED[host] : undefined;
  if (shared !== undefined) {
    const token = shared.token(partsOf(url), url.searchParams)?.normalize('NFC').trim();
    return token === undefined ? undefined : known(shared.source, token, shared.region);
  }
  const own = OWN.find(({ end }) => host.endsWith(end));
  const label = own === undefined ? '' : host.slice(0, -own.end.length);
  return own === undefined || !LABEL.test(label) || RESERVED.test(label)
    ? undefined
    : known(own.source, label, own.region);
}

/** Endings of all hosts that `boardOfUrl` knows, for whoever looks for such addresses in a page. */
export const BOARD_DOMAINS: readonly string[] = [
  'greenhouse.io',
  'lever.co',
  'ashbyhq.com',
  'smartrecruiters.com',
  'workable.com',
  'recruitee.com',
  'personio.de',
  'personio.com',
  'teamtailor.com',
  'bamboohr.com',
];

/** Sources that spell all names in lower case and answer to no other spelling; at the others case may matter. */
const LOWER: readonly SourceName[] = ['greenhouse', 'workable'];

/** @returns undefined when no board can have that name; a name becomes a part of an address */
export function known(source: SourceName, token: string, region = ''): KnownBoard | undefined {
  if (!(source === 'ashby' ? FREE_NAME : NAME).test(token)) return undefined;
  return { source, token: LOWER.includes(source) ? token.toLowerCase() : token, region };
}

function partsOf(url: URL): string[] {
  return url.pathname.split('/').filter(Boolean).map(decoded);
}

/** A part that cannot be decoded is no name. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
