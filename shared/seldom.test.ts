import { expect, test } from 'vitest';
import { seldom } from './seldom.ts';

test('what repeats is said at once, and then once in a while', () => {
  let now = 0;
  const isTime = seldom(1000, () => now);
  const said = [0, 1, 999, 1000, 1001, 5000].filter((at) => {
    now = at;
    return isTime();
  });
  expect(said).toEqual([0, 1000, 5000]);
});
