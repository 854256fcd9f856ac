import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, id } from './cursor.ts';

describe('a cursor', () => {
  test('comes back as it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer())), (value) => {
        expect(decodeCursor(encodeCursor(value))).toEqual(value);
      }),
    );
  });

  test('of a stranger is nothing, or what encoding makes that very text of', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        const value = decodeCursor(text);
        if (value !== undefined) expect(encodeCursor(value)).toBe(text);
      }),
    );
  });

  test.each([['x'], ['='], [' '], ['\n'], ['!'], ['é']])('with %j behind it or within is nothing', (stray) => {
    const text = encodeCursor(['2026-11-22', '42']);
    expect(decodeCursor(text + stray)).toBe(undefined);
    expect(decodeCursor(text.slice(0, 5) + stray + text.slice(5))).toBe(undefined);
    expect(decodeCursor(Buffer.from('["2026-11-22", "42"]').toString('base64url'))).toBe(undefined);
  });
});

describe('an id', () => {
  test.each([
    ['1', true],
    ['9223372036854775807', true],
    ['9223372036854775808', false],
    ['0', false],
    ['01', false],
    ['-1', false],
    ['1n', false],
    ['', false],
    ['１', false],
  ])('%s: %s', (text, good) => {
    expect(id.safeParse(text).success).toBe(good);
  });
});
