/** The worked example in docs/add-a-source.md is the code that runs, so that whoever copies it starts from something true. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

/** The first block of code below each heading that names a file. */
const examples = [...read('docs/add-a-source.md').matchAll(/^## .*`([^`]+)`\n[\s\S]*?```\w+\n([\s\S]*?)```$/gm)];

test.each(examples.map(([, path = '', code = '']) => [path, code] as const))(
  'the example of %s stands there',
  (path, code) => {
    const text = read(path);
    // A whole file is shown whole; of a list, one entry.
    if (path.includes('jobicy')) expect(code).toBe(text);
    else expect(text).toContain(code);
  },
);

test('there is an example of every file that a source takes', () => {
  expect(examples.map(([, path]) => path)).toEqual([
    'shared/sources.ts',
    'worker/sources/jobicy.ts',
    'worker/sources/all.ts',
    'worker/sources/fixtures/jobicy.json',
    'test/internet/speakers/jobicy.ts',
  ]);
});
