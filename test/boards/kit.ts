/** A played internet with the boards of the demo, and the door to it. */
import { onTestFinished } from 'vitest';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { HttpLimits } from '../../worker/http/limits.ts';
import { createHttp, type Http } from '../../worker/http.ts';
import type { ReadSettings } from '../../worker/sources/source.ts';
import { atEnd } from '../at-end.ts';
import { demoData } from '../internet/demo-data.ts';
import { type Internet, type InternetData, startInternet } from '../internet/internet.ts';

export const QUICK: Partial<HttpLimits> = { backoffMs: 1, headersMs: 2_000, bodyMs: 2_000, wholeMs: 20_000 };

/** For a whole file; its data is never changed. */
export async function demoInternet(): Promise<Internet> {
  const internet = await startInternet(demoData());
  atEnd(() => internet.close());
  return internet;
}

/** For one test. */
export async function ownInternet(data: Partial<InternetData> = {}): Promise<Internet> {
  const empty = Object.fromEntries(SOURCE_NAMES.map((name) => [name, {}])) as InternetData;
  const internet = await startInternet({ ...empty, ...data });
  onTestFinished(() => internet.close());
  return internet;
}

export function doorTo(internet: Internet, limits: Partial<HttpLimits> = {}): Http {
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '0.0.1',
    allowPrivateFor: new Set([internet.host]),
    limits: { ...QUICK, ...limits },
  });
  atEnd(() => http.close());
  return http;
}

export const settingsOn =
  (internet: Internet) =>
  (source: SourceName): ReadSettings => ({
    baseUrl: internet.urls[source],
    keys: {},
    jsearchPath: '/search',
    adzunaCountries: ['us'],
    queries: [],
    pagesMax: sourceInfo(source).pagesMax,
    concurrency: sourceInfo(source).concurrency,
  });

export const NEVER = new AbortController().signal;
