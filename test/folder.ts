import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { atEnd } from './at-end.ts';

/** An empty folder of its own, passable for other users, removed after the file. */
export function testFolder(): string {
  const folder = mkdtempSync(join(inject('folder'), 'f-'));
  chmodSync(folder, 0o755);
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
