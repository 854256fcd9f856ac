import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../folder.ts';
import { advice, findTool, TOOLS } from '../tools.ts';

describe('what the tests need beyond npm', () => {
  test('is found on PATH, under any of its names, when it can be run', () => {
    const [first, second] = [testFolder(), testFolder()];
    expect(findTool('redis-server', `${first}:${second}`)).toBeUndefined();
    writeFileSync(join(first, 'redis-server'), '', { mode: 0o644 });
    writeFileSync(join(second, 'valkey-server'), '', { mode: 0o755 });
    expect(findTool('redis-server', `${first}:${second}`)).toBe(join(second, 'valkey-server'));
  });

  test('is told with what is skipped without it and the one command that brings it', () => {
    const [redis] = TOOLS;
    expect(advice(redis, 'linux', true)).toBe(
      'MISSING redis-server: everything on the Redis queue will be SKIPPED. To run it: sudo apt-get install -y redis-server',
    );
    expect(advice(redis, 'darwin', false)).toMatch(/brew install redis$/);
    expect(advice(redis, 'linux', false)).toMatch(/your system's package of redis-server$/);
  });

  test('is not spoken of where everything is there', () => {
    const folder = testFolder();
    for (const { commands } of TOOLS) writeFileSync(join(folder, commands[0]), '', { mode: 0o755 });
    const said = execFileSync(process.execPath, [join(import.meta.dirname, '../install-tools.ts')], {
      env: { PATH: folder },
      encoding: 'utf8',
    });
    expect(said).toBe('');
  });
});
