/** Asks for an employer's own page, as a guest: through the guarded door, and only where its site lets us in. */
import { z } from 'zod';
import { boardOfUrl, type KnownBoard } from '../../shared/boards/board-of-url.ts';
import { parseCareersUrl } from '../../shared/boards/careers-url.ts';
import { BoardRefusedError, quoted } from '../../shared/boards/refusal.ts';
import { FetchError } from '../../shared/errors.ts';
import { documentText } from '../http/charset.ts';
import type { BodyFormat, Fetch, FetchRequest } from '../http/fetch.ts';
import { BlockedAddressError } from '../http/guard.ts';
import { HTML_FORMAT } from '../http/html.ts';
import {
  createPermissions,
  PageForbiddenError,
  type Permissions,
  SiteUnknownError,
} from '../http/permission/permission.ts';
import { isReservedByHeader, isReservedByPage } from '../http/permission/tdm.ts';
import { RedirectError } from '../http/redirect.ts';
import { withToken } from '../sources/tenant.ts';
import { isNameUnknown } from './probe-absent.ts';

export interface PageDoor {
  /** The door of the source `jsonld`, under whose name pages are counted. */
  readonly fetch: Fetch;
  /** `https://{token}`, or what the operator put in its place. */
  readonly baseUrl: string;
}

/** Where an address leads in the end: to a known board, or to a page that somebody must look into. */
export type Arrival =
  | { readonly url: URL; readonly board: KnownBoard }
  | { readonly url: URL; readonly board?: undefined; readonly html: string };

/** Our name in a robots.txt, as in the User-Agent. */
const OUR_NAME = 'IAM-Job-Scout';
const SITE_FILE_BYTES_MAX = 2 * 1024 * 1024;
const PAGE_BYTES_MAX = 8 * 1024 * 1024;
/** Hosts that one address may lead over: acme.com, www.acme.com, careers.acme.com, a board. */
const HOSTS_MAX = 4;
const TEXT_FORMAT: BodyFormat = { name: 'text', accept: 'text/plain', text: documentText, parse: (text) => text };

/**
 * Follows redirects to other hosts, which the door itself never does: each of them is judged as if it had been pasted.
 * @throws BoardRefusedError
 */
export async function readCareersPage(url: URL, door: PageDoor): Promise<Arrival> {
  const permissions = createPermissions(OUR_NAME);
  let at = url;
  for (let hosts = 0; hosts < HOSTS_MAX; hosts++) {
    const board = boardOfUrl(at);
    if (board !== undefined) return { url: at, board };
    await askSite(permissions, at, door);
    const answer = await ask(door, at, { endpoint: '/:page', format: HTML_FORMAT, bytesMax: PAGE_BYTES_MAX });
    if (answer.to === undefined) {
      if (isReservedByHeader(answer.headers) || isReservedByPage(answer.text)) throw reserved(at);
      return { url: at, html: answer.text };
    }
    at = parseCareersUrl(answer.to.href);
  }
  throw unreachable(url, `leads over more than ${HOSTS_MAX} hosts`);
}

type Answer =
  | { readonly text: string; readonly headers: Readonly<Record<string, string>>; readonly to?: undefined }
  | { readonly to: URL };

/** @returns the page, or the address on another host that it leads to */
async function ask(
  door: PageDoor,
  url: URL,
  how: Pick<FetchRequest<string>, 'endpoint' | 'format' | 'bytesMax'>,
): Promise<Answer> {
  const address = new URL(withToken(door.baseUrl, url.host + url.pathname + url.search));
  // A request of a page without its cookie is refused at first by some.
  const request = { ...how, url: address, schema: z.string(), keepCookies: true };
  try {
    const { json, headers } = await door.fetch(request);
    return { text: json, headers };
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    if (error.cause instanceof RedirectError && error.cause.to !== undefined) return { to: error.cause.to };
    throw refusalOf(error, url);
  }
}

/** @throws BoardRefusedError when the site does not let programs in, or cannot say whether it does */
async function askSite(permissions: Permissions, url: URL, door: PageDoor): Promise<void> {
  try {
    await permissions.check(url, quoted(url.host), (file) => siteFile(file, door));
  } catch (error) {
    if (error instanceof SiteUnknownError) throw unreachable(url, `cannot be read now: ${error.message}`, error);
    if (!(error instanceof PageForbiddenError)) throw error;
    if (error.why === 'mining') throw reserved(url);
    throw new BoardRefusedError(
      'page-forbidden',
      `${quoted(url.href)} may not be read by programs, says robots.txt of ${quoted(url.host)}. If the employer's postings are on a board (Greenhouse, Lever, ...), paste the address of one of them.`,
    );
  }
}

/** A file of the site, wherever it lives; what is no text is as good as none. @throws BoardRefusedError */
async function siteFile(url: URL, door: PageDoor): Promise<{ status: number; text: string }> {
  const how = { endpoint: url.pathname, format: TEXT_FORMAT, bytesMax: SITE_FILE_BYTES_MAX };
  let at = url;
  for (let hosts = 0; hosts < HOSTS_MAX; hosts++) {
    try {
      const answer = await ask(door, at, how);
      if (answer.to === undefined) return { status: 200, text: answer.text };
      at = answer.to;
    } catch (error) {
      const cause = error instanceof BoardRefusedError ? error.cause : undefined;
      // Without a status nobody answered, which says more than that the file could not be read.
      if (!(cause instanceof FetchError) || cause.status === undefined || cause.status >= 500) throw error;
      return { status: cause.status, text: '' };
    }
  }
  return { status: 404, text: '' };
}

function reserved(url: URL): BoardRefusedError {
  return new BoardRefusedError(
    'page-forbidden',
    `${quoted(url.href)} reserves the rights to text and data mining (tdm-reservation), so it is not read.`,
  );
}

function refusalOf(error: FetchError, url: URL): BoardRefusedError {
  if (error.cause instanceof BlockedAddressError) {
    const message = `${quoted(url.href)} leads into a private network; only pages of the public internet are read.`;
    return new BoardRefusedError('private-address', message, error);
  }
  if (isNameUnknown(error)) return unreachable(url, `names no host that exists: check ${quoted(url.hostname)}`, error);
  if (error.status === 404 || error.status === 410) {
    return unreachable(
      url,
      `does not exist (${error.status}): open it in a browser and paste what stands there`,
      error,
    );
  }
  if (error.type === 'auth') {
    const advice = "does not let programs in; paste the address of one of the employer's postings instead";
    return unreachable(url, `${advice} (${error.status})`, error);
  }
  return unreachable(url, `cannot be read now: ${error.message}`, error);
}

function unreachable(url: URL, what: string, cause?: unknown): BoardRefusedError {
  return new BoardRefusedError('page-unreachable', `${quoted(url.href)} ${what.replace(/\.?$/, '.')}`, cause);
}
