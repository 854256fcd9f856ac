/** `npm run scan`, as a process. */
import { describe, expect, test } from 'vitest';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { BACKENDS } from '../backends.ts';
import { start } from '../crash/processes.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';
import { jobs } from '../worker/unit-kit.ts';
import { testSystem } from './system.ts';

async function run(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
  const cli = start('cli/scan.ts', args, { DATA_DIR: testFolder(), ...env });
  const code = await cli.ended;
  return { code, out: cli.out(), err: cli.said().replace(cli.out(), '') };
}

describe('npm run scan refuses', () => {
  test.each([
    [['--soruces', 'lever'], /Unknown option '--soruces'/],
    [['lever'], /Unexpected argument 'lever'/],
    [['--sources'], /argument missing/],
  ])('%j with how it is meant', async (args, why) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toMatch(why);
    expect(err).toContain('Usage: npm run scan -- [--sources a,b] [--wait] [--json]');
  });

  test('to run without a system, and says what to do', async () => {
    const { code, err } = await run([]);
    expect(code).toBe(69);
    expect(err).toMatch(/^Nothing is running with DATA_DIR .*: start it with npm start, or set DATABASE_URL\.\n$/);
  });

  test('a database that is not there with one sentence', async () => {
    const { code, err } = await run([], { DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/jobscout' });
    expect(code).toBe(69);
    expect(err).toMatch(/^The database at 127\.0\.0\.1:1\/jobscout is unreachable \(nothing listens there\).*\n$/);
    expect(err).not.toContain('secret');
  });

  test('wrong settings with all of them', async () => {
    const { code, err } = await run([], { PORT: 'x', SCAN_CRON: 'never' });
    expect(code).toBe(78);
    expect(err).toContain('2 settings are wrong');
  });
});

test('npm run scan -- --help explains itself', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--wait') });
});

describe.each(BACKENDS)('npm run scan on $name', (backend) => {
  test('asks and leaves, or waits and shows what came of it', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0', 'lever/b1');
    system.source.boards.set('b0', () => ({ items: jobs(4) }));
    system.source.boards.set('b1', () => ({ items: jobs(3) }));
    const env = { DATABASE_URL: system.url, REDIS_URL: system.redisUrl };
    const asked = await run(['--sources', 'greenhouse,lever'], env);
    expect(asked).toMatchObject({ code: 0, err: '' });
    expect(asked.out).toMatch(/^scan [0-9a-f-]{36}: 2 units are queued\. See it at \/api\/v1\/scans\/[0-9a-f-]{36}/);

    await system.startWorker();
    const waited = await run(['--sources', 'greenhouse,lever', '--wait'], env);
    expect(waited.code).toBe(0);
    expect(waited.out).toMatch(/^source +state +units +requests +found +kept +new/);
    expect(waited.out).toMatch(/\ngreenhouse +success +1 +1 +4 /);
    expect(waited.out).toMatch(/\nscan [0-9a-f-]{36}: success\n$/);
    expect(waited.err).toMatch(/\[#{20}\] 2\/2 7 found, 7 kept, .*\n$/);

    const json = await run(['--sources', 'lever', '--wait', '--json'], env);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({ state: 'success', found: 3, unchanged: 3, sources: ['lever'] });
  });

  test('ends with 0 for a part of a success and 1 for a failure', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0', 'greenhouse/b1');
    system.source.boards.set('b0', () => ({ items: jobs(2) }));
    await system.startWorker();
    const env = { DATABASE_URL: system.url, REDIS_URL: system.redisUrl };
    const partial = await run(['--sources', 'greenhouse', '--wait'], env);
    expect(partial.code).toBe(0);
    expect(partial.out).toMatch(/: partial\. greenhouse\/b1: .*404/);
    system.source.boards.clear();
    const failed = await run(['--sources', 'greenhouse', '--wait'], env);
    expect(failed.code).toBe(1);
    expect(failed.out).toContain('(and 1 more)');
  });

  test('ends with 1 when somebody cancels what it waits for', async () => {
    const system = await testSystem(backend);
    await system.addBoards('greenhouse/b0');
    const waiting = run(['--sources', 'greenhouse', '--wait'], {
      DATABASE_URL: system.url,
      REDIS_URL: system.redisUrl,
    });
    const scan = await until(async () => (await listScans(system.db, { limit: 1 })).scans[0]);
    await cancelScan(system.db, scan.id);
    expect(await waiting).toMatchObject({
      code: 1,
      out: expect.stringContaining(': cancelled. Cancelled with 1 of 1'),
    });
  });
});

test('npm run scan with a source that does not exist names those that do', async () => {
  const system = await testSystem({ name: 'postgres', redisUrl: async () => undefined });
  const { code, err } = await run(['--sources', 'indeed'], { DATABASE_URL: system.url });
  expect(code).toBe(64);
  expect(err.split('\n')[0]).toBe(`There is no source "indeed"; there are: ${SOURCE_NAMES.join(', ')}.`);
});

test('npm run scan with a Redis that is down says so in one sentence', async () => {
  const system = await testSystem({ name: 'postgres', redisUrl: async () => undefined });
  const { code, err } = await run([], { DATABASE_URL: system.url, REDIS_URL: 'redis://127.0.0.1:1' });
  expect(code).toBe(69);
  expect(err).toMatch(/^Redis at 127\.0\.0\.1:1 does not answer .*\n$/);
});
