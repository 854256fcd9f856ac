import { expect, test } from 'vitest';
import { PageMemory } from './page-memory.ts';

test('memory that was given is taken for a page that fits, once', () => {
  const memory = new PageMemory();
  const buffer = new ArrayBuffer(1000);
  memory.give([buffer]);
  expect(memory.take(1001).buffer).not.toBe(buffer);
  expect(memory.take(100).buffer).not.toBe(buffer);
  const page = memory.take(900);
  expect([page.buffer, page.length]).toEqual([buffer, 900]);
  expect(memory.take(900).buffer).not.toBe(buffer);
});

test('a crowd that gives back at once leaves two pages, not its number', () => {
  const memory = new PageMemory();
  for (let n = 0; n < 50; n++) memory.give([new ArrayBuffer(100)]);
  expect(memory.drain().length).toBe(2);
  expect(memory.drain()).toEqual([]);
});

test('a page that is lent comes back once, however often it is released', () => {
  const memory = new PageMemory();
  const { body, release } = memory.lend((take) => take(100));
  release();
  release();
  expect(memory.drain()).toEqual([body.buffer]);
  const again = memory.lend((take) => take(100));
  release();
  expect(again.body.buffer).not.toBe(memory.take(100).buffer);
});
