/** kill -9 of a worker process in the middle of a scan. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openUnitQueue } from '../../shared/queues/units.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { until } from '../until.ts';
import { start } from './processes.ts';
import { slowLever } from './slow-lever.ts';

const BOARDS = 6;

async function count(db: Database): Promise<{ postings: number; jobs: number; different: number }> {
  const { rows } = await db.pool.query<{ postings: number; jobs: number; different: number }>(
    `select (select count(*)::int from posting) as postings, (select count(*)::int from job) as jobs,
       (select count(distinct native_id)::int from posting) as different`,
  );
  return rows[0]!;
}

describe.each(BACKENDS)('with the queue in $name', ({ redisUrl: redis }) => {
  async function scan() {
    const [{ url, db }, redisUrl, lever] = await Promise.all([testDatabase(), redis(), slowLever(BOARDS)]);
    await addBoards(db, ...lever.tokens.map((token) => `lever/${token}`));
    const queue = openUnitQueue(await createQueueKit({ redisUrl, databaseUrl: url, onError: () => undefined }));
    atEnd(() => queue.close());
    const request = { trigger: 'cli', requestedBy: null, sources: ['lever'], keys: {} } as const;
    const { id } = await createScan(db, request, queue);
    const worker = () =>
      start('worker/main.ts', [], {
        DATABASE_URL: url,
        REDIS_URL: redisUrl,
        SOURCE_URL_LEVER: lever.url,
        TASK_LOCK_MS: '2000',
        WORKER_CONCURRENCY: '3',
        SHUTDOWN_TIMEOUT_MS: '3000',
      });
    return { db, lever, id, worker, view: async () => (await readScan(db, id))! };
  }
  const ended = (s: Awaited<ReturnType<typeof scan>>) =>
    until(async () => ((await s.view()).finishedAt === null ? undefined : await s.view()), { timeoutMs: 50_000 });
  const attempts = async (db: Database) =>
    (await db.sql.selectFrom('scan_unit').select('attempts').execute()).map((row) => row.attempts).toSorted();

  test('a worker killed with -9 in the middle of three boards loses nothing and stores nothing twice', async () => {
    const s = await scan();
    const first = s.worker();
    await until(() => s.lever.held() === 3, { timeoutMs: 50_000 });
    expect((await count(s.db)).postings).toBe(300);
    await first.kill();
    s.lever.release();
    s.worker();
    const view = await ended(s);
    const all = BOARDS * s.lever.postingsPerBoard;
    expect(view).toMatchObject({ state: 'success', reason: null, found: all, kept: all, new: all, changed: 0 });
    // Three boards were asked for two pages by the worker that died; what it did not write down is not counted.
    expect(view.requests).toBeGreaterThanOrEqual(BOARDS * 3);
    expect(await count(s.db)).toEqual({ postings: all, jobs: all, different: all });
    expect(await attempts(s.db)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  test('a scan whose worker is killed ends without it, through the one that is left', async () => {
    const s = await scan();
    const [first] = [s.worker(), s.worker()];
    await until(() => s.lever.held() === 6, { timeoutMs: 50_000 });
    await first.kill();
    s.lever.release();
    const all = BOARDS * s.lever.postingsPerBoard;
    expect(await ended(s)).toMatchObject({ state: 'success', found: all, new: all });
    expect(await count(s.db)).toEqual({ postings: all, jobs: all, different: all });
    expect((await attempts(s.db)).filter((n) => n === 2)).toHaveLength(3);
  });

  test('a worker that is told to stop gives its units back, and that is no attempt', async () => {
    const s = await scan();
    const first = s.worker();
    await until(() => s.lever.held() === 3, { timeoutMs: 50_000 });
    expect(await first.stop()).toBe(0);
    expect(await attempts(s.db)).toEqual([0, 0, 0, 0, 0, 0]);
    s.lever.release();
    s.worker();
    const all = BOARDS * s.lever.postingsPerBoard;
    expect(await ended(s)).toMatchObject({ state: 'success', found: all, new: all });
    expect(await attempts(s.db)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
