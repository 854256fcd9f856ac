import { describe, expect, test } from 'vitest';
import { FetchError } from '../../shared/errors.ts';
import { ahead, createRepeatCheck, endOfReach, isHopeless, ownLimit, pageProblem, repeatedPage } from './paging.ts';

test.each([ownLimit(50), repeatedPage('page 2 of the board'), endOfReach('the source shows no more', 'the list')])(
  'the problem %j says once what it is about',
  ({ what, error }) => {
    expect((error as Error).message).not.toContain(what);
  },
);

describe('looking ahead', () => {
  const numbers = Array.from({ length: 20 }, (_, i) => i);

  test('keeps the order, whichever task ends first', async () => {
    const run = (n: number) => new Promise<number>((resolve) => setTimeout(() => resolve(n), (n % 3) * 3));
    expect(await Array.fromAsync(ahead(numbers, 4, run))).toEqual(numbers);
  });

  test.each([1, 2, 5])('starts no more than %i tasks that the reader has not taken', async (concurrency) => {
    let started = 0;
    let taken = 0;
    let most = 0;
    const run = async (n: number) => {
      started++;
      most = Math.max(most, started - taken);
      return n;
    };
    for await (const _ of ahead(numbers, concurrency, run)) {
      await new Promise((resolve) => setTimeout(resolve, 1)); // a slow reader
      taken++;
    }
    expect(started).toBe(20);
    expect(most).toBeLessThanOrEqual(concurrency + 1); // the one in the reader's hands counts as not yet taken
  });

  test('of nothing brings nothing', async () => {
    expect(await Array.fromAsync(ahead([], 3, async (n) => n))).toEqual([]);
  });
});

test('a page repeats when all of it was there before, not when a part was and not when it is empty', () => {
  const isRepeated = createRepeatCheck();
  expect(isRepeated(['a', 'b'])).toBe(false);
  expect(isRepeated(['b', 'c'])).toBe(false);
  expect(isRepeated([])).toBe(false);
  expect(isRepeated(['c', 'a'])).toBe(true);
});

test('only a failure of the source becomes a problem of the read; a fault of ours goes on up', () => {
  const failure = new FetchError('http_5xx', 'x');
  expect(pageProblem(failure, 'page 2')).toEqual({ error: failure, what: 'page 2' });
  expect(() => pageProblem(new TypeError('a bug'), 'page 2')).toThrow('a bug');
});

test('a refused key and a limit end a whole read, a broken page does not', () => {
  expect(isHopeless(new FetchError('auth', 'x'))).toBe(true);
  expect(isHopeless(new FetchError('rate_limited', 'x'))).toBe(true);
  expect(isHopeless(new FetchError('http_5xx', 'x'))).toBe(false);
  expect(isHopeless(new Error('x'))).toBe(false);
});
