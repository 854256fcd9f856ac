import { expect, test } from 'vitest';
import { giveBack, joined } from './spare-buffers.ts';

const pieces = (fill: number, count = 3, bytes = 1000) =>
  Array.from({ length: count }, () => Buffer.alloc(bytes, fill));

test('pieces are one body in their order, whatever stood in its memory before', () => {
  const first = joined(pieces(1, 5));
  giveBack(first);
  const second = joined([Buffer.from('a'), Buffer.alloc(0), Buffer.from('bc')]);
  expect(second.toString()).toBe('abc');
  expect(second.buffer).toBe(first.buffer);
});

test('a body that nobody gave back keeps its bytes', () => {
  const kept = joined(pieces(1));
  for (let i = 0; i < 10; i++) giveBack(joined(pieces(2)));
  expect(kept.equals(Buffer.alloc(3000, 1))).toBe(true);
});

test('a body that was given back twice is lent once', () => {
  const body = joined(pieces(1));
  giveBack(body);
  giveBack(body);
  const [one, other] = [joined(pieces(3)), joined(pieces(4))];
  expect(one.equals(Buffer.alloc(3000, 3))).toBe(true);
  expect(other.equals(Buffer.alloc(3000, 4))).toBe(true);
});

test('no body, one piece and a body larger than what is kept are memory of their own', () => {
  const [piece = Buffer.alloc(0)] = pieces(5, 1);
  expect(joined([piece])).toBe(piece);
  giveBack(piece);
  expect(joined([]).length).toBe(0);
  const large = joined(pieces(6, 3, 1024 * 1024));
  giveBack(large);
  expect(joined(pieces(7)).buffer).not.toBe(large.buffer);
  expect(large.every((byte) => byte === 6)).toBe(true);
});
