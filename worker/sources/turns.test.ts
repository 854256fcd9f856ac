import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FetchError } from '../../shared/errors.ts';
import { endOfReach } from './paging.ts';
import { createTally, inTurns, type ListedPage } from './turns.ts';

const connector = { item: z.object({ id: z.string() }), nativeId: (row: { id: string }) => row.id };
const refused = (type: FetchError['type']) => new FetchError(type, 'no');

/** Reads lists whose pages are given as ids, or as the error that they end with; `order` is what was asked for. */
async function read(
  lists: Record<string, readonly (string | Error)[]>,
  pagesMax = 100,
  problem?: ListedPage['problem'],
) {
  const order: string[] = [];
  const items: string[] = [];
  const listings = Object.entries(lists).map(([name, pages]) => ({
    name,
    ask: async (page: number): Promise<ListedPage> => {
      order.push(`${name}${page}`);
      const ids = pages[page - 1];
      if (ids instanceof Error) throw ids;
      const more = page < pages.length;
      return { rows: [...(ids ?? '')].map((id) => ({ id })), more, ...(more ? {} : { problem }) };
    },
  }));
  const pages = inTurns(listings, connector, pagesMax);
  for (;;) {
    const step = await pages.next();
    if (step.done) return { order, items: items.join(''), end: step.value };
    items.push(...step.value.items.map((row) => row.id));
  }
}

describe('lists that are read in turns', () => {
  test('get their first pages before any gets its second', async () => {
    const { order, items, end } = await read({ a: ['1', '2', '3'], b: ['x', 'y'] });
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
    expect(items).toBe('1x2y3');
    expect(end).toEqual({ complete: true, problems: [] });
  });

  test('are cut at our limit, which is no failure, and only when there was more', async () => {
    expect((await read({ a: ['1', '2'], b: ['x'] }, 2)).end.problems).toMatchObject([{ ownLimit: true }]);
    expect((await read({ a: ['1', '2'], b: ['x'] }, 3)).end.complete).toBe(true);
  });

  test('end one by one: a page that fails ends its own list', async () => {
    const { order, items, end } = await read({ a: ['1', refused('http_5xx'), '3'], b: ['x', 'y', 'z'] });
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'b3']);
    expect(items).toBe('1xyz');
    expect(end).toMatchObject({ complete: false, problems: [{ what: 'page 2 of a' }] });
  });

  test.each(['auth', 'rate_limited'] as const)('end together when one is refused as %s', async (type) => {
    const { order, end } = await read({ a: ['1', refused(type)], b: ['x', 'y', 'z'], c: ['p', 'q'] });
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2']);
    expect(end.problems).toHaveLength(1);
  });

  test('throw when their very first page fails, and a fault of ours whenever it happens', async () => {
    await expect(read({ a: [refused('http_5xx')], b: ['x'] })).rejects.toThrow('no');
    expect((await read({ a: ['1'], b: [refused('http_5xx')] })).end.problems).toHaveLength(1);
    await expect(read({ a: ['1', new TypeError('a bug')] })).rejects.toThrow('a bug');
  });

  test('end at a page that brings nothing new, whatever it says of a next one', async () => {
    const { order, items, end } = await read({ a: ['12', '21', '3'] });
    expect(order).toEqual(['a1', 'a2']);
    expect(items).toBe('12');
    expect(end.problems).toMatchObject([
      { what: 'page 2 of a', error: { message: expect.stringContaining('repeats') } },
    ]);
  });

  test('go on after an empty page, when there is said to be more', async () => {
    expect((await read({ a: ['', '1'] })).items).toBe('1');
  });

  test('say what they do not show', async () => {
    const { items, end } = await read({ a: ['1', '2'] }, 100, endOfReach('shows two', 'a'));
    expect(items).toBe('12');
    expect(end).toMatchObject({ complete: false, problems: [{ what: 'the rest of a', ownLimit: true }] });
  });

  test('that are none ask nothing', async () => {
    expect(await read({})).toMatchObject({ order: [], end: { complete: true } });
  });
});

describe('a list whose rows are counted', () => {
  const row = (count: number) => Array(count).fill({});
  const tallied = (total: number | null, ...sizes: number[]) => {
    const tally = createTally('Source', 'a');
    return sizes.map((size) => tally(row(size), total)).map(({ more, problem }) => problem?.what ?? more);
  };

  test('ends where all of them came, whatever the size of its pages', () => {
    expect(tallied(5, 2, 2, 1)).toEqual([true, true, false]);
    expect(tallied(2, 3)).toEqual([false]);
    expect(tallied(0, 0)).toEqual([false]);
  });

  test('and are not told ends at an empty page', () => {
    expect(tallied(null, 20, 3, 0)).toEqual([true, true, false]);
  });

  test('is not shown whole when it ends before', () => {
    expect(tallied(50, 20, 20, 0)).toEqual([true, true, 'the rest of a']);
  });
});
