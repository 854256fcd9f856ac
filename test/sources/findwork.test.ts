import { describe, expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, KEYS, manyRows, read } from './kit.ts';

describe('the pages of Findwork', () => {
  test('follow the link to the next one, with the key in a header', async () => {
    const internet = await internetOf('findwork', manyRows('findwork', 230));
    const { end } = await read('findwork', internet, { settings: { queries: ['oauth'] } });
    expect(end?.complete).toBe(true);
    expect(askedOf(internet)).toEqual([
      '/api/jobs/?search=oauth&order_by=-date_posted',
      '/api/jobs/?search=oauth&order_by=-date_posted&page=2',
      '/api/jobs/?search=oauth&order_by=-date_posted&page=3',
    ]);
    for (const { headers } of internet.requests) expect(headers.authorization).toBe(`Token ${KEYS.FINDWORK_API_KEY}`);
  });

  test.each([
    'https://evil.example/steal/?page=2',
    '//evil.example/?page=2',
    'http://169.254.169.254/?page=2',
    '?page=2',
    '/elsewhere/?page=2',
  ])('never lead to another address: of %s only the query is taken', async (next) => {
    const internet = await internetOf('findwork', FIXTURES.findwork.items);
    const results = manyRows('findwork', 2);
    internet.setFaults(
      'findwork',
      { kind: 'body', body: { count: 4, next, results }, times: 1 },
      { kind: 'body', body: { count: 4, next: null, results: FIXTURES.findwork.items } },
    );
    const { error, end } = await read('findwork', internet);
    expect(error).toBeUndefined();
    expect(end?.complete).toBe(true);
    expect(askedOf(internet)[1]).toBe('/api/jobs/?page=2');
  });

  test('a key that is refused in between is said and keeps what came', async () => {
    const internet = await internetOf('findwork', manyRows('findwork', 230));
    internet.setFaults('findwork', { kind: 'refuse', status: 401, body: { detail: 'Invalid token.' }, page: 1 });
    const { items, end } = await read('findwork', internet);
    expect(items).toHaveLength(100);
    expect(end).toMatchObject({
      complete: false,
      problems: [{ error: { type: 'auth', message: 'Findwork answered 401: Invalid token.' } }],
    });
  });
});
