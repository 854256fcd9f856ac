import { expect, test } from 'vitest';
import { rationedLog } from './rationed.ts';

function setUp() {
  let now = 0;
  const lines: unknown[] = [];
  const write = (fields: unknown) => void lines.push(fields);
  const log = rationedLog({ info: write, warn: write } as never, 3, () => now);
  return { lines, log, pass: (ms: number) => (now += ms) };
}

test('writes so many lines of a kind in a minute, and then how many more there were', () => {
  const { lines, log, pass } = setUp();
  for (let i = 0; i < 10; i++) log.write('a', 'warn', { i });
  expect(lines).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }]);
  pass(59_999);
  log.write('a', 'warn', { i: 10 });
  expect(lines).toHaveLength(3);
  pass(1);
  log.write('a', 'warn', { i: 11 });
  log.write('a', 'warn', { i: 12 });
  expect(lines.slice(3)).toEqual([{ i: 11, leftOutBefore: 8 }, { i: 12 }]);
});

test('counts each kind for itself, and says nothing of what was not left out', () => {
  const { lines, log, pass } = setUp();
  for (let i = 0; i < 4; i++) log.write('a', 'warn', { a: i });
  log.write('b', 'info', { b: 0 });
  expect(lines.at(-1)).toEqual({ b: 0 });
  pass(60_000);
  log.write('b', 'info', { b: 1 });
  expect(lines.at(-1)).toEqual({ b: 1 });
});

test('keeps no more than a hundred kinds', () => {
  const { lines, log } = setUp();
  for (let i = 0; i < 1000; i++) log.write(`kind ${i}`, 'info', { i });
  expect(lines).toHaveLength(1000);
});
