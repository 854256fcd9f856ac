import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nearestLimit, readMemory } from './memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobscout-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GB = 1024 ** 3;
const rss = () => process.memoryUsage.rss();

test.each([0, 2 ** 64, totalmem()])(
  'without a limit (%d) it is the memory of the machine, and our own use of it',
  (none) => {
    const { limit, used } = readMemory(folder, none);
    expect(limit).toBe(totalmem());
    expect(Math.abs(used - rss())).toBeLessThan(100e6);
  },
);

test('in a container it is what all of its processes use, without the cache that can be given back', () => {
  writeFileSync(join(folder, 'memory.current'), `${2 * GB}\n`);
  writeFileSync(join(folder, 'memory.stat'), `anon 5\ninactive_anon 7\ninactive_file ${GB / 2}\nactive_file 9\n`);
  expect(readMemory(folder, 3 * GB)).toEqual({ limit: 3 * GB, used: 1.5 * GB });
});

test('in a container that does not tell it is at least our own', () => {
  const { limit, used } = readMemory(join(folder, 'nothing'), 3 * GB);
  expect([limit, used > 10e6, used < 3 * GB]).toEqual([3 * GB, true, true]);
});

test('of this very process can be told', () => {
  const { limit, used } = readMemory();
  expect(used).toBeGreaterThan(10e6);
  expect(used / limit).toBeLessThan(1);
});

test("of a process's own limit and the machine's, the nearer one counts", () => {
  const machine = { limit: 64 * GB, used: GB };
  expect(nearestLimit(undefined, machine)).toEqual(machine);
  const own = nearestLimit(20e6, machine);
  expect([own.limit, own.used / own.limit > 1]).toEqual([20e6, true]);
  expect(nearestLimit(100 * GB, machine)).toEqual(machine);
});
