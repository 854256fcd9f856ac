import { expect, test } from 'vitest';
import { cacheSeconds } from './cache-hint.ts';

const DATE = 'Sun, 22 Nov 2026 18:00:00 GMT';

test.each([
  [{}, undefined],
  [{ 'cache-control': 'max-age=300' }, 300],
  [{ 'cache-control': 'public, s-maxage=10, MAX-AGE=300' }, 300],
  [{ 'cache-control': 'max-age="300"' }, 300],
  [{ 'cache-control': 'max-age=300', age: '100' }, 200],
  [{ 'cache-control': 'max-age=300', age: '400' }, undefined],
  [{ 'cache-control': 'max-age=300', age: 'old' }, 300],
  [{ 'cache-control': 'max-age=0, private, must-revalidate' }, undefined],
  [{ 'cache-control': 'no-cache, max-age=300' }, undefined],
  [{ 'cache-control': 'no-store' }, undefined],
  [{ 'cache-control': 'private="x-no-cache-y"', expires: 'Sun, 22 Nov 2026 18:10:00 GMT', date: DATE }, 600],
  [{ 'cache-control': 'max-age=60', expires: 'Sun, 22 Nov 2026 18:10:00 GMT', date: DATE }, 60],
  [{ expires: 'Sun, 22 Nov 2026 18:10:00 GMT', date: DATE }, 600],
  [{ expires: 'Sun, 22 Nov 2026 18:10:00 GMT' }, undefined],
  [{ expires: '0', date: DATE }, undefined],
  [{ expires: '-1', date: 'never' }, undefined],
  [{ 'cache-control': 'max-age=99999999999999999999' }, 9_999_999_999],
])('%j is good for %s seconds', (headers, seconds) => {
  expect(cacheSeconds(headers as Record<string, string>)).toBe(seconds);
});
