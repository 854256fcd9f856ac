import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { SETTINGS } from '../../shared/settings.ts';
import { SOURCES } from '../../shared/sources.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** First cells of all table rows that hold a name in backquotes. */
const namesInTables = (text: string) => [...text.matchAll(/^\| `([^`]+)`/gm)].map((m) => m[1] ?? '').sort();

describe('what is listed is listed', () => {
  test('every setting is in docs/configuration.md with its default, and nothing else is', () => {
    const text = read('docs/configuration.md');
    expect(namesInTables(text)).toEqual(Object.keys(SETTINGS).sort());
    for (const [name, setting] of Object.entries(SETTINGS)) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      expect(row, name).toContain(setting.about);
      expect(row, name).toContain(setting.default === undefined ? '| unset |' : `| \`${setting.default}\` |`);
    }
  });

  test('every setting is in .env.example, commented out, and nothing else is', () => {
    const names = [...read('.env.example').matchAll(/^# ?([A-Z][A-Z0-9_]+)=/gm)].map((m) => m[1] ?? '');
    expect(names.sort()).toEqual(Object.keys(SETTINGS).sort());
    expect(read('.env.example')).not.toMatch(/^[A-Z]/m);
  });

  test('every source is in docs/sources.md, and nothing else is', () => {
    expect(namesInTables(read('docs/sources.md'))).toEqual(Object.keys(SOURCES).sort());
  });

  test('every npm script that people call is in docs/commands.md, and nothing else is', () => {
    const scripts = Object.keys(packageJson.scripts).filter((name) => !/^(pre|post)/.test(name));
    expect(namesInTables(read('docs/commands.md'))).toEqual(
      scripts.map((n) => (/^(start|test)$/.test(n) ? `npm ${n}` : `npm run ${n}`)).sort(),
    );
  });

  test('the README runs only commands that exist and links only to files that exist', () => {
    const text = read('README.md');
    for (const [, name] of text.matchAll(/npm run ([a-z-]+)/g)) expect(packageJson.scripts).toHaveProperty(name ?? '');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map((m) => m[1] ?? '');
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(() => read(link), link).not.toThrow();
  });
});
