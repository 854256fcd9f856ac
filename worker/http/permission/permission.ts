/** Whether a page may be read: its site is asked first, and its answer remembered for a day. */
import { FetchError } from '../../../shared/errors.ts';
import { isAllowed, type PathRule } from './path-rules.ts';
import { robotsRules } from './robots.ts';
import { isReservedByFile } from './tdm.ts';

/** One plain GET of the guarded door. */
export type AskSite = (url: URL) => Promise<{ readonly status: number; readonly text: string }>;

/** Its site does not let us read the page, or reserves it from text and data mining. */
export class PageForbiddenError extends FetchError {
  readonly why: 'robots' | 'mining';
  constructor(why: 'robots' | 'mining', message: string) {
    super('other', message);
    this.why = why;
  }
}

/** The site could not say now, and is asked again when `retryAfterMs` is over. */
export class SiteUnknownError extends FetchError {
  constructor(message: string, retryAfterMs: number) {
    super('other', message, { retryAfterMs });
  }
}

export interface Permissions {
  /** @throws FetchError that says why the page is not read; what `ask` throws when the signal ended it */
  check(url: URL, who: string, ask: AskSite): Promise<void>;
}

/** RFC 9309 2.4: no longer than a day. */
const KEPT_MS = 24 * 3_600_000;
/** A site that could not say is asked again so soon. */
const UNKNOWN_KEPT_MS = 10 * 60_000;
const SITES_MAX = 2_000;

interface Site {
  readonly rules: readonly PathRule[];
  /** The text of its TDM file; '' without one. */
  readonly tdm: string;
  /** Why it could not say; nothing may be read then. */
  readonly unknown: string | undefined;
  readonly until: number;
}

/** @param product the product token of our User-Agent */
export function createPermissions(product: string, now: () => number = Date.now): Permissions {
  const sites = new Map<string, Promise<Site>>();

  async function siteOf(origin: string, ask: AskSite): Promise<Site> {
    const pending = sites.get(origin);
    if (pending !== undefined) {
      const known = await pending.catch(() => undefined);
      if (known !== undefined && known.until > now()) return known;
    }
    const asked = askSite(origin, product, ask, now);
    sites.delete(origin);
    sites.set(origin, asked);
    for (const oldest of sites.keys()) {
      if (sites.size <= SITES_MAX) break;
      sites.delete(oldest);
    }
    return asked;
  }

  return {
    check: async (url, who, ask) => {
      const site = await siteOf(url.origin, ask);
      const path = url.pathname + url.search;
      if (site.unknown !== undefined) {
        throw new SiteUnknownError(
          `${who}: ${url.host} cannot say whether it may be read (${site.unknown})`,
          Math.max(0, site.until - now()),
        );
      }
      if (!isAllowed(site.rules, path)) {
        const says = `${who}: robots.txt of ${url.host} does not allow ${url.pathname} to be read`;
        throw new PageForbiddenError('robots', says);
      }
      if (isReservedByFile(site.tdm, path)) throw reserved(who, url);
    },
  };
}

export function reserved(who: string, url: URL): PageForbiddenError {
  return new PageForbiddenError(
    'mining',
    `${who}: ${url.host} reserves ${url.pathname} from text and data mining (TDMRep)`,
  );
}

/**
 * What a 4xx says is that there is no such file: then all is allowed. A 5xx, a 429 or no answer says nothing: then nothing is, for
 * now.
 */
async function askSite(origin: string, product: string, ask: AskSite, now: () => number): Promise<Site> {
  const texts: string[] = [];
  for (const path of ['/robots.txt', '/.well-known/tdmrep.json']) {
    const { status, text, why } = await ask(new URL(path, origin)).then(
      (answer) => ({ ...answer, why: undefined }),
      (error: unknown) => {
        if (!(error instanceof FetchError)) throw error;
        return { status: 0, text: '', why: error.message };
      },
    );
    const isThere = status >= 200 && status < 300;
    if (!isThere && (status < 400 || status >= 500 || status === 429)) {
      const unknown = `${path}: ${why ?? `it answered ${status}`}`;
      return { rules: [], tdm: '', unknown, until: now() + UNKNOWN_KEPT_MS };
    }
    texts.push(isThere ? text : '');
  }
  const [robots = '', tdm = ''] = texts;
  return { rules: robotsRules(robots, product), tdm, unknown: undefined, until: now() + KEPT_MS };
}
