import { describe, expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { internetOf, manyRows, read } from './kit.ts';

const asked = (internet: { requests: readonly { path: string }[] }) =>
  internet.requests
    .map(({ path }) => new URL(path, 'http://x'))
    .map(({ pathname, searchParams }) => ({ pathname, searchParams }));

describe('a request', () => {
  test('has the country and the page in its path, and only parameters that Adzuna knows', async () => {
    const internet = await internetOf('adzuna', manyRows('adzuna', 60));
    const { error } = await read('adzuna', internet, { settings: { adzunaCountries: ['us'] } });
    expect(error).toBeUndefined(); // the played Adzuna refuses unknown parameters as the real one does
    const requests = asked(internet);
    expect(requests.map((r) => r.pathname)).toEqual(['/v1/api/jobs/us/search/1', '/v1/api/jobs/us/search/2']);
    expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
      app_id: 'adzuna-id-62',
      app_key: 'adzuna-key-73',
      results_per_page: '50',
      sort_by: 'date',
      max_days_old: '7',
      what: 'e',
      'content-type': 'application/json',
    });
  });

  test.each([
    ['what_phrase=identity and access management', 'what_phrase', 'identity and access management'],
    ['what_or=okta sailpoint', 'what_or', 'okta sailpoint'],
    ['title_only=IAM', 'title_only', 'IAM'],
    ['a=b', 'what', 'a=b'],
  ])('for the query %j asks %s', async (query, parameter, words) => {
    const internet = await internetOf('adzuna', FIXTURES.adzuna.items);
    await read('adzuna', internet, { settings: { queries: [query], adzunaCountries: ['us'] } });
    expect(asked(internet)[0]?.searchParams.get(parameter)).toBe(words);
  });
});

describe('many searches', () => {
  test('ask every country for every query', async () => {
    const internet = await internetOf('adzuna', FIXTURES.adzuna.items);
    await read('adzuna', internet, { settings: { queries: ['e', 'a'], adzunaCountries: ['us', 'gb'] } });
    const all = asked(internet).map((r) => `${r.pathname} ${r.searchParams.get('what')}`);
    expect(all.sort()).toEqual([
      '/v1/api/jobs/gb/search/1 a',
      '/v1/api/jobs/gb/search/1 e',
      '/v1/api/jobs/us/search/1 a',
      '/v1/api/jobs/us/search/1 e',
    ]);
  });

  test('get their first pages before any gets its second', async () => {
    const internet = await internetOf('adzuna', manyRows('adzuna', 250));
    const settings = { queries: ['e', 'a'], adzunaCountries: ['us'], pagesMax: 5, concurrency: 1 };
    const { end } = await read('adzuna', internet, { settings });
    const all = asked(internet).map((r) => `${r.searchParams.get('what')} ${r.pathname.split('/').at(-1)}`);
    expect(all).toEqual(['e 1', 'a 1', 'e 2', 'a 2', 'e 3']);
    expect(end?.problems).toMatchObject([{ ownLimit: true }]);
  });

  test('that are more than our limit are cut, and that is said', async () => {
    const internet = await internetOf('adzuna', FIXTURES.adzuna.items);
    const { end } = await read('adzuna', internet, {
      settings: { queries: ['e', 'a', 'i'], adzunaCountries: ['us'], pagesMax: 2 },
    });
    expect(internet.requests).toHaveLength(2);
    expect(end).toMatchObject({ complete: false, problems: [{ ownLimit: true }] });
  });

  test('stop at a refused key, and what came before is kept', async () => {
    const internet = await internetOf('adzuna', manyRows('adzuna', 250));
    internet.setFaults('adzuna', { kind: 'refuse', status: 401, fromPage: 2 });
    const { items, end } = await read('adzuna', internet, { settings: { adzunaCountries: ['us'], concurrency: 1 } });
    expect(items).toHaveLength(100);
    expect(internet.requests).toHaveLength(3);
    expect(end).toMatchObject({ complete: false, problems: [{ error: { type: 'auth' } }] });
  });

  test('read pages side by side where they may', async () => {
    const internet = await internetOf('adzuna', manyRows('adzuna', 250));
    internet.setFaults('adzuna', { kind: 'slow', ms: 50 });
    await read('adzuna', internet, { settings: { adzunaCountries: ['us'], concurrency: 2 } });
    expect(internet.mostAtOnce('adzuna')).toBe(2);
  });
});
