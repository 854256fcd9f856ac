import { expect, test } from 'vitest';
import { nextPath } from './next-path.ts';

test.each(['/', '/settings', '/jobs/4711', '/?q=okta+saml&state=open', '/a/../b'])(
  '%s is a page of this site',
  (path) => {
    expect(nextPath(path)).toBe(new URL(path, 'http://x').pathname + new URL(path, 'http://x').search);
  },
);

test.each([
  undefined,
  '',
  'settings',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n//evil.example',
  'javascript:alert(1)',
  '/x\\y',
  '/x y',
  `/${'a'.repeat(600)}`,
])('%j leads to the first page', (path) => {
  expect(nextPath(path)).toBe('/');
});
