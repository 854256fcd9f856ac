import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findEmbedded } from '../../shared/embedded/launch.ts';
import { isAlive, readPostmaster } from '../../shared/embedded/running.ts';
import { createTestDatabase } from '../db.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';

describe('npm start with nothing configured', () => {
  test('runs every role on its own database, survives kill -9 by adoption, and leaves nothing behind', async () => {
    const first = await startSystem();
    await first.ready();
    const lines = first.stdout().trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines).toEqual([
      expect.stringMatching(/^database +embedded PostgreSQL, started, 127\.0\.0\.1:\d+, data in .*postgres$/),
      expect.stringMatching(/^queue +in PostgreSQL$/),
      expect.stringMatching(/^roles +api × 1, worker × 1, scheduler × 1$/),
      expect.stringMatching(/^timetable +off$/),
      `admin      X-Admin-Token is in ${join(first.dataDir, 'admin-token')}`,
      `metrics    ${first.address}/metrics`,
      `page       ${first.address}/`,
      expect.stringMatching(/^sign in +http:\/\/localhost:\d+\/sign-in\/link\?token=[\w-]{43} /),
      expect.stringMatching(/^ready/),
    ]);
    for (const secret of ['admin-token', 'secret-key'])
      expect(statSync(join(first.dataDir, secret)).mode & 0o777).toBe(0o600);
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200);
    const roles = first.processes();
    expect(roles.map((process) => process.role).sort()).toEqual(['api', 'scheduler', 'worker']);

    // The supervisor is gone without a word: its roles end by themselves, its database stays and is taken over.
    expect(await first.stop('SIGKILL')).toBe('SIGKILL');
    await until(() => roles.every(({ pid }) => !isAlive(pid)));
    const url = await findEmbedded(first.dataDir);
    expect(url).toBeDefined();

    const second = await startSystem({ settings: { DATA_DIR: first.dataDir } });
    await second.ready();
    expect(second.stdout()).toMatch(/^database +embedded PostgreSQL, was already running/);
    expect(await findEmbedded(first.dataDir)).toBe(url);
    const database = readPostmaster(join(first.dataDir, 'postgres'))?.pid ?? 0;
    const pids = second.processes().map(({ pid }) => pid);
    expect(await second.stop('SIGTERM')).toBe(0);
    expect([database, ...pids].filter(isAlive)).toEqual([]);
    expect(second.stderr()).toBe('');
  });
});

describe('npm start on a database of one’s own', () => {
  test('starts the roles that were asked for, and no embedded database', async () => {
    const system = await startSystem({
      roles: ['scheduler', 'worker'],
      settings: { DATABASE_URL: await createTestDatabase(), WORKER_PROCESSES: '2', SCAN_CRON: '0 */6 * * *' },
    });
    await system.ready();
    expect(
      system
        .processes()
        .map(({ role }) => role)
        .sort(),
    ).toEqual(['scheduler', 'worker', 'worker']);
    expect(system.stdout()).toMatch(/^database +127\.0\.0\.1:\d+\/t_/);
    expect(system.stdout()).not.toContain('page');
    expect(system.stdout()).toMatch(/timetable +next scan \d{4}-\d\d-\d\d (00|06|12|18):00 UTC/);
    expect(await findEmbedded(system.dataDir)).toBeUndefined();
    expect(await system.stop('SIGINT')).toBe(0);
  });

  test('serves /metrics of all processes on METRICS_PORT, also where no api runs', async () => {
    const { freePort } = await import('../../shared/embedded/free-port.ts');
    const port = await freePort();
    const system = await startSystem({
      roles: ['worker'],
      settings: { DATABASE_URL: await createTestDatabase(), METRICS_PORT: `${port}` },
    });
    await system.ready();
    const address = `http://127.0.0.1:${port}/metrics`;
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    for (const role of ['worker', 'supervisor']) expect(text).toContain(`process_memory_bytes{role="${role}"}`);
    expect((await fetch(address, { headers: { 'x-forwarded-for': '1.2.3.4' } })).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect((await fetch(address, { method: 'POST' })).status).toBe(405);
  });
});
