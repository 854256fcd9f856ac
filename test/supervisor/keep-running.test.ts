import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { isAlive } from '../../shared/embedded/running.ts';
import { createTestDatabase } from '../db.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';

describe('a role', () => {
  test('comes back after it was killed, and is left in peace when it was told to end', async () => {
    const system = await startSystem({
      roles: ['api', 'worker'],
      settings: { DATABASE_URL: await createTestDatabase() },
    });
    await system.ready();
    const pidOf = (role: string) => system.processes().find((process) => process.role === role)?.pid;
    const before = { worker: pidOf('worker') ?? 0, api: pidOf('api') ?? 0 };
    process.kill(before.worker, 'SIGKILL');
    // A role that somebody ends with a signal drains; it is still wanted, so it comes back as well.
    process.kill(before.api, 'SIGTERM');
    for (const role of ['worker', 'api'] as const) {
      await until(() => pidOf(role) !== undefined && pidOf(role) !== before[role], { what: `a new ${role}` });
    }
    await until(async () => (await fetch(`${system.address}/readyz`)).status === 200, { timeoutMs: 20_000 });
    expect(system.stderr()).toContain('"how":"signal SIGKILL"');
    expect(system.stderr()).toContain('"how":"exit code 0"');
    expect(system.stdout().match(/^page/gm)).toHaveLength(1);
    expect(await system.stop()).toBe(0);
  });

  test('that cannot start any more ends everything, with a sentence that says why', async () => {
    const url = await createTestDatabase();
    const system = await startSystem({
      roles: ['worker', 'scheduler'],
      settings: { DATABASE_URL: url, LOG_LEVEL: 'error' },
    });
    await system.ready();
    const pids = system.processes().map(({ pid }) => pid);
    await dropDatabase(url);
    for (const { pid, role } of system.processes()) if (role === 'worker') process.kill(pid, 'SIGKILL');
    expect(await system.ended()).toBe(1);
    expect(system.stderr()).toMatch(
      /^The role worker ended 5 times right after its start, so everything is stopped\. The database at .* is unreachable \(there is no such database\)/m,
    );
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe('the end', () => {
  test('comes at once with the second signal, while the first still waits for a request', async () => {
    const system = await startSystem({
      roles: ['api'],
      settings: { DATABASE_URL: await createTestDatabase(), SHUTDOWN_TIMEOUT_MS: '60000' },
    });
    await system.ready();
    const request = await unfinishedRequest(system.address);
    const pids = system.processes().map(({ pid }) => pid);
    process.kill(system.pid, 'SIGTERM');
    await until(() => system.stdout().includes('Ending (SIGTERM)'));
    // Below half a second two signals count as one: npm passes on what the terminal sends as well.
    process.kill(system.pid, 'SIGTERM');
    await sleep(700);
    expect(isAlive(system.pid)).toBe(true);
    const secondAt = performance.now();
    expect(await system.stop('SIGTERM')).toBe(1);
    expect(performance.now() - secondAt).toBeLessThan(5_000);
    await until(() => pids.every((pid) => !isAlive(pid)));
    request.destroy();
  });

  test('of a role that does not finish in time is hard, and the exit code tells', async () => {
    const system = await startSystem({
      roles: ['worker'],
      settings: { DATABASE_URL: await createTestDatabase(), SHUTDOWN_TIMEOUT_MS: '100' },
    });
    await system.ready();
    const [worker] = system.processes();
    // A stopped process can neither drain nor keep its own deadline.
    process.kill(worker?.pid ?? 0, 'SIGSTOP');
    expect(await system.stop()).toBe(1);
    expect(system.stderr()).toContain('worker did not end within SHUTDOWN_TIMEOUT_MS (100) and had to be killed');
    expect(isAlive(worker?.pid ?? 0)).toBe(false);
  });

  test('by Ctrl-C under npm is one signal for all: everything drains once and npm ends well', async () => {
    const system = await startSystem({
      command: ['npm', 'start', '--silent', '--'],
      roles: ['worker', 'scheduler'],
      settings: { DATABASE_URL: await createTestDatabase() },
      detached: true,
    });
    await system.ready();
    const pids = system.processes().map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    process.kill(-system.pid, 'SIGINT');
    expect(await system.ended()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(system.stdout().match(/Ending/g)).toHaveLength(1);
  });

  test('comes by itself when npm was killed', async () => {
    const system = await startSystem({
      command: ['npm', 'start', '--silent', '--'],
      roles: ['scheduler'],
      settings: { DATABASE_URL: await createTestDatabase() },
    });
    await system.ready();
    const pids = system.processes().map(({ pid }) => pid);
    await system.stop('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)), { timeoutMs: 15_000 });
    expect(system.stdout()).toContain('Ending (npm has ended)');
  });
});

async function dropDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  await client.query(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await client.end();
}

/** A request whose body never ends, so that a drain has something to wait for. */
async function unfinishedRequest(address: string) {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/scans HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  await sleep(200);
  return socket;
}
