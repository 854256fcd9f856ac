import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { dataDirFault, ensureDataDir } from './data-dir.ts';
import { StartError } from './errors.ts';

describe('what a failed access to the data folder means', () => {
  test.each([
    ['ENOSPC', /^\/d cannot be used because its disk is full: make room, or set DATA_DIR/],
    ['EDQUOT', /its disk is full/],
    ['EACCES', /this user may not write there: change its owner, or set DATA_DIR/],
    ['EROFS', /may not write there/],
    ['EIO', /because of broken: look at that path/],
  ])('%s', (code, sentence) => {
    const fault = dataDirFault('/d', Object.assign(new Error('broken'), { code }));
    expect(fault.message).toMatch(sentence);
    expect(fault.cause).toMatchObject({ code });
  });
});

describe('the data folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'data-dir-'));
  afterAll(() => rmSync(root, { recursive: true }));

  test('is made with its parents, and may be there already', () => {
    const path = join(root, 'a', 'b', 'c');
    ensureDataDir(path);
    ensureDataDir(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('where nothing can be made, or a file lies, is refused in a sentence', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'x')]) expect(() => ensureDataDir(path)).toThrow(StartError);
  });

  test.runIf(process.platform === 'linux')('in /proc is refused, and not tried without end', () => {
    expect(() => ensureDataDir('/proc/no-such-folder')).toThrow(/\/proc\/no-such-folder cannot be used/);
  });
});
