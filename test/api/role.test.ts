/** The api role as a process of its own: start, serve, drain. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { readEvents } from './events.ts';
import { insertBoard } from './rows.ts';
import { call } from './server.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startRole(databaseUrl: string, port: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'jobscout-api-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'api', 'main.ts')], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.err += chunk;
  });
  atEnd(() => {
    child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { child, output, dataDir, ended: once(child, 'exit') as Promise<[number | null, string | null]> };
}

test('serves with a secret of its own, and drains at the first signal although a stream is open', async () => {
  const { db, url } = await testDatabase();
  await insertBoard(db, 'lever');
  const port = await freePort();
  const { child, output, dataDir, ended } = await startRole(url, port);
  await until(() => output.out.includes('ready'), { timeoutMs: 20_000 });
  expect(output.out).toContain(`on port ${port}`);

  const file = join(dataDir, 'admin-token');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const asAdmin = { 'x-admin-token': readFileSync(file, 'utf8').trim() };
  const started = await call(port, 'POST', '/admin/run-scan?sources=lever', asAdmin);
  expect(started.status).toBe(202);
  const metrics = await call(port, 'GET', '/metrics');
  expect(metrics.text).toMatch(
    /^http_requests_total\{method="POST",endpoint="\/admin\/run-scan",status_code="202"\} 1$/m,
  );
  expect(metrics.text).toMatch(/^http_requests_total\{method="GET",endpoint="\/api\/v1\/jobs",status_code="503"\} 0$/m);
  await until(async () => /^iam_scan_in_progress 1$/m.test((await call(port, 'GET', '/metrics')).text), {
    timeoutMs: 20_000,
  });
  expect((await call(port, 'GET', '/readyz')).json.checks).toEqual({ database: 'ok', migrations: 'ok', queue: 'ok' });

  const stream = await readEvents(`http://127.0.0.1:${port}${started.json.url}/events`);
  await until(() => stream.events.length === 1);
  const signalled = performance.now();
  child.kill('SIGTERM');
  await stream.closed;
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - signalled).toBeLessThan(5_000);
  expect(output.err).toBe('');
});

test('a port that is taken is one sentence and not a stack', async () => {
  const { url } = await testDatabase();
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  atEnd(() => blocker.close());
  const { port } = blocker.address() as { port: number };
  const { output, ended } = await startRole(url, port);
  expect(await ended).toEqual([1, null]);
  expect(output.err.trim()).toBe(
    `Port ${port} on 127.0.0.1 is taken: end what listens there, or set PORT to another one.`,
  );
});
