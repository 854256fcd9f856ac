import { expect, test } from 'vitest';
import { RedirectError, redirectTarget } from './redirect.ts';

test.each([
  ['https://a.example/x', '/y', 'https://a.example/y'],
  ['https://a.example/x', 'y?z=1', 'https://a.example/y?z=1'],
  ['https://a.example:8443/x', 'https://a.example:8443/', 'https://a.example:8443/'],
  ['http://a.example/x', 'https://a.example/x', 'https://a.example/x'],
])('%s may lead to %s', (from, location, expected) => {
  expect(redirectTarget(new URL(from), location).href).toBe(expected);
});

test.each([
  ['https://a.example/', 'https://b.example/'],
  ['https://a.example/', '//b.example/'],
  ['https://a.example/', 'http://a.example/'],
  ['https://a.example/', 'https://a.example:444/'],
  ['http://a.example:8080/', 'https://a.example/'],
  ['https://a.example/', 'file:///etc/passwd'],
  ['https://a.example/', 'https://a.example.evil.example/'],
  ['https://a.example/', 'https://['],
  ['https://a.example/', undefined],
])('%s may not lead to %s', (from, location) => {
  expect(() => redirectTarget(new URL(from), location)).toThrow(RedirectError);
});
