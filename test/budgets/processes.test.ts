/**
 * The proof with real processes: two schedulers, four workers, some of them killed while they hold bookings. A worker between its
 * booking and its call is the usual case here, because the pace makes each of them wait for its moment.
 */
import { describe, expect, test } from 'vitest';
import { createScan } from '../../shared/db/scans/create.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openUnitQueue } from '../../shared/queues/units.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { start } from '../crash/processes.ts';
import { testDatabase } from '../db.ts';
import { type InternetData, startInternet } from '../internet/internet.ts';
import { addBoards } from '../scans/helpers.ts';
import { manyRows } from '../sources/kit.ts';
import { until } from '../until.ts';

const BOARDS = 36;
const CEILING = 24;
const UNITS_AT_ONCE = 3;
const KILLS = 2;
const WAIT = { timeoutMs: 110_000 };

describe.each(BACKENDS)('a budget with the queue in $name', (backend) => {
  test('is never overspent by four workers and two schedulers, some of which are killed, and the scan ends', async () => {
    const [{ db, url }, redisUrl] = await Promise.all([testDatabase(), backend.redisUrl()]);
    const tokens = Array.from({ length: BOARDS }, (_, i) => `board-${i}`);
    const data = Object.fromEntries(SOURCE_NAMES.map((name) => [name, {}])) as InternetData;
    data.greenhouse = Object.fromEntries(tokens.map((token) => [token, manyRows('greenhouse', 1)]));
    const internet = await startInternet(data);
    atEnd(() => internet.close());
    await addBoards(db, ...tokens.map((token) => `greenhouse/${token}`));
    const env = {
      DATABASE_URL: url,
      REDIS_URL: redisUrl,
      SCAN_CRON: 'off',
      SOURCE_URL_GREENHOUSE: internet.urls.greenhouse,
      SOURCE_BUDGET_GREENHOUSE: `lifetime:${CEILING},pace:5,calls:12`,
      TASK_LOCK_MS: '2000',
      WORKER_CONCURRENCY: `${UNITS_AT_ONCE}`,
    };
    const worker = () => start('worker/main.ts', [], env);
    const queue = openUnitQueue(await createQueueKit({ redisUrl, databaseUrl: url, onError: () => undefined }));
    atEnd(() => queue.close());
    for (let i = 0; i < 2; i++) start('scheduler/main.ts', [], env);
    const workers = Array.from({ length: 4 }, worker);
    const request = { trigger: 'cli', requestedBy: null, sources: ['greenhouse'], keys: {} } as const;
    const { id } = await createScan(db, request, queue);

    for (const [i, killed] of workers.slice(0, KILLS).entries()) {
      await until(() => internet.requests.length >= 4 * (i + 1), { ...WAIT, what: 'requests were made' });
      await killed.kill();
      worker();
    }
    const view = await until(
      async () => {
        const now = await readScan(db, id);
        return now?.finishedAt != null && now;
      },
      { ...WAIT, what: 'the scan has ended' },
    );

    const { rows } = await db.pool.query<{ spent: number; wait: number }>(
      `select (select spent from budget where source = 'greenhouse' and period = 'lifetime') as spent,
        (select coalesce(max(extract(epoch from waits_until - waits_since)), 0)::float8 from scan_unit) as wait`,
    );
    const [{ spent, wait } = { spent: 0, wait: 0 }] = rows;
    expect(internet.requests.length).toBeLessThanOrEqual(CEILING);
    expect(spent).toBeLessThanOrEqual(CEILING);
    expect(spent).toBeGreaterThanOrEqual(internet.requests.length);
    // A killed worker may have booked for all of its units and made none of the calls: too little is spent then, never too much.
    const lost = KILLS * UNITS_AT_ONCE;
    expect(internet.requests.length).toBeGreaterThanOrEqual(CEILING - lost - 2);
    expect(view.units).toMatchObject({ total: BOARDS, done: BOARDS });
    const answered = new Set(internet.requests.map(({ path }) => path)).size;
    expect(view.units.success).toBeLessThanOrEqual(answered);
    expect(view.units.success).toBeGreaterThanOrEqual(answered - lost);
    expect(view.reason).toMatch(
      /not asked: Greenhouse has no request of this lifetime left: not before the key changes/,
    );
    // Nobody is told to come later than the whole line takes, all boards at five a second and a killed worker's calls included.
    expect(wait).toBeLessThan(100);
  }, 300_000);
});
