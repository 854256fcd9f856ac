/** `npm run monitor` and `npm run fire-drill` as an operator calls them; and the commands of containers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environmentWith } from '../../shared/config.ts';
import { freePort } from '../../shared/embedded/free-port.ts';
import { isAlive } from '../../shared/embedded/running.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { ask } from '../monitoring/dashboard-check.ts';
import { startSystem } from '../system.ts';
import { findTool } from '../tools.ts';
import { until } from '../until.ts';
import { run } from './run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const hasTools = findTool('prometheus') !== undefined && findTool('alertmanager') !== undefined;

describe.skipIf(!hasTools)('npm run monitor', () => {
  test('reads the system with our rules, takes a fire drill, and ends what it started', async () => {
    const dataDir = testFolder();
    const settings = {
      DATA_DIR: dataDir,
      PORT: `${await freePort()}`,
      METRICS_TOKEN: 'monitor-0123456789abcdef0123456789',
    };
    const ports = { prometheus: await freePort(), alertmanager: await freePort() };
    const args = ['--prometheus-port', `${ports.prometheus}`, '--alertmanager-port', `${ports.alertmanager}`];
    const child = spawn(process.execPath, [join(ROOT, 'cli/monitor.ts'), ...args], {
      env: environmentWith(settings),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    atEnd(() => child.kill('SIGKILL'));
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    await until(() => said.includes('ready ') || child.exitCode !== null, {
      timeoutMs: 90_000,
      what: 'the monitor is ready',
    });
    expect(said).toContain(`http://127.0.0.1:${ports.prometheus}/targets`);
    const prometheus = `http://127.0.0.1:${ports.prometheus}`;

    // The system joins later, with the token that the monitor has as well.
    const system = await startSystem({
      settings: { ...settings, DATA_DIR: join(dataDir, 'system'), DATABASE_URL: await createTestDatabase() },
    });
    await system.ready();
    const up = async () =>
      ((await ask(prometheus, 'query', { query: 'up{job="iam-job-scout"} == 1' })) as { result: unknown[] }).result
        .length;
    await until(async () => (await up()) === 1, {
      timeoutMs: 60_000,
      everyMs: 500,
      what: 'Prometheus reads the system',
    });
    const { groups } = (await ask(prometheus, 'rules', {})) as { groups: { name: string }[] };
    expect(groups.map(({ name }) => name)).toContain('iam_job_scout_alerts');
    expect(statSync(join(dataDir, 'monitor/metrics-token')).mode & 0o077).toBe(0);

    const second = await run('cli/monitor.ts', [], settings);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('runs already') });

    const drill = await run('cli/fire-drill.ts', ['ServiceDown', '--json'], settings);
    expect(drill.code).toBe(0);
    const result = JSON.parse(drill.stdout) as Record<string, number>;
    expect(result).toMatchObject({ alert: 'ServiceDown', severity: 'critical', receivers: ['pager'] });
    expect(result.toldAfter).toBeGreaterThan(result.alertmanagerAfter!);
    await until(() => said.includes('firing ServiceDown (critical, to pager)'), { what: 'the monitor shows it' });
    expect(readdirSync(join(dataDir, 'monitor/drills'))).toEqual([]);

    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(join(dataDir, 'monitor/running.json'))).toBe(false);
    await expect(fetch(prometheus)).rejects.toThrow();
    expect(isAlive(child.pid ?? 0)).toBe(false);
  }, 300_000);

  test('says which port is taken, and how to have another one', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => server.close());
    const { port } = server.address() as { port: number };
    const ran = await run('cli/monitor.ts', ['--prometheus-port', `${port}`], { DATA_DIR: testFolder() });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(new RegExp(`Port ${port} .*--prometheus-port.*systemctl stop prometheus`));
  });
});

test('npm run monitor on a machine without Prometheus says the one command that installs what is missing', async () => {
  const settings = { DATA_DIR: testFolder(), PATH: testFolder() };
  const ran = await run('cli/monitor.ts', [], settings);
  expect(ran.code).toBe(69);
  expect(ran.stderr).toMatch(/^prometheus and alertmanager cannot be found on PATH/);
  expect(ran.stderr).toMatch(
    /(apt-get install -y --no-install-recommends prometheus prometheus-alertmanager|brew install prometheus alertmanager)\n/,
  );
});

test.each([
  ['cli/monitor.ts', ['--target', 'http://x']],
  ['cli/monitor.ts', ['--prometheus-port', '70000']],
  ['cli/monitor.ts', ['--alertmanager-port', 'x']],
  ['cli/fire-drill.ts', []],
  ['cli/fire-drill.ts', ['ServiceDown', 'Watchdog']],
])('%s refuses %j with its usage', async (file, args) => {
  const ran = await run(file, args, { DATA_DIR: testFolder() });
  expect(ran.code).toBe(64);
  expect(ran.stderr).toContain('Usage: ');
});

test('npm run fire-drill names the alerts that there are when it is given another one', async () => {
  const ran = await run('cli/fire-drill.ts', ['ServiceDwon'], { DATA_DIR: testFolder() });
  expect(ran.code).toBe(64);
  expect(ran.stderr).toMatch(/no alert "ServiceDwon"\. There are: .*HighErrorRate, .*ServiceDown/);
});

describe('npm run secrets', () => {
  test('makes strong secrets that agree with each other, once', async () => {
    const folder = join(testFolder(), 'secrets');
    const first = await run('cli/secrets.ts', ['--folder', folder]);
    expect(first.code).toBe(0);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
    const before = Object.fromEntries(readdirSync(folder).map((name) => [name, read(name)]));
    expect(before['admin-token']).toMatch(/^[0-9a-f]{64}$/);
    expect(before['database-url']).toBe(`postgres://jobscout:${before['database-password']}@postgres:5432/jobscout`);
    expect(before['redis-url']).toContain(before['redis-password']);
    expect(before['redis-conf']).toBe(`requirepass ${before['redis-password']}`);
    expect(new Set(Object.values(before)).size).toBe(Object.keys(before).length);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(existsSync(join(folder, '..', '.env'))).toBe(true);
    expect((await run('cli/secrets.ts', ['--folder', folder])).stdout).not.toContain('made');
    expect(Object.fromEntries(readdirSync(folder).map((name) => [name, read(name)]))).toEqual(before);
  });
});

describe('node cli/health.ts', () => {
  test('says that a worker without an API is well, and that nothing is when nobody answers', async () => {
    const settings = {
      METRICS_PORT: `${await freePort()}`,
      DATABASE_URL: await createTestDatabase(),
      DATA_DIR: testFolder(),
    };
    const system = await startSystem({ roles: ['worker'], settings });
    await system.ready();
    await until(async () => (await run('cli/health.ts', [], settings)).code === 0, {
      timeoutMs: 60_000,
      what: 'the worker is well',
    });
    const [worker] = system.processes();
    process.kill(worker!.pid, 'SIGSTOP');
    try {
      // A process that hangs keeps its numbers for a while; then it counts as silent.
      await until(
        async () => (await run('cli/health.ts', [], settings)).stderr.includes('No process of worker reports'),
        { timeoutMs: 80_000, what: 'the hung worker is noticed' },
      );
    } finally {
      process.kill(worker!.pid, 'SIGCONT');
    }
    await system.stop();
    const ran = await run('cli/health.ts', [], settings);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('does not answer') });
  }, 240_000);

  test('asks the api process where there is no METRICS_PORT', async () => {
    const settings = { PORT: `${await freePort()}`, DATABASE_URL: await createTestDatabase(), DATA_DIR: testFolder() };
    expect((await run('cli/health.ts', [], settings)).code).toBe(1);
    const system = await startSystem({ settings });
    await system.ready();
    expect(await run('cli/health.ts', [], settings)).toMatchObject({ code: 0, stderr: '' });
  }, 180_000);
});
