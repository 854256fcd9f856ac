/** The folder that the search benchmark loads into: it must never be one with somebody's data in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openKept } from '../../benchmarks/search/kept.ts';
import { atEnd } from '../at-end.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'jobscout-kept-'));
  atEnd(async () => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('an empty folder and one that is not there are loaded, and only measured from then on', () => {
  for (const path of [folder(), join(folder(), 'made', 'here')]) {
    const first = openKept(path, 5000);
    expect(first.isLoaded).toBe(false);
    first.setLoaded();
    expect(openKept(path, 5000).isLoaded).toBe(true);
  }
});

test('a folder with anything else in it is refused', () => {
  const path = folder();
  writeFileSync(join(path, 'postgres-password'), 'of real data');
  expect(() => openKept(path, 5000)).toThrow('was not made by this benchmark');
});

test('what was left half loaded is refused', () => {
  const path = folder();
  openKept(path, 5000);
  expect(() => openKept(path, 5000)).toThrow('left half loaded');
});

test('another number of jobs is refused, and says which there is', () => {
  const path = folder();
  openKept(path, 5000).setLoaded();
  expect(() => openKept(path, 6000)).toThrow('ask for --rows 5000');
});
