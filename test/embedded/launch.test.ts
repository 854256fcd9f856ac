import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, findEmbedded, startEmbedded } from '../../shared/embedded/launch.ts';
import { isAlive, readPostmaster } from '../../shared/embedded/running.ts';
import { StartError } from '../../shared/errors.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';

const FAST = { fsync: 'off', max_connections: '20', shared_buffers: '16MB' };
const isRoot = process.getuid?.() === 0;

let folder: string;

beforeAll(() => {
  folder = testFolder();
});

let folders = 0;
const newDataDir = () => join(folder, `data-${folders++}`);

async function start(dataDir: string, options: Parameters<typeof startEmbedded>[1] = {}): Promise<Embedded> {
  const server = await startEmbedded(dataDir, { settings: FAST, ...options });
  atEnd(() => server.stop());
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.href;
}

describe('the embedded PostgreSQL', () => {
  test('is open to its password only, on loopback only, and keeps the password from others', async () => {
    const dataDir = newDataDir();
    const server = await start(dataDir);
    await expect(query(withPassword(server.adminUrl, 'postgres'), 'select 1')).rejects.toThrow(/password/);
    await expect(query(withPassword(server.adminUrl, ''), 'select 1')).rejects.toThrow();
    expect(await query(server.adminUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(server.adminUrl, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(statSync(dataDir).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
  });

  test('keeps the memory of its statements, so that the next one need not ask the kernel for it', async () => {
    const server = await start(newDataDir());
    const client = new pg.Client({ connectionString: server.adminUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const faults = () => Number(readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(' ')[9]);
      // A quarter of a megabyte in small pieces, as rows on their way through a plan are.
      const text = 'select count(*) from (select array_agg(g) from generate_series(1, 1200) as g group by g) as many';
      const run = async (times: number) => {
        for (let i = 0; i < times; i++) await client.query({ name: 'many', text });
      };
      await run(20);
      const before = faults();
      await run(50);
      expect((faults() - before) / 50).toBeLessThan(1);
    } finally {
      await client.end();
    }
  });

  test('has none of our settings in its environment, which its user could read', async () => {
    process.env.ADMIN_TOKEN = 'a token that nobody else shall see';
    try {
      const server = await start(newDataDir());
      const environment = readFileSync(`/proc/${server.pid}/environ`, 'utf8');
      expect(environment).toContain('MALLOC_TRIM_THRESHOLD_=');
      expect(environment).not.toContain('ADMIN_TOKEN');
    } finally {
      delete process.env.ADMIN_TOKEN;
    }
  });

  test('is adopted while it runs, found by others, and gone for all when it is stopped', async () => {
    const dataDir = newDataDir();
    expect(await findEmbedded(dataDir)).toBeUndefined();
    const first = await start(dataDir);
    const second = await start(dataDir);
    expect([first.adopted, second.adopted]).toEqual([false, true]);
    expect(second.url).toBe(first.url);
    expect(await findEmbedded(dataDir)).toBe(first.url);
    await second.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await findEmbedded(dataDir)).toBeUndefined();
    await first.stop();
  });

  test('has all its rows again after its process was killed', async () => {
    const dataDir = newDataDir();
    const first = await start(dataDir);
    await query(first.adminUrl, 'create table kept as select 42 as answer');
    process.kill(first.pid, 'SIGKILL');
    await until(() => !isAlive(first.pid));
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await query(second.adminUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('is one server when several start it at the same time, from nothing', async () => {
    const dataDir = newDataDir();
    const servers = await Promise.all([start(dataDir), start(dataDir), start(dataDir)]);
    expect(new Set(servers.map((server) => server.url)).size).toBe(1);
    expect(servers.filter((server) => !server.adopted)).toHaveLength(1);
  });

  test('is made anew after a first start that was killed half way', async () => {
    const dataDir = newDataDir();
    const child = spawn(process.execPath, ['-e', STARTER, dataDir], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await until(() => namesIn(dataDir).some((name) => name.endsWith('.part')), { everyMs: 2 });
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    const server = await start(dataDir);
    expect(await query(server.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(namesIn(dataDir).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('says that the port it was asked for is taken', async () => {
    const blocker = await start(newDataDir());
    const fault = await startEmbedded(newDataDir(), {
      settings: FAST,
      port: blocker.port,
      startTimeoutMs: 100,
    }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StartError);
    expect(String(fault)).toContain('found no free port');
  });

  test('lies where its user can get to, also below a folder that is closed to everybody but root', async () => {
    const closed = join(folder, 'closed');
    const fallbackRoot = join(folder, 'fallback');
    mkdirSync(closed, { mode: 0o700 });
    const dataDir = join(closed, 'data');
    const server = await start(dataDir, { fallbackRoot });
    expect(await query(server.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(server.data.startsWith(isRoot ? fallbackRoot : dataDir)).toBe(true);
    expect(await findEmbedded(dataDir, fallbackRoot)).toBe(server.url);
  });

  test('stays in a folder that was made for it, closed and empty, as mktemp does', async () => {
    const dataDir = newDataDir();
    mkdirSync(dataDir, { mode: 0o700 });
    const server = await start(dataDir, { fallbackRoot: join(folder, 'unused') });
    expect(server.data).toBe(join(dataDir, 'postgres'));
    expect(existsSync(join(folder, 'unused', 'postgres'))).toBe(false);
  });

  test('says what is wrong when its folder holds a database of another version', async () => {
    const dataDir = newDataDir();
    const server = await start(dataDir);
    await server.stop();
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
    const fault = await startEmbedded(dataDir, { settings: FAST }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StartError);
    expect(String(fault)).toContain('made by another version of PostgreSQL');
  });

  test('does not take a file for a running server when that file is nonsense or of a dead process', async () => {
    const dataDir = newDataDir();
    const server = await start(dataDir);
    await server.stop();
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(file, 'nonsense\n');
    expect(readPostmaster(join(dataDir, 'postgres'))).toBeUndefined();
    expect(await findEmbedded(dataDir)).toBeUndefined();
    // A port where nobody answers, a process that does not exist: the largest number of Linux is below it.
    writeFileSync(file, `4194305\n${server.data}\n0\n1\n\n127.0.0.1\n0\n`);
    const again = await start(dataDir);
    expect(again.adopted).toBe(false);
  });
});

const namesIn = (path: string) => (existsSync(path) ? readdirSync(path) : []);

/** Starts a server in a process of its own. */
const STARTER = `import(${JSON.stringify(join(import.meta.dirname, '../../shared/embedded/launch.ts'))})
  .then(({ startEmbedded }) => startEmbedded(process.argv[1]));`;
