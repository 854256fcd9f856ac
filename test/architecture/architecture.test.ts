import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCycle, readSource, readTree } from './imports.ts';
import { breaches, zoneOf } from './rules.ts';

const root = join(import.meta.dirname, '..', '..');
const files = readTree(root);
const product = files.filter((f) => zoneOf(f.path) !== 'test');

describe('the tree', () => {
  test('is seen: the checker reads more than fifty files and two hundred imports', () => {
    expect(product.length).toBeGreaterThan(50);
    expect(files.flatMap((f) => f.imports).length).toBeGreaterThan(200);
  });

  test('keeps to who may import whom, homes of libraries, no barrels, one reader of the environment', () => {
    expect(breaches(files)).toEqual([]);
  });

  test('has no import cycles, not even of types', () => {
    expect(findCycle(product)).toBeUndefined();
  });

  test('does no work when imported: every module loads and leaves nothing open', () => {
    const modules = product
      .map((f) => f.path)
      .filter((p) => /^(api|worker|scheduler|shared)\//.test(p) && !p.endsWith('/main.ts'));
    const script = `
      for (const path of ${JSON.stringify(modules)}) await import(${JSON.stringify(`${root}/`)} + path);
      // BullMQ begins to read a file when it is imported; what is over a moment later was not left open.
      for (let turn = 0; turn < 100; turn++) await new Promise((done) => setImmediate(done));
      const open = process.getActiveResourcesInfo().filter((r) => !/^(TTYWrap|PipeWrap|FSReqPromise)$/.test(r));
      process.stdout.write(JSON.stringify(open));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 60_000,
      cwd: root,
    });
    expect(JSON.parse(out)).toEqual([]);
    expect(modules.length).toBeGreaterThan(30);
  });
});

describe('the checker', () => {
  const breach = (path: string, text: string) => breaches([readSource(path, text), readSource('shared/log.ts', '')]);

  test('sees a role that imports another role', () => {
    const found = breaches([
      readSource('api/a.ts', "import { b } from '../worker/b.ts';"),
      readSource('worker/b.ts', 'export const b = 1;'),
    ]);
    expect(found).toEqual(['api/a.ts (api) imports worker/b.ts (worker)']);
  });

  test('sees a library outside its home, also behind a type import and a dynamic import', () => {
    expect(breach('api/a.ts', "import type { Queue } from 'bullmq';")).toHaveLength(1);
    expect(breach('worker/a.ts', "const x = await import('express');")).toHaveLength(1);
    expect(breach('api/a.ts', "import express from 'express';")).toEqual([]);
  });

  test('sees a step that is not pure or reaches into shared', () => {
    expect(breach('worker/steps/a.ts', "import { readFileSync } from 'node:fs';")).toHaveLength(1);
    expect(breach('worker/steps/a.ts', "import { createLog } from '../../shared/log.ts';")).toHaveLength(1);
  });

  test('sees barrels, stray files, the environment and cycles', () => {
    expect(breach('shared/a.ts', "export { createLog } from './log.ts';")).toHaveLength(1);
    expect(breach('lib/a.ts', '')).toHaveLength(1);
    expect(breach('shared/a.ts', 'const x = process.env.HOME;')).toHaveLength(1);
    expect(
      findCycle([
        readSource('shared/a.ts', "import './b.ts';"),
        readSource('shared/b.ts', "import type { A } from './a.ts';"),
      ]),
    ).toEqual(['shared/a.ts', 'shared/b.ts', 'shared/a.ts']);
  });
});
