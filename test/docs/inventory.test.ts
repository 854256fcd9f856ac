import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the inventory of other people’s programs is written by the command of docs/security, with everything that the lock file has', () => {
  const [, command = ''] = /`(npm sbom [^`]*) > sbom\.json`/.exec(read('docs/security/README.md')) ?? [];
  const file = join(testFolder(), 'sbom.json');
  execSync(`${command} > ${JSON.stringify(file)}`, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'], timeout: 80_000 });
  const { bomFormat, components } = JSON.parse(readFileSync(file, 'utf8')) as {
    bomFormat: string;
    components: readonly { readonly name: string; readonly version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };
  const locked = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
  expect(locked.length).toBeGreaterThan(300);
  expect(locked.filter((one) => !listed.has(one))).toEqual([]);
});
