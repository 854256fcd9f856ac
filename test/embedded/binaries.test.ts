import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findBinaries } from '../../shared/embedded/binaries.ts';
import { StartError } from '../../shared/errors.ts';
import { testFolder } from '../folder.ts';

const BINARIES = JSON.stringify(join(import.meta.dirname, '../../shared/embedded/binaries.ts'));

describe('the copy of the PostgreSQL binaries', () => {
  test('is whole and runs, also when two processes make it at the same time under a closed umask', async () => {
    const to = join(testFolder(), 'postgres-copy');
    const script = `process.umask(0o077); import(${BINARIES}).then((m) => m.copyOnce(process.argv[1], process.argv[2]))`;
    const native = findBinaries({}, '/nowhere');
    await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, ['-e', script, native, to])));
    expect(readdirSync(dirname(to))).toEqual(['postgres-copy']);
    // A user without any rights stands in for the server's user; only root can become one.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const version = execFileSync(join(to, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/', encoding: 'utf8' });
    expect(version).toMatch(/PostgreSQL\) 18\./);
  });

  test('is never half: a process that is killed while it copies leaves nothing under the final name', async () => {
    const to = join(testFolder(), 'postgres-copy');
    const from = join(testFolder(), 'big');
    mkdirSync(from);
    for (let i = 0; i < 200; i++) writeFileSync(join(from, `${i}`), Buffer.alloc(100_000));
    const script = `import(${BINARIES}).then((m) => { process.send('go'); m.copyOnce(process.argv[1], process.argv[2]); })`;
    const child = spawn(process.execPath, ['-e', script, from, to], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const names = readdirSync(dirname(to));
    if (names.includes('postgres-copy')) expect(readdirSync(to)).toHaveLength(200);
    else expect(names.every((name) => name.endsWith('.part'))).toBe(true);
  });
});

describe('without the package of this platform', () => {
  test('the sentence says how to get it and what to do instead', async () => {
    const script = `Object.defineProperty(process, 'arch', { value: 'sparc' });
      import(${BINARIES}).then((m) => m.findBinaries({}, '/nowhere')).catch((e) => console.log(e.name + ': ' + e.message))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
    expect(stdout).toMatch(new RegExp(`^${StartError.name}: .*-sparc.*npm ci.*--omit=optional.*DATABASE_URL`));
  });
});
