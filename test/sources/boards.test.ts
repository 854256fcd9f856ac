/** Habits of the sources that list one employer: Greenhouse and Lever. */
import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../worker/http/fetch.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import type { Board, ReadSettings } from '../../worker/sources/source.ts';
import { FIXTURES } from './fixture.ts';
import { idsOf, internetOf, manyRows, read } from './kit.ts';

describe('Greenhouse', () => {
  const { items } = FIXTURES.greenhouse;

  test('ids of 64 bits arrive digit by digit', async () => {
    const internet = await internetOf('greenhouse', items);
    const { items: got } = await read('greenhouse', internet);
    expect(JSON.parse('9007199254740993')).toBe(9_007_199_254_740_992); // what a plain parse makes of it
    expect(idsOf('greenhouse', got)).toContain('9007199254740993');
  });

  test('asks for texts, in one request with the board in its path', async () => {
    const internet = await internetOf('greenhouse', items);
    await read('greenhouse', internet);
    expect(internet.requests.map((r) => r.path)).toEqual(['/v1/boards/examplecorp/jobs?content=true']);
  });

  test('a board that lists fewer postings than it counts is not complete', async () => {
    const internet = await internetOf('greenhouse', items);
    internet.setFaults('greenhouse', { kind: 'body', body: { jobs: items, meta: { total: items.length + 3 } } });
    const { items: got, end } = await read('greenhouse', internet);
    expect(got).toHaveLength(items.length);
    expect(end).toMatchObject({ complete: false, problems: [{ what: '3 postings of the board' }] });
  });

  test('a board without a count is taken at its word', async () => {
    const internet = await internetOf('greenhouse', items);
    internet.setFaults('greenhouse', { kind: 'body', body: { jobs: items } });
    expect((await read('greenhouse', internet)).end?.complete).toBe(true);
  });

  test('postings that lost their texts on the way do not fit', async () => {
    const internet = await internetOf('greenhouse', items);
    const bare = items.map(({ content: _, ...row }) => row);
    internet.setFaults('greenhouse', { kind: 'body', body: { jobs: bare, meta: { total: bare.length } } });
    expect((await read('greenhouse', internet)).invalid).toHaveLength(items.length);
  });
});

describe('Lever', () => {
  test('pages by what came, and ends at a page that is not full', async () => {
    const internet = await internetOf('lever', manyRows('lever', 230));
    await read('lever', internet);
    expect(internet.requests.map((r) => new URLSearchParams(r.path.split('?')[1]).get('skip'))).toEqual([
      '0',
      '100',
      '200',
    ]);
  });

  test('a board of exactly one full page is asked once more', async () => {
    const internet = await internetOf('lever', manyRows('lever', 100));
    const { items, end } = await read('lever', internet);
    expect(items).toHaveLength(100);
    expect(internet.requests).toHaveLength(2);
    expect(end?.complete).toBe(true);
  });

  const urlFor = async (board: Partial<Board>, baseUrl: string): Promise<string> => {
    let asked = '';
    const fetch: Fetch = async ({ url }) => {
      asked = url.href.split('?')[0] ?? '';
      throw new Error('enough');
    };
    const settings: ReadSettings = {
      baseUrl,
      keys: {},
      jsearchPath: '/search',
      adzunaCountries: [],
      queries: [],
      pagesMax: 1,
      concurrency: 1,
    };
    await CONNECTORS.lever
      .read({ ...FIXTURES.lever.board, ...board }, settings, fetch)
      .next()
      .catch(() => {});
    return asked;
  };

  test('a board of the EU region is asked at its own host, unless the operator moved the address', async () => {
    expect(await urlFor({ region: '' }, 'https://api.lever.co')).toBe(
      'https://api.lever.co/v0/postings/ipsuminsurance',
    );
    expect(await urlFor({ region: 'eu' }, 'https://api.lever.co')).toBe(
      'https://api.eu.lever.co/v0/postings/ipsuminsurance',
    );
    expect(await urlFor({ region: 'eu' }, 'http://127.0.0.1:9')).toBe('http://127.0.0.1:9/v0/postings/ipsuminsurance');
  });

  test('a site name cannot leave its place in the address', async () => {
    expect(await urlFor({ token: '../../admin?x=' }, 'https://api.lever.co')).toBe(
      'https://api.lever.co/v0/postings/..%2F..%2Fadmin%3Fx%3D',
    );
  });
});

test.each(['greenhouse', 'lever'] as const)(
  '%s: 404 says that the board does not exist and what to do',
  async (source) => {
    const internet = await internetOf(source, undefined);
    const { error } = await read(source, internet);
    expect(error).toMatchObject({
      status: 404,
      message: expect.stringMatching(/has no board ".+" \(404\): correct its name or disable it/),
    });
  },
);
