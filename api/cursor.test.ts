import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursor, encodeCursor, id } from './cursor.ts';

describe('a cursor', () => {
  test('comes back as it was given', () => {
    const moments = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (moment, number) => {
        const given = { postedAt: moment.toISOString().replace('Z', '042Z'), id: String(number) };
        expect(cursor.parse(encodeCursor(given))).toEqual(given);
      }),
    );
  });

  test('of a stranger is refused and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
        expect(cursor.safeParse(text).success).toBe(false);
        expect(cursor.safeParse(Buffer.from(text).toString('base64url')).success).toBe(false);
      }),
    );
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
