/** What no line of the product may do, whatever it is for. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['gives a text to a shell', /\b(execSync|exec)\(\s*['"`]|shell:\s*true/],
  ['makes code of a text', /\beval\(|\bnew Function\(|\bvm\.run/],
  ['takes any certificate', /rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/],
  ['uses chance that can be guessed for a secret', /(token|secret|nonce|salt|password)\w*\s*=\s*[^;\n]*Math\.random/i],
  ['writes an event of the trail as a text in SQL', /auth\.audit \([^)]*\)\s*(?:values \(|select )'/],
  ['uses a cipher without authentication', /createCipheriv\(|createDecipheriv\(/],
];

const files = globSync('{main.ts,{api,worker,scheduler,shared,cli}/**/*.{ts,js}}', { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts'),
);

test.each(FORBIDDEN)('nothing %s', (_what, pattern) => {
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('the patterns find what they are for', () => {
  const examples = [
    "execSync('ls')",
    'eval(text)',
    'tls: { rejectUnauthorized: false }',
    'const token = String(Math.random())',
    "insert into auth.audit (event, user_id) values ('made-up', 1)",
    'createCipheriv(a, b, c)',
  ];
  for (const [index, [what, pattern]] of FORBIDDEN.entries()) expect(examples[index], what).toMatch(pattern);
});
