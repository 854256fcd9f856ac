/** Reads one source over a played internet, as a worker would. */
import { onTestFinished } from 'vitest';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { Fetch, FetchRequest } from '../../worker/http/fetch.ts';
import type { HttpLimits } from '../../worker/http/limits.ts';
import { createHttp } from '../../worker/http.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import type { Board, ReadEnd, ReadSettings } from '../../worker/sources/source.ts';
import { type Internet, type InternetData, startInternet } from '../internet/internet.ts';
import type { Row } from '../internet/speaker.ts';
import { SPEAKERS } from '../internet/speakers/all.ts';
import { FIXTURES } from './fixture.ts';

export const KEYS = {
  JSEARCH_API_KEY: 'jsearch-key-51',
  ADZUNA_APP_ID: 'adzuna-id-62',
  ADZUNA_APP_KEY: 'adzuna-key-73',
  JOOBLE_API_KEY: 'jooble-key-128',
  FINDWORK_API_KEY: 'findwork-key-117',
  REED_API_KEY: 'reed-key-106',
  USAJOBS_API_KEY: 'usajobs-key-84',
  USAJOBS_EMAIL: 'ops@example.gov',
  THEMUSE_API_KEY: 'themuse-key-95',
};
const QUICK: Partial<HttpLimits> = { backoffMs: 1, headersMs: 2_000, bodyMs: 2_000, wholeMs: 20_000 };

export interface Outcome {
  readonly items: readonly unknown[];
  readonly invalid: readonly { readonly item: unknown; readonly problem: string }[];
  readonly end: ReadEnd | undefined;
  /** What the read threw. */
  readonly error: unknown;
  /** Labels of the requests. */
  readonly endpoints: readonly string[];
}

export interface ReadOptions {
  readonly board?: Partial<Board>;
  readonly settings?: Partial<ReadSettings>;
  readonly limits?: Partial<HttpLimits>;
  readonly signal?: AbortSignal;
  /** Called after each page that was taken. */
  readonly onPage?: () => void;
}

/** An internet where only this source has anything: the given rows on its fixture's board. */
export async function internetOf(source: SourceName, rows: readonly Row[] | undefined): Promise<Internet> {
  const data = Object.fromEntries(SOURCE_NAMES.map((name) => [name, {}])) as InternetData;
  if (rows !== undefined) data[source] = { [FIXTURES[source].board.token]: rows };
  const internet = await startInternet(data);
  onTestFinished(() => internet.close());
  return internet;
}

export async function read(source: SourceName, internet: Internet, options: ReadOptions = {}): Promise<Outcome> {
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '0.0.1',
    allowPrivateFor: new Set([internet.host]),
    limits: { ...QUICK, ...options.limits },
    secrets: Object.values(KEYS),
  });
  onTestFinished(() => http.close());
  const endpoints: string[] = [];
  const door = http.fetchFor(source, { signal: options.signal ?? new AbortController().signal });
  const fetch: Fetch = (request) => {
    endpoints.push(request.endpoint);
    return door(request);
  };
  const items: unknown[] = [];
  const invalid: Outcome['invalid'][number][] = [];
  const board = { ...FIXTURES[source].board, ...options.board };
  try {
    const pages = CONNECTORS[source].read(board, settingsOf(source, internet.urls[source], options.settings), fetch);
    for (;;) {
      const step = await pages.next();
      if (step.done) return { items, invalid, end: step.value, error: undefined, endpoints };
      items.push(...step.value.items);
      invalid.push(...step.value.invalid);
      options.onPage?.();
    }
  } catch (error) {
    return { items, invalid, end: undefined, error, endpoints };
  }
}

function settingsOf(source: SourceName, baseUrl: string, more: Partial<ReadSettings> = {}): ReadSettings {
  return {
    baseUrl,
    keys: KEYS,
    jsearchPath: '/search',
    adzunaCountries: ['us', 'gb'],
    // Every row of every fixture has an "e" in it.
    queries: ['e'],
    pagesMax: 40,
    concurrency: sourceInfo(source).concurrency,
    ...more,
  };
}

/** One item of the source with its own record asked for, as a worker does for what is new. @throws what the record's request throws */
export async function readDetail(source: SourceName, internet: Internet, item: unknown): Promise<unknown> {
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '0.0.1',
    allowPrivateFor: new Set([internet.host]),
    limits: QUICK,
  });
  onTestFinished(() => http.close());
  const fetch = http.fetchFor(source, { signal: new AbortController().signal });
  const settings = settingsOf(source, internet.urls[source]);
  return CONNECTORS[source].detail?.(item, FIXTURES[source].board, settings, fetch);
}

/** The first request of a read from the source's real address, which is not sent. What the read throws before it is thrown. */
export async function firstRequest(
  source: SourceName,
  options: Pick<ReadOptions, 'board' | 'settings'> = {},
): Promise<FetchRequest<unknown>> {
  const board = { ...FIXTURES[source].board, ...options.board };
  const settings = settingsOf(source, sourceInfo(source).baseUrl, options.settings);
  const asked = Promise.withResolvers<FetchRequest<unknown>>();
  const fetch: Fetch = (request) => {
    asked.resolve(request as FetchRequest<unknown>);
    return new Promise(() => {});
  };
  CONNECTORS[source].read(board, settings, fetch).next().catch(asked.reject);
  return asked.promise;
}

/** So many postings: the fixture's first row again and again, each under an id of its own. */
export function manyRows(source: SourceName, count: number): Row[] {
  const [model] = FIXTURES[source].items;
  return Array.from({ length: count }, (_, i) => SPEAKERS[source].renumber(model ?? {}, i));
}

export function idsOf(source: SourceName, items: readonly unknown[]): string[] {
  return items.map((item) => CONNECTORS[source].nativeId(item));
}

/** Paths and queries of all requests, in order. */
export function askedOf(internet: Internet): string[] {
  return internet.requests.map(({ path }) => path);
}
