import { describe, expect, test } from 'vitest';
import { arbeitnow } from '../../worker/sources/arbeitnow.ts';
import { FIXTURES } from './fixture.ts';
import { askedOf, idsOf, internetOf, manyRows, read } from './kit.ts';

describe('the pages of Arbeitnow', () => {
  test('are asked for by number: the link to the next one leads to what somebody paid for', async () => {
    const internet = await internetOf('arbeitnow', manyRows('arbeitnow', 250));
    const { items, end } = await read('arbeitnow', internet);
    expect(items).toHaveLength(250);
    expect(end?.complete).toBe(true);
    expect(askedOf(internet)).toEqual([1, 2, 3, 4].map((page) => `/api/job-board-api?page=${page}`));
  });

  test('may be of any size: only an empty one is the last', async () => {
    const internet = await internetOf('arbeitnow', []);
    const pageOf = (from: number, to: number) => ({
      kind: 'body' as const,
      body: { data: manyRows('arbeitnow', to).slice(from), links: { next: 'https://elsewhere.example/?search=x' } },
      times: 1,
    });
    internet.setFaults('arbeitnow', pageOf(0, 175), pageOf(175, 180), pageOf(180, 355));
    const { items, end } = await read('arbeitnow', internet);
    expect(new Set(idsOf('arbeitnow', items)).size).toBe(355);
    expect(end?.complete).toBe(true);
    expect(internet.requests).toHaveLength(4);
  });

  test('repeat rows, because the feed moves on while it is read, and that ends nothing', async () => {
    const internet = await internetOf('arbeitnow', []);
    const rows = manyRows('arbeitnow', 30);
    const body = (from: number, to: number) => ({
      kind: 'body' as const,
      body: { data: rows.slice(from, to) },
      times: 1,
    });
    internet.setFaults('arbeitnow', body(0, 20), body(19, 30));
    const { items, end } = await read('arbeitnow', internet);
    expect(items).toHaveLength(31);
    expect(new Set(idsOf('arbeitnow', items)).size).toBe(30);
    expect(end?.complete).toBe(true);
  });
});

test('a description with real tags is not decoded once more', () => {
  const [row] = FIXTURES.arbeitnow.items;
  const html = (description: string) =>
    arbeitnow.toPosting(arbeitnow.item.parse({ ...row, description }), FIXTURES.arbeitnow.board).html;
  expect(html('<p>use &lt;script&gt;</p>')).toBe('<p>use &lt;script&gt;</p>');
  expect(html('&lt;p&gt;Tom &amp;amp; Jerry&lt;/p&gt;')).toBe('<p>Tom &amp; Jerry</p>');
});
