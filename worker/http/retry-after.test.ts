import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MONTH_MS = 31 * 24 * 3_600_000;

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['0', 0],
  ['30', 30_000],
  [' 1.5 ', 1_500],
  ['7200', 7_200_000],
  ['99999999999999999999', MONTH_MS],
  ['Sun, 22 Nov 2026 12:00:45 GMT', 45_000],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['Fri, 22 Nov 2999 12:00:00 GMT', MONTH_MS],
])('Retry-After %j is %j ms', (value, expected) => {
  expect(retryAfterMs(value, NOW)).toBe(expected);
});
