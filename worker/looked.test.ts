import { expect, test } from 'vitest';
import { createLooked } from './looked.ts';

const [hash, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];

test('a posting was looked at in one form, on one board', () => {
  const looked = createLooked();
  looked.add(1, 'a', hash);
  expect(looked.has(1, 'a', hash)).toBe(true);
  expect([looked.has(1, 'a', other), looked.has(1, 'b', hash), looked.has(2, 'a', hash)]).toEqual([
    false,
    false,
    false,
  ]);
});

test('the oldest is forgotten when there are too many', () => {
  const looked = createLooked(3);
  for (const id of ['a', 'b', 'c', 'a', 'd']) looked.add(1, id, hash);
  expect(['a', 'b', 'c', 'd'].map((id) => looked.has(1, id, hash))).toEqual([false, true, true, true]);
});
