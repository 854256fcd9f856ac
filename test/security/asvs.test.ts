/** The table of OWASP ASVS 5.0.0: complete, and each proof that it names exists. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Ids of the standard, section by section: L1, then L2. */
const IDS = {
  1: `1.2:1-5 1.3:1-2 1.5:1 2.1:1 2.2:1-2 2.3:1 3.2:1-2 3.3:1 3.4:1-2 3.5:1-3 4.1:1 4.4:1 5.2:1-2 5.3:1-2 6.1:1 6.2:1-8 6.3:1-2
    6.4:1-2 7.2:1-4 7.4:1-2 8.1:1 8.2:1-2 8.3:1 9.1:1-3 9.2:1 10.4:1-5 11.3:1-2 11.4:1 12.1:1 12.2:1-2 13.4:1 14.2:1 14.3:1 15.1:1
    15.2:1 15.3:1`,
  2: `1.1:1-2 1.2:6-9 1.3:3-11 1.4:1-3 1.5:2 2.1:2-3 2.2:3 2.3:2-4 2.4:1 3.3:2-4 3.4:3-6 3.5:4-5 3.7:1-2 4.1:2-3 4.2:1 4.3:1-2
    4.4:2-4 5.1:1 5.2:3 5.4:1-3 6.1:2-3 6.2:9-12 6.3:3-4 6.4:3-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.3:1-2 7.4:3-5 7.5:1-2 7.6:1-2
    8.1:2 8.2:3 8.4:1 9.2:2-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:6-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:3 11.4:2-4
    11.5:1 11.6:1 12.1:2-3 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:2-5 14.1:1-2 14.2:2-4 14.3:2-3 15.1:2-3 15.2:2-3 15.3:2-7 16.1:1
    16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2`,
} as const;

const wanted = Object.entries(IDS).flatMap(([level, sections]) =>
  sections.split(/\s+/).flatMap((section) => {
    const [name, from, to = from] = section.split(/[:-]/);
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${name}.${Number(from) + i} L${level}`);
  }),
);

const entry = z.strictObject({
  id: z.string(),
  level: z.literal([1, 2]),
  status: z.enum(['met', 'not-applicable', 'operator', 'open']),
  how: z.string().min(5).max(300),
  evidence: z.array(z.string()),
});
const entries = z.array(entry).parse(JSON.parse(read('docs/security/asvs.json')));

test('has each requirement of levels 1 and 2 once, with its level', () => {
  expect(wanted).toHaveLength(253);
  expect(entries.map(({ id, level }) => `${id} L${level}`).sort()).toEqual(wanted.toSorted());
});

test('names a proof for everything that is met', () => {
  expect(entries.filter(({ status, evidence }) => status === 'met' && evidence.length === 0)).toEqual([]);
});

describe('each proof exists', () => {
  const proofs = [...new Set(entries.flatMap(({ evidence }) => evidence))].sort();

  test.each(proofs)('%s', (proof) => {
    expect(proof).toMatch(/^(test|api|shared|worker)\/.+\.test\.ts > .+|^docs\/.+\.md#.+/);
    const [file = '', what = ''] = proof.split(/ > |#/);
    expect(existsSync(join(root, file)), file).toBe(true);
    if (file.endsWith('.md')) expect(headingsOf(read(file))).toContain(what);
    else expect(namesOf(read(file))).toContain(what);
  });
});

test('docs/security says how many there are of each, and lists those that are open', () => {
  const count = (status: string) => entries.filter((one) => one.status === status).length;
  const open = entries.filter(({ status }) => status === 'open');
  const text = [
    `Of ${entries.length} requirements ${count('met')} are met, ${count('not-applicable')} do not apply, ${count('operator')} are duties of the operator, and ${count('open')} are open:`,
    '',
    ...open.map(({ id, how }) => `- ${id}: ${how}.`),
  ].join('\n');
  const [, told] = /<!-- counts -->\n([\s\S]*?)\n<!-- \/counts -->/.exec(read('docs/security/README.md')) ?? [];
  expect(told).toBe(text);
});

/** As a page shows the anchor of a heading. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Names of tests and of groups of tests, `%s` and all; the list before a name of `test.each` may be long. */
function namesOf(text: string): string[] {
  const named = /(?:^|[\s\])])(?:(?:test|describe)(?:\.skipIf\([^)]*\))?)?\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1,/g;
  return [...text.matchAll(named)].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));
}
