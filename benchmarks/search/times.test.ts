import { expect, test } from 'vitest';
import { p95, timesOf, timesWithin } from './times.ts';

const draw = () => 1;
const canceled = () => Promise.reject(Object.assign(new Error('canceling statement'), { code: '57014' }));

test('searches end when their time is up, and at least one is asked', async () => {
  let asked = 0;
  const { times, cutOff } = await timesWithin(0, 100, draw, async () => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
  expect(asked).toBe(1);
  expect([times.length, cutOff]).toEqual([1, 0]);
});

test('what the server cuts off counts, and is told', async () => {
  const { times, cutOff } = await timesWithin(60_000, 4, draw, canceled);
  expect([times.length, cutOff]).toEqual([4, 4]);
});

test('nothing is cut off where no time was set, and other faults are faults', async () => {
  await expect(timesOf(4, draw, canceled)).rejects.toThrow('canceling statement');
  await expect(timesWithin(60_000, 4, draw, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
});

test('the slowest of twenty is the 95th of a hundred', () => {
  expect(p95(Array.from({ length: 100 }, (_, i) => i + 1))).toBe(95);
});
