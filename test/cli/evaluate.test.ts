import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobscout-evaluate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function evaluate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/evaluate.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

function file(name: string, rows: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  return path;
}

const rows = [
  { id: 'yes', title: 'Okta Engineer', company: 'A', description: 'SailPoint', relevant: true },
  { id: 'no', title: 'Cook', company: 'B', description: '', relevant: false },
  { id: 'missed', title: 'Cook', description: null, relevant: true },
  { id: 'false alarm', title: 'Okta Engineer', description: 'SailPoint', relevant: false },
];

test('precision, recall and every wrong row are told as one JSON object', () => {
  const { status, stdout } = evaluate('relevance', file('rows.jsonl', rows), '--json');
  expect(status).toBe(0);
  const { wrong, halves, ...counts } = JSON.parse(stdout);
  expect(halves.tune.rows + halves['hold-out'].rows).toBe(4);
  expect(halves.tune.right + halves['hold-out'].right).toBe(2);
  expect(counts).toEqual({ kind: 'relevance', rows: 4, right: 2, precision: 0.5, recall: 0.5, confidently_wrong: 2 });
  expect(wrong).toMatchObject([
    { id: 'missed', expected: 'relevant', got: 'not relevant' },
    { id: 'false alarm', expected: 'not relevant', got: 'relevant' },
  ]);
  expect(wrong[1].why).toContain('vendor.okta');
});

test('without positive rows there is no recall, and an empty file is no error', () => {
  const { stdout } = evaluate('relevance', file('none.jsonl', ['', '']), '--json');
  expect(JSON.parse(stdout)).toMatchObject({ rows: 0, right: 0, precision: null, recall: null, wrong: [] });
});

test('a person reads a sentence and a table', () => {
  const { stdout } = evaluate('relevance', file('read.jsonl', rows));
  expect(stdout).toContain('2 of 4 right, precision 0.500, recall 0.500');
  expect(stdout).toContain('false alarm');
});

test('an unknown kind, a missing file, a line that is no row: each is said, with exit code 64', () => {
  const path = file('broken.jsonl', [rows[0], '{"id": "x"}']);
  const cases = [
    [['nonsense', path], 'There are: relevance'],
    [['relevance', join(folder, 'nowhere')], 'cannot be read'],
    [['relevance', path], 'Line 2'],
    [['relevance', file('no.jsonl', ['not json'])], 'Line 1 is not JSON'],
    [['relevance'], 'Name one kind'],
  ] as const;
  for (const [args, words] of cases) {
    const { status, stderr } = evaluate(...args);
    expect(stderr).toContain(words);
    expect(status).toBe(64);
  }
});
