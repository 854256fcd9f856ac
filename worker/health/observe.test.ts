import { describe, expect, test } from 'vitest';
import type { Fetch } from '../http/fetch.ts';
import { createObserver } from './observe.ts';

const hash = (n: number) => Buffer.from(n.toString(16).padStart(32, '7'), 'hex').reverse();
const COUNTS = { found: 12, rejectedReasons: { repeated: 2, invalid: 3, unusable: 1, not_iam: 4 } };

function listing(...pages: readonly (readonly number[])[]) {
  const observer = createObserver();
  for (const page of pages) {
    for (const n of page) observer.listed(hash(n));
    observer.endOfPage();
  }
  return observer;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('what a read listed', () => {
  test('is each posting once, and what of it could not be used', () => {
    expect(createObserver().seen('lever', COUNTS)).toMatchObject({ found: 10, broken: 4, mapped: 0, newest: null });
  });

  test('has the same print in any order, and another one with another posting', () => {
    const print = listing(range(1, 9)).print();
    expect(print).toBeDefined();
    expect(listing(range(1, 9).reverse()).print()).toBe(print);
    expect(listing(range(1, 4), range(5, 5)).print()).toBe(print);
    expect(listing(range(2, 9)).print()).not.toBe(print);
    expect(listing(range(1, 2)).print()).toBeUndefined();
  });

  test('tells pages that are the same, unless they are too short to mean anything', () => {
    const { pages, repeatedPages } = listing(range(1, 6), range(1, 6).reverse(), range(7, 6), range(1, 6)).seen(
      'lever',
      COUNTS,
    );
    expect([pages, repeatedPages]).toEqual([4, 2]);
    const short = listing([1, 2], [1, 2], [], [1, 2]).seen('lever', COUNTS);
    expect([short.pages, short.repeatedPages]).toEqual([0, 0]);
  });
});

test('bytes and kind of content are those of the lists, not of single records after them', async () => {
  const observer = createObserver();
  const answer = (bytes: number, type?: string) =>
    observer.watch((async () => ({
      status: 200,
      headers: type === undefined ? {} : { 'content-type': type },
      json: {},
      bytes,
    })) as unknown as Fetch)({} as never);
  await answer(100);
  await answer(50, 'Application/JSON; charset=utf-8');
  await answer(50, 'text/html');
  observer.endOfList();
  await answer(9999, 'text/html');
  expect(observer.seen('lever', COUNTS)).toMatchObject({ bytes: 200, type: 'application/json' });
});

test('fields are counted in what was mapped, and the newest date is kept', () => {
  const observer = createObserver();
  const posting = { text: 'x', places: ['Berlin'], statedAt: new Date(5000), company: 'Acme' };
  observer.mapped(posting);
  observer.mapped({ ...posting, statedAt: new Date(9000), company: null });
  observer.mapped({ text: '', places: [], statedAt: null, company: null });
  expect(observer.seen('lever', COUNTS)).toMatchObject({
    mapped: 3,
    fields: { text: 2, place: 2, date: 2, company: 1 },
    newest: 9000,
  });
});
