import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { weakness } from './config.ts';
import { ConfigError, StartError } from './errors.ts';
import { adminToken, adminTokenFile } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobscout-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

let folders = 0;
const place = () => ({ adminToken: undefined, dataDir: join(folder, `${folders++}`, 'data') });
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the admin token', () => {
  test('is the one that the operator set, and then no file is made', () => {
    const config = { ...place(), adminToken: 'from the operator' };
    expect(adminToken(config)).toBe('from the operator');
    expect(adminTokenFile(config)).toBeUndefined();
    expect(() => statSync(config.dataDir)).toThrow();
  });

  test('is made once, strong, and kept where only its owner can read it', () => {
    const config = place();
    const token = adminToken(config);
    expect(weakness(token)).toBeUndefined();
    expect(adminToken(config)).toBe(token);
    const file = adminTokenFile(config) ?? '';
    expect(readFileSync(file, 'utf8').trim()).toBe(token);
    expect(modeOf(file)).toBe(0o600);
    // Root's folder can be passed through, not read: the database's own user has to.
    expect(modeOf(config.dataDir)).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
    expect(adminToken(place())).not.toBe(token);
  });

  test('becomes private again when its file was opened to others', () => {
    const config = place();
    const token = adminToken(config);
    chmodSync(adminTokenFile(config) ?? '', 0o644);
    expect(adminToken(config)).toBe(token);
    expect(modeOf(adminTokenFile(config) ?? '')).toBe(0o600);
  });

  test.each([
    ['empty', ''],
    ['weak', 'admin'],
  ])('is refused when its file is %s', (_how, content) => {
    const config = place();
    mkdirSync(config.dataDir, { recursive: true });
    writeFileSync(adminTokenFile(config) ?? '', content);
    expect(() => adminToken(config)).toThrow(ConfigError);
    expect(() => adminToken(config)).toThrow(/delete the file and a new one is made/);
  });

  test('is told to be impossible where the folder is a file', () => {
    const config = place();
    mkdirSync(join(config.dataDir, '..'), { recursive: true });
    writeFileSync(config.dataDir, 'in the way');
    expect(() => adminToken(config)).toThrow(StartError);
    expect(() => adminToken(config)).toThrow(/set DATA_DIR to another folder/);
  });
});
