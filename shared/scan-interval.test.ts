import { expect, test } from 'vitest';
import { longestPauseSeconds } from './scan-interval.ts';

const MONDAY = new Date('2026-11-23T09:30:00Z');

test.each([
  ['0 */6 * * *', 'UTC', 6],
  ['*/30 * * * *', 'UTC', 0.5],
  // Nothing runs at night, and nothing from Friday evening to Monday morning.
  ['0 8-18 * * *', 'UTC', 14],
  ['0 8-18 * * 1-5', 'UTC', 62],
  ['0 8-18 * * 1-5', 'Asia/Kathmandu', 62],
  ['15 3 1 * *', 'UTC', 31 * 24],
])('the longest pause of %s in %s is %s hours', (cron, timeZone, hours) => {
  expect(longestPauseSeconds(cron, timeZone, MONDAY) / 3600).toBe(hours);
});
