/** One text that changes whenever the same answer of a source may be understood in another way than before. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What stands between an answer and a stored posting. Nobody has to remember to raise a number. */
const UNDERSTANDING = ['intake.ts', 'sources/*.ts', 'steps/**/*.{ts,json}'];

/** @returns 16 hexadecimal digits; the same on every machine that runs the same code. Reads some hundred files: ask once */
export function readVersion(folder = import.meta.dirname): string {
  const hash = createHash('sha256');
  const files = globSync(UNDERSTANDING, { cwd: folder }).map((file) => file.replaceAll('\\', '/'));
  for (const file of files.filter((name) => !name.includes('.test.')).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
