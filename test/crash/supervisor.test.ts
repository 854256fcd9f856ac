/** kill -9 of the whole system in the middle of a scan, and a new start: as an operator sees it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../shared/db/database.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import { freePort } from '../../shared/embedded/free-port.ts';
import { findEmbedded } from '../../shared/embedded/launch.ts';
import { isAlive, readPostmaster } from '../../shared/embedded/running.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';
import { type Started, start } from './processes.ts';
import { type SlowLever, slowLever } from './slow-lever.ts';

const BOARDS = 4;

describe.each(BACKENDS)('with the queue in $name', ({ redisUrl: redis }) => {
  /** A running system whose scan is in the middle of all its boards. */
  async function inTheMiddle() {
    const [redisUrl, lever, port] = await Promise.all([redis(), slowLever(BOARDS), freePort()]);
    const folder = testFolder();
    atEnd(() => endDatabase(join(folder, 'data')));
    const boardsFile = join(folder, 'boards.json');
    writeFileSync(boardsFile, JSON.stringify(lever.tokens.map((token) => ({ source: 'lever', token }))));
    const env = {
      DATA_DIR: join(folder, 'data'),
      PORT: String(port),
      REDIS_URL: redisUrl,
      SOURCE_URL_LEVER: lever.url,
      BOARDS_FILE: boardsFile,
      SCAN_CRON: 'off',
      WORKER_PROCESSES: '1',
      TASK_LOCK_MS: '2000',
      SHUTDOWN_TIMEOUT_MS: '5000',
    };
    const system = await started(env);
    const cli = start('cli/scan.ts', ['--sources', 'lever', '--json'], env);
    expect(await cli.ended, cli.said()).toBe(0);
    // A quick worker has begun before it is printed.
    expect(JSON.parse(cli.out())).toMatchObject({
      state: expect.stringMatching(/^(queued|running)$/),
      units: { total: BOARDS },
    });
    await until(() => lever.held() === BOARDS, { timeoutMs: 20_000 });
    return { env, lever, system };
  }

  async function expectNothingLost(dataDir: string, lever: SlowLever) {
    const db = await openDatabase((await findEmbedded(dataDir)) ?? '', 'test', 2);
    try {
      const scan = await until(
        async () => (await listScans(db, { limit: 2 })).scans.find((view) => view.finishedAt !== null),
        { timeoutMs: 60_000 },
      );
      const all = BOARDS * lever.postingsPerBoard;
      expect(scan).toMatchObject({ state: 'success', found: all, kept: all, new: all, units: { success: BOARDS } });
      const { rows } = await db.pool.query(
        'select count(*)::int as postings, count(distinct native_id)::int as different from posting',
      );
      expect(rows[0]).toEqual({ postings: all, different: all });
    } finally {
      await db.close();
    }
  }

  test('a system killed with -9 in the middle of a scan is started again, and the scan ends with nothing lost', async () => {
    const { env, lever, system } = await inTheMiddle();
    await system.kill();
    // Its children end by themselves: nobody reads the boards any more, while the database goes on.
    await until(() => lever.held() === 0, { timeoutMs: 20_000 });
    const url = await findEmbedded(env.DATA_DIR);
    expect(url).toBeDefined();
    lever.release();

    const second = await started(env);
    expect(second.said()).toContain('already running');
    expect(await findEmbedded(env.DATA_DIR)).toBe(url);
    await expectNothingLost(env.DATA_DIR, lever);
    expect(await second.stop()).toBe(0);
    expect(await findEmbedded(env.DATA_DIR)).toBeUndefined();
  }, 150_000);

  test('a database killed with -9 in the middle of a scan comes back, and the scan ends with nothing lost', async () => {
    const { env, lever, system } = await inTheMiddle();
    process.kill(readPostmaster(join(env.DATA_DIR, 'postgres'))?.pid ?? 0, 'SIGKILL');
    lever.release();
    await until(() => findEmbedded(env.DATA_DIR), { timeoutMs: 20_000 });
    await expectNothingLost(env.DATA_DIR, lever);
    expect(await system.stop(), system.said()).toBe(0);
  }, 150_000);
});

/** When the test fails half-way, the database of the killed system must not outlive it. */
async function endDatabase(dataDir: string): Promise<void> {
  const pid = readPostmaster(join(dataDir, 'postgres'))?.pid;
  if (pid === undefined || !isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  await until(() => !isAlive(pid));
}

/** Starts everything and waits until the page says that it is ready. */
async function started(env: Readonly<Record<string, string | undefined>>): Promise<Started> {
  const system = start('main.ts', [], env);
  atEnd(() => system.stop());
  await until(
    async () => {
      if (system.child.exitCode !== null) throw new Error(`it ended: ${system.said()}`);
      return (await fetch(`http://127.0.0.1:${env.PORT}/readyz`)).ok;
    },
    { timeoutMs: 40_000, what: 'the system is ready' },
  );
  return system;
}
