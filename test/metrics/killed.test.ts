/** /metrics of the product while its processes are killed, stopped and started again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScanView } from '../../shared/db/scans/read.ts';
import { isAlive } from '../../shared/embedded/running.ts';
import { slowLever } from '../crash/slow-lever.ts';
import { createTestDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';
import { sampleOf } from './page.ts';
import { fallen, totalsOf, watchPage } from './page-watch.ts';

const BOARDS = 4;

test('no counter goes back and no scrape fails when a worker is killed in mid-scan, another is stopped, and all are started again', async () => {
  const lever = await slowLever(BOARDS);
  const boards = join(testFolder(), 'boards.json');
  writeFileSync(boards, JSON.stringify(lever.tokens.map((token) => ({ source: 'lever', token }))));
  const settings = {
    DATABASE_URL: await createTestDatabase(),
    WORKER_PROCESSES: '2',
    TASK_LOCK_MS: '2000',
    SOURCES: 'lever',
    SOURCE_URL_LEVER: lever.url,
    BOARDS_FILE: boards,
  };
  const first = await startSystem({ settings });
  await first.ready();
  const page = async () => (await first.call('GET', '/metrics')).text();
  const count = async (name: string, labels = {}) => sampleOf(await page(), name, labels);
  const worker = { role: 'worker' };
  const { id } = (await (await first.call('POST', '/admin/run-scan')).json()) as { id: string };
  await until(() => lever.held() === BOARDS, { timeoutMs: 20_000 });
  const watch = watchPage(`${first.address}/metrics`);
  const limit = (await count('process_memory_limit_bytes', { role: 'api' })) ?? 0;
  await until(async () => (await count('process_memory_limit_bytes', worker)) === 2 * limit);

  // One is killed: the very next page is without its gauges, and its counters stay.
  const [victim, other] = first.processes().filter(({ role }) => role === 'worker');
  const before = totalsOf(await page());
  process.kill(victim!.pid, 'SIGKILL');
  await until(() => !isAlive(victim!.pid), { everyMs: 1 });
  const after = await page();
  expect(sampleOf(after, 'process_memory_limit_bytes', worker)).toBe(limit);
  expect(sampleOf(after, 'metrics_bus_processes', worker)).toBe(1);
  expect(fallen(before, totalsOf(after))).toEqual([]);
  lever.release();
  const scan = await until(
    async () => {
      const view = (await (await first.call('GET', `/api/v1/scans/${id}`)).json()) as ScanView;
      return view.finishedAt !== null && view;
    },
    { timeoutMs: 40_000, what: 'the scan has ended' },
  );
  expect(scan.state).toBe('success');
  await until(async () => (await count('metrics_bus_processes', worker)) === 2);

  // The other one is stopped: pages go on without waiting for it.
  process.kill(other!.pid, 'SIGSTOP');
  const isStale = (is: 0 | 1) => until(async () => (await count('metrics_bus_stale_processes', worker)) === is);
  await isStale(1);
  const readsBefore = watch.reads;
  await until(() => watch.reads >= readsBefore + 10);
  process.kill(other!.pid, 'SIGCONT');
  await isStale(0);
  await watch.stop();
  expect(watch.failures).toEqual([]);
  expect(watch.falls).toEqual([]);

  // All are started again, and totals go on.
  await first.call('GET', '/api/v1/jobs');
  const last = await page();
  expect(sampleOf(last, 'iam_scan_runs_total')).toBe(1);
  expect(await first.stop()).toBe(0);
  const second = await startSystem({ settings: { ...settings, DATA_DIR: first.dataDir } });
  await second.ready();
  await second.call('GET', '/api/v1/jobs');
  const jobs = { endpoint: '/api/v1/jobs', status_code: '200' };
  const again = await until(async () => {
    const text = await (await second.call('GET', '/metrics')).text();
    return sampleOf(text, 'http_requests_total', jobs) === 2 && text;
  });
  expect(fallen(totalsOf(last), totalsOf(again))).toEqual([]);
  expect(await second.stop()).toBe(0);
});
