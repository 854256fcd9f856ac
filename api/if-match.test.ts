import { describe, expect, test } from 'vitest';
import { etagOf, requireMatch } from './if-match.ts';

const refusal = (given: string | undefined, current = etagOf(3)) => {
  try {
    requireMatch({ headers: given === undefined ? {} : { 'if-match': given } }, current);
    return undefined;
  } catch (error) {
    return (error as { slug: string }).slug;
  }
};

describe('a change that must say what it was made from', () => {
  test.each(['"3"', '*', '"1", "3"', '"3","9"'])('goes on with If-Match: %s', (given) => {
    expect(refusal(given)).toBeUndefined();
  });

  test.each(['"2"', '3', 'W/"3"', '', '"3', '"33"'])('is refused with If-Match: %s', (given) => {
    expect(refusal(given)).toBe('precondition-failed');
  });

  test('is refused without If-Match, and told the present ETag', () => {
    expect(refusal(undefined)).toBe('precondition-required');
    expect(() => requireMatch({ headers: {} }, '"7"')).toThrow(
      expect.objectContaining({ more: { headers: { ETag: '"7"' } } }),
    );
  });
});
