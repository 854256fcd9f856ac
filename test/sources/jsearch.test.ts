import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../worker/http/fetch.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { FIXTURES } from './fixture.ts';
import { idsOf, internetOf, manyRows, read } from './kit.ts';

const { items, board } = FIXTURES.jsearch;

describe('two generations', () => {
  test.each(['/search', '/search-v2'] as const)('%s is read to its end', async (jsearchPath) => {
    const internet = await internetOf('jsearch', manyRows('jsearch', 25));
    const outcome = await read('jsearch', internet, { settings: { jsearchPath } });
    expect(new Set(idsOf('jsearch', outcome.items)).size).toBe(25);
    expect(outcome.end?.complete).toBe(true);
    expect(new Set(outcome.endpoints)).toEqual(new Set([jsearchPath]));
    const pages = internet.requests.map(({ path }) => new URLSearchParams(path.split('?')[1]));
    if (jsearchPath === '/search') expect(pages.map((p) => p.get('page'))).toEqual(['1', '2', '3', '4']);
    else expect(pages.map((p) => p.has('cursor'))).toEqual([false, true, true]);
  });

  test('the newer shape on the older path is understood, and the older on the newer', async () => {
    const internet = await internetOf('jsearch', items);
    internet.setFaults('jsearch', { kind: 'body', body: { status: 'OK', data: { jobs: items, cursor: null } } });
    const newer = await read('jsearch', internet);
    expect(newer.items).toHaveLength(items.length);
    expect(newer.end?.complete).toBe(true);
    internet.setFaults(
      'jsearch',
      { kind: 'body', body: { status: 'OK', data: items }, times: 1 },
      { kind: 'body', body: { data: [] } },
    );
    const older = await read('jsearch', internet, { settings: { jsearchPath: '/search-v2' } });
    expect(older.items).toHaveLength(items.length);
    expect(older.end?.complete).toBe(true);
  });

  test('a cursor that was there before ends the read with a problem', async () => {
    const internet = await internetOf('jsearch', items);
    const answer = (from: number) => ({
      status: 'OK',
      data: { jobs: manyRows('jsearch', from + 10).slice(from), cursor: Buffer.from('{"p":1}').toString('base64url') },
    });
    internet.setFaults(
      'jsearch',
      { kind: 'body', body: answer(0), times: 1 },
      { kind: 'body', body: answer(10), times: 1 },
      { kind: 'body', body: answer(20) },
    );
    const outcome = await read('jsearch', internet, { settings: { jsearchPath: '/search-v2' } });
    expect(outcome.items).toHaveLength(20);
    expect(internet.requests).toHaveLength(2);
    expect(outcome.end).toMatchObject({ complete: false, problems: [{ what: 'the page after page 2 of "e"' }] });
  });

  test('404 says which setting may help', async () => {
    const internet = await internetOf('jsearch', items);
    internet.setFaults('jsearch', {
      kind: 'refuse',
      status: 404,
      body: { message: "Endpoint '/search' does not exist" },
    });
    expect((await read('jsearch', internet)).error).toMatchObject({
      message:
        "JSearch answered 404: Endpoint '/search' does not exist; if this account has only /search-v2, set JSEARCH_PATH=/search-v2",
    });
  });
});

describe('several queries', () => {
  const queries = ['alpha e', 'beta e', 'gamma e'];
  const asked = (internet: { requests: readonly { path: string }[] }) =>
    internet.requests
      .map(({ path }) => new URLSearchParams(path.split('?')[1]))
      .map((p) => `${p.get('query')} ${p.get('page')}`);

  test('take turns, so that our limit cuts the tail of each and no query as a whole', async () => {
    const internet = await internetOf('jsearch', items);
    internet.setFaults('jsearch', { kind: 'endless-pages' });
    const rows = items.map((row) => ({ ...row, job_title: 'alpha beta gamma' }));
    internet.data.jsearch = { '*': rows };
    const outcome = await read('jsearch', internet, { settings: { queries, pagesMax: 5 } });
    expect(asked(internet)).toEqual(['alpha e 1', 'beta e 1', 'gamma e 1', 'alpha e 2', 'beta e 2']);
    expect(outcome.end?.problems).toMatchObject([{ ownLimit: true }]);
  });

  test('one that fails does not end the others', async () => {
    const internet = await internetOf(
      'jsearch',
      items.map((row) => ({ ...row, job_title: 'alpha beta gamma' })),
    );
    internet.setFaults('jsearch', { kind: 'slow', ms: 0, times: 1 }, { kind: 'html', times: 1 });
    const outcome = await read('jsearch', internet, { settings: { queries } });
    expect(outcome.items).toHaveLength(2 * items.length);
    expect(outcome.end).toMatchObject({ complete: false, problems: [{ what: 'page 1 of "beta e"' }] });
  });

  test('end together when the quota is used up', async () => {
    const internet = await internetOf(
      'jsearch',
      items.map((row) => ({ ...row, job_title: 'alpha beta gamma' })),
    );
    const quota = {
      kind: 'refuse',
      status: 429,
      body: { message: 'You have exceeded the MONTHLY quota for Requests' },
    } as const;
    internet.setFaults('jsearch', { kind: 'slow', ms: 0, times: 1 }, quota);
    const outcome = await read('jsearch', internet, { settings: { queries } });
    expect(internet.requests).toHaveLength(2);
    expect(outcome.items).toHaveLength(items.length);
    expect(outcome.end).toMatchObject({
      complete: false,
      problems: [{ error: { type: 'rate_limited', quota: true } }],
    });
  });

  test('none at all ask nothing', async () => {
    const internet = await internetOf('jsearch', items);
    const outcome = await read('jsearch', internet, { settings: { queries: [] } });
    expect(outcome.end).toEqual({ complete: true, problems: [] });
    expect(internet.requests).toHaveLength(0);
  });
});

test.each([
  ['https://jsearch.p.rapidapi.com', { 'x-rapidapi-key': 'k', 'x-rapidapi-host': 'jsearch.p.rapidapi.com' }],
  ['https://proxy.example/jsearch', { 'x-rapidapi-key': 'k', 'x-rapidapi-host': 'jsearch.p.rapidapi.com' }],
  ['https://api.openwebninja.com/jsearch', { 'x-api-key': 'k' }],
])('the key goes to %s in the header that it wants, never in the address', async (baseUrl, headers) => {
  const seen: unknown[] = [];
  const fetch: Fetch = async (request) => {
    seen.push(request.headers, request.url.href);
    throw new Error('enough');
  };
  const settings = {
    baseUrl,
    keys: { JSEARCH_API_KEY: 'k' },
    jsearchPath: '/search',
    adzunaCountries: [],
    queries: ['q'],
    pagesMax: 1,
    concurrency: 1,
  } as const;
  await expect(CONNECTORS.jsearch.read(board, settings, fetch).next()).rejects.toThrow('enough');
  expect(seen).toEqual([
    headers,
    `${baseUrl}/search?query=q&num_pages=1&country=us&language=en&date_posted=week&page=1`,
  ]);
});
