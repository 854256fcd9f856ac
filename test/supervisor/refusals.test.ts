import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { findEmbedded } from '../../shared/embedded/launch.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase } from '../db.ts';
import { startSystem } from '../system.ts';

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => server.close());
  return `${(server.address() as AddressInfo).port}`;
}

describe('a start that cannot be', () => {
  test('lists every wrong setting at once and exits 78', async () => {
    const system = await startSystem({
      settings: {
        PORT: 'high',
        WORKER_PROCESSES: '0',
        SCAN_CRON: 'sometimes',
        SOURCES: 'monster',
        DATABASE_URL: 'mysql://secret@host/db',
      },
    });
    expect(await system.ended()).toBe(78);
    expect(system.stderr()).toContain('5 settings are wrong:');
    for (const name of ['PORT', 'WORKER_PROCESSES', 'SCAN_CRON', 'SOURCES', 'DATABASE_URL']) {
      expect(system.stderr()).toMatch(new RegExp(`^ {2}- ${name}`, 'm'));
    }
    expect(system.stderr()).not.toContain('secret@host');
    expect(system.stdout()).toBe('');
  });

  test('names a role that does not exist and exits 64', async () => {
    const system = await startSystem({ roles: ['api', 'wroker'] });
    expect(await system.ended()).toBe(64);
    expect(system.stderr()).toMatch(/^No such role: "wroker"\. There are api, worker, scheduler/);
  });

  test('names the port that is taken, before anything is started', async () => {
    const port = await takenPort();
    const system = await startSystem({ settings: { PORT: port } });
    expect(await system.ended()).toBe(1);
    expect(system.stderr()).toBe(
      `Port ${port} on 127.0.0.1 is taken: end what listens there, or set PORT to another one.\n`,
    );
    expect(await findEmbedded(system.dataDir)).toBeUndefined();
  });

  test.each([
    [
      'the database does not answer',
      { DATABASE_URL: 'postgres://user:hush@127.0.0.1:1/jobs' },
      /^The database at 127\.0\.0\.1:1\/jobs is unreachable/,
    ],
    ['Redis does not answer', { REDIS_URL: 'redis://:hush@127.0.0.1:1' }, /^Redis at 127\.0\.0\.1:1 does not answer/],
    ['METRICS_PORT is taken', {}, /^Port \d+ on 127\.0\.0\.1 is taken: .* METRICS_PORT/],
    [
      'BOARDS_FILE holds nonsense',
      { BOARDS_FILE: import.meta.filename },
      /^One setting is wrong:\n {2}- BOARDS_FILE .* cannot be read as JSON/,
    ],
  ])('says in one sentence, without secrets, that %s', async (what, settings: Record<string, string>, sentence) => {
    if (what.startsWith('METRICS')) settings = { METRICS_PORT: await takenPort() };
    const system = await startSystem({ settings: { DATABASE_URL: await createTestDatabase(), ...settings } });
    expect(await system.ended()).toBe(what.startsWith('BOARDS') ? 78 : 1);
    expect(system.stderr()).toMatch(sentence);
    expect(system.stderr()).not.toContain('hush');
    expect(system.stdout()).toBe('');
  });
});
