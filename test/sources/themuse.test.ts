import { describe, expect, test } from 'vitest';
import { queriesFor } from '../../worker/queries.ts';
import { themuse } from '../../worker/sources/themuse.ts';
import { normalise } from '../../worker/steps/normalise/normalise.ts';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, KEYS, manyRows, read } from './kit.ts';

const paramsOf = (path: string) => Object.fromEntries(new URL(path, 'http://x').searchParams);

describe('a list of The Muse', () => {
  test('is a slice by category and level, from page 0, and never words, which it does not know', async () => {
    const internet = await internetOf('themuse', manyRows('themuse', 25));
    const queries = ['category=Software Engineering&level=Mid Level'];
    const { end } = await read('themuse', internet, { settings: { queries, keys: {} } });
    expect(end?.complete).toBe(true);
    expect(askedOf(internet).map(paramsOf)).toEqual([
      { category: 'Software Engineering', level: 'Mid Level', page: '0' },
      { category: 'Software Engineering', level: 'Mid Level', page: '1' },
    ]);
  });

  test('is asked for with a key where there is one', async () => {
    const internet = await internetOf('themuse', FIXTURES.themuse.items);
    await read('themuse', internet);
    expect(askedOf(internet).map(paramsOf)).toMatchObject([{ api_key: KEYS.THEMUSE_API_KEY }]);
  });

  test('ends at its hundredth page, beyond which every page is refused, whatever page_count says', async () => {
    const internet = await internetOf('themuse', FIXTURES.themuse.items);
    internet.setFaults('themuse', { kind: 'endless-pages' });
    const { items, end } = await read('themuse', internet, { settings: { pagesMax: 500 } });
    expect(items).toHaveLength(2_000);
    expect(internet.requests).toHaveLength(100);
    expect(internet.requests.every(({ status }) => status === 200)).toBe(true);
    expect(end).toMatchObject({ complete: false, problems: [{ what: 'the rest of "e"', ownLimit: true }] });
  });

  test('that is refused as too deep before that is not complete', async () => {
    const internet = await internetOf('themuse', manyRows('themuse', 100));
    const body = { code: 400, error: 'Value `page` is too high' };
    internet.setFaults('themuse', { kind: 'refuse', status: 400, body, fromPage: 2 });
    const { items, end } = await read('themuse', internet);
    expect(items).toHaveLength(40);
    expect(end).toMatchObject({
      complete: false,
      problems: [{ what: 'page 3 of "e"', error: { type: 'http_4xx', message: expect.stringContaining('too high') } }],
    });
  });
});

describe('403 of The Muse', () => {
  const headers = { 'X-RateLimit-Limit': '500', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1800' };

  test('is a limit and tells in seconds when it ends; no other list is asked for then', async () => {
    const internet = await internetOf('themuse', manyRows('themuse', 100));
    internet.setFaults('themuse', { kind: 'refuse', status: 403, headers, fromPage: 1 });
    const { items, end } = await read('themuse', internet, { settings: { queries: ['a', 'b'] } });
    expect(items).toHaveLength(40);
    expect(internet.requests).toHaveLength(3);
    expect(end?.problems).toMatchObject([{ error: { type: 'rate_limited', retryAfterMs: 1_800_000 } }]);
  });
});

test('"Flexible / Remote" is a way of working and no place', () => {
  const [row] = FIXTURES.themuse.items;
  const stated = themuse.toPosting(themuse.item.parse(row), FIXTURES.themuse.board);
  expect(normalise(stated, 'themuse')).toMatchObject({ workMode: 'remote', places: ['Austin, TX'], country: 'US' });
});

test('our slices are lists that The Muse has', () => {
  const levels = ['Entry Level', 'Mid Level', 'Senior Level', 'management', 'Internship', null];
  expect(queriesFor('themuse').length).toBeGreaterThan(3);
  for (const slice of queriesFor('themuse')) {
    const parameters = new URLSearchParams(slice);
    expect(['Software Engineering', 'Data and Analytics', 'Unknown']).toContain(parameters.get('category'));
    expect(levels).toContain(parameters.get('level'));
  }
});
