import { describe, expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { idsOf, internetOf, KEYS, manyRows, read } from './kit.ts';

const { items: rows } = FIXTURES.jooble;

describe('a request to Jooble', () => {
  test('is posted, with the key in the path and the page as text', async () => {
    const internet = await internetOf('jooble', manyRows('jooble', 130));
    const { end, endpoints } = await read('jooble', internet, { settings: { queries: ['iam'] } });
    expect(end?.complete).toBe(true);
    const seen = internet.requests.map(({ method, path, body }) => ({
      method,
      path,
      body: JSON.parse(body) as unknown,
    }));
    const asked = (page: string) => ({
      method: 'POST',
      path: `/api/${KEYS.JOOBLE_API_KEY}`,
      body: { keywords: 'iam', location: '', page, ResultOnPage: 100 },
    });
    expect(seen).toEqual([asked('1'), asked('2')]);
    expect(new Set(endpoints)).toEqual(new Set(['/api/:key']));
  });

  test.each([
    ['is refused', { kind: 'refuse', status: 403, body: `POST /api/${KEYS.JOOBLE_API_KEY} is not allowed` }],
    ['is answered by a page for people', { kind: 'body', body: `<a href="/api/${KEYS.JOOBLE_API_KEY}">here</a>` }],
    ['is answered in another shape', { kind: 'body', body: { message: `use /api/${KEYS.JOOBLE_API_KEY}` } }],
    ['breaks off', { kind: 'cut' }],
    ['gets no answer', { kind: 'hang' }],
    ['is sent elsewhere', { kind: 'refuse', status: 301, headers: { location: `/api/${KEYS.JOOBLE_API_KEY}/` } }],
  ] as const)('that %s has an error without the key, down to its causes', async (_, fault) => {
    const internet = await internetOf('jooble', rows);
    internet.setFaults('jooble', fault);
    const { error } = await read('jooble', internet, { limits: { headersMs: 100 } });
    expect(error).toBeInstanceOf(Error);
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      expect(JSON.stringify(at, Object.getOwnPropertyNames(at))).not.toContain(KEYS.JOOBLE_API_KEY);
    }
  });
});

test('ids of 64 bits arrive digit by digit, also those below zero', async () => {
  const { items } = await read('jooble', await internetOf('jooble', rows));
  expect(String(JSON.parse('-1234567890123456001'))).not.toBe('-1234567890123456001'); // what a plain parse makes of it
  expect(idsOf('jooble', items)).toEqual(expect.arrayContaining(['-1234567890123456001', '2345678901234560002']));
});

test('ids that a double cannot tell apart are different postings', async () => {
  const many = manyRows('jooble', 20);
  const ids = idsOf('jooble', (await read('jooble', await internetOf('jooble', many))).items);
  expect(new Set(ids).size).toBe(20);
  expect(new Set(ids.map(Number)).size).toBe(1);
});
