import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readVersion } from '../../worker/read-version.ts';
import { testFolder } from '../folder.ts';

describe('the version of how answers are understood', () => {
  test('is the same each time it is asked for', () => {
    expect(readVersion()).toMatch(/^[0-9a-f]{16}$/);
    expect(readVersion()).toBe(readVersion());
  });

  test('changes with a connector, a step or a table of rules, and with nothing else', () => {
    const folder = testFolder();
    const write = (file: string, text: string) => {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), text);
      return readVersion(folder);
    };
    const versions = [
      write('intake.ts', 'a'),
      write('sources/acme.ts', 'a'),
      write('steps/score/score.ts', 'a'),
      write('steps/score/taxonomy.json', '{}'),
      write('steps/score/taxonomy.json', '{"terms":[]}'),
      write('sources/acme.ts', 'b'),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    const last = versions.at(-1);
    expect(write('steps/score/score.test.ts', 'a')).toBe(last);
    expect(write('main.ts', 'a')).toBe(last);
  });
});
