import { describe, expect, test } from 'vitest';
import { createSourceWatch } from './source-watch.ts';

describe('a source is in doubt', () => {
  test('when three of its boards dropped, and they are half of those read last', () => {
    const watch = createSourceWatch();
    for (const board of ['a', 'b', 'c']) watch.note('lever', board, false);
    watch.note('lever', 'd', true);
    watch.note('lever', 'e', true);
    expect(watch.isInDoubt('lever')).toBe(false);
    watch.note('lever', 'f', true);
    expect(watch.isInDoubt('lever')).toBe(true);
    expect(watch.isInDoubt('ashby')).toBe(false);
  });

  test('never by one board, however often it is read', () => {
    const watch = createSourceWatch();
    for (let i = 0; i < 50; i++) watch.note('lever', 'a', true);
    expect(watch.isInDoubt('lever')).toBe(false);
  });

  test('no longer when its boards are well, or when their drops were believed', () => {
    const watch = createSourceWatch();
    for (const board of ['a', 'b', 'c']) watch.note('lever', board, true);
    watch.note('lever', 'a', undefined);
    expect(watch.isInDoubt('lever')).toBe(false);
    watch.note('lever', 'a', true);
    for (const board of ['a', 'b', 'c']) watch.note('lever', board, false);
    expect(watch.isInDoubt('lever')).toBe(false);
  });

  test('by what it did last: old drops are forgotten', () => {
    const watch = createSourceWatch();
    for (let i = 0; i < 10; i++) watch.note('lever', `old${i}`, true);
    for (let i = 0; i < 20; i++) watch.note('lever', `new${i}`, false);
    expect(watch.isInDoubt('lever')).toBe(false);
  });
});

describe('a twin', () => {
  test('is another board of the source with the same list, until one of the two changes', () => {
    const watch = createSourceWatch();
    expect(watch.twin('lever', 'a', '5/1')).toBeUndefined();
    expect(watch.twin('lever', 'a', '5/1')).toBeUndefined();
    expect(watch.twin('lever', 'b', '5/1')).toBe('lever/a');
    expect(watch.twin('ashby', 'b', '5/1')).toBeUndefined();
    expect(watch.twin('lever', 'a', '6/2')).toBeUndefined();
    expect(watch.twin('lever', 'c', '5/1')).toBeUndefined();
  });

  test('is none where a list is too short to tell boards apart', () => {
    const watch = createSourceWatch();
    watch.twin('lever', 'a', undefined);
    expect(watch.twin('lever', 'b', undefined)).toBeUndefined();
  });
});

test('what a source says of an absent board is asked once in a while, and again when it did not say', async () => {
  const watch = createSourceWatch();
  let asked = 0;
  const ask = (isEmpty: boolean | undefined) => async () => {
    asked++;
    return isEmpty === undefined ? undefined : { isEmpty, says: 'x', listed: undefined };
  };
  expect(await watch.absence('lever', 0, ask(undefined))).toBeUndefined();
  expect(await watch.absence('lever', 1, ask(true))).toMatchObject({ isEmpty: true });
  expect(await watch.absence('lever', 2, ask(false))).toMatchObject({ isEmpty: true });
  expect(asked).toBe(2);
  expect(await watch.absence('lever', 7 * 3_600_000, ask(false))).toMatchObject({ isEmpty: false });
});
