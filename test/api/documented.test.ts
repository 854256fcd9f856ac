import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_ROUTES } from './server.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'api.md'), 'utf8');
const rows = [...text.matchAll(/^\| `(\w+ \/\S*)` \| (\w+) \|/gm)].map((m) => `${m[1]} ${m[2]}`);

test('docs/api.md lists every route with who may call it, and nothing else', () => {
  expect(rows.sort()).toEqual(ALL_ROUTES.map((route) => `${route.method} ${route.path} ${route.auth}`).sort());
  expect(rows.length).toBeGreaterThan(10);
});

test('no address is declared twice, and each says what it is for and what it answers', () => {
  const names = ALL_ROUTES.map((route) => `${route.method} ${route.path}`);
  expect(new Set(names).size).toBe(names.length);
  for (const route of ALL_ROUTES) {
    expect(route.summary.length, route.path).toBeGreaterThan(10);
    expect(
      Object.keys(route.responses).some((status) => /^[23]/.test(status)),
      route.path,
    ).toBe(true);
    // A parameter in the path is checked by a schema that names it.
    const named = [...route.path.matchAll(/:(\w+)/g)].map((m) => m[1]);
    const shape = (route.params as { shape?: object } | undefined)?.shape ?? {};
    expect(Object.keys(shape), route.path).toEqual(named);
  }
});
