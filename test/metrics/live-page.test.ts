/** /metrics of the whole system after a scan of a played internet. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { ScanView } from '../../shared/db/scans/read.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase } from '../db.ts';
import { DEMO_BOARDS_FILE, DEMO_KEYS, demoData } from '../internet/demo-data.ts';
import { startInternet } from '../internet/internet.ts';
import { startSystem } from '../system.ts';
import { findTool } from '../tools.ts';
import { until } from '../until.ts';
import { documentedMetrics } from './documented.ts';
import { sampleOf, samplesOf, typesOf } from './page.ts';

/** Shown only while there is something to show: requests of libuv under way, faults that a sound system does not have, Redis. */
const MAY_BE_EMPTY = [
  'nodejs_active_requests',
  'metrics_bus_conflicts_total',
  'metrics_bus_series_dropped_total',
  'metrics_bus_collect_errors_total',
  'metrics_bus_redis_up',
];
const WORKERS = 2;

let page: string;
let scan: ScanView;

beforeAll(async () => {
  const internet = await startInternet(demoData());
  atEnd(() => internet.close());
  const urls = Object.entries(internet.urls).map(([name, url]) => [`SOURCE_URL_${name.toUpperCase()}`, url]);
  const system = await startSystem({
    settings: {
      DATABASE_URL: await createTestDatabase(),
      WORKER_PROCESSES: `${WORKERS}`,
      BOARDS_FILE: DEMO_BOARDS_FILE,
      // Far from now, so that no scan comes in between.
      SCAN_CRON: '0 0 1 1 *',
      DEPLOYMENT: 'test',
      REVISION: 'abc1234',
      // A source at another address has no budget but the one that it is given.
      SOURCE_BUDGET_ADZUNA: 'day:1000,month:20000',
      ...DEMO_KEYS,
      ...Object.fromEntries(urls),
    },
  });
  await system.ready();
  const { id } = (await (await system.call('POST', '/admin/run-scan')).json()) as { id: string };
  scan = await until(
    async () => {
      const view = (await (await system.call('GET', `/api/v1/scans/${id}`)).json()) as ScanView;
      return view.finishedAt !== null && view;
    },
    { timeoutMs: 60_000, what: 'the scan has ended' },
  );
  await system.call('GET', '/api/v1/jobs');
  const tasks = scan.units.total - scan.units.waitingForKey;
  // Numbers of database and queue are up to ten seconds old, and a unit ends before its task does.
  page = await until(
    async () => {
      const text = await (await system.call('GET', '/metrics')).text();
      const isIdle =
        sampleOf(text, 'bullmq_job_count', { queue: 'units' }) === 0 &&
        sampleOf(text, 'bullmq_job_completed_total', { queue: 'units' }) === tasks;
      return isIdle && sampleOf(text, 'iam_scan_jobs_found_last') === scan.found && text;
    },
    { timeoutMs: 30_000, everyMs: 500, what: 'the page shows the scan' },
  );
}, 180_000);

describe('the page of a running system', () => {
  test('shows what docs/metrics.md lists, and nothing else', () => {
    const documented = documentedMetrics().map(({ name, kind }) => [name, kind]);
    const shown = typesOf(page);
    expect([...shown].filter(([name, kind]) => !documented.some((row) => row[0] === name && row[1] === kind))).toEqual(
      [],
    );
    expect(documented.filter(([name]) => !shown.has(name!) && !MAY_BE_EMPTY.includes(name!))).toEqual([]);
  });

  test('has a sample for each of them, with the labels that the list names', () => {
    const samples = samplesOf(page);
    for (const { name, kind, labels } of documentedMetrics()) {
      const own = samples.filter((sample) =>
        kind === 'histogram' ? sample.name === `${name}_count` : sample.name === name,
      );
      if (!MAY_BE_EMPTY.includes(name)) expect([name, own.length > 0]).toEqual([name, true]);
      for (const sample of own) expect([name, Object.keys(sample.labels).sort()]).toEqual([name, [...labels].sort()]);
    }
  });

  test.skipIf(findTool('promtool') === undefined)('passes promtool, but for two names that came from elsewhere', () => {
    const { stdout, stderr } = spawnSync(findTool('promtool') ?? '', ['check', 'metrics'], {
      input: page,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`.trim().split('\n').sort()).toEqual([
      'bullmq_job_count non-histogram and non-summary metrics should not have "_count" suffix',
      'iam_jobs_total non-counter metrics should not have "_total" suffix',
    ]);
  });

  test('stays small, and no label holds an id, an address or what somebody typed', () => {
    const samples = samplesOf(page);
    expect(samples.length).toBeLessThan(9000);
    const values = new Set(
      samples.flatMap(({ labels }) => Object.entries(labels)).map(([name, value]) => `${name}=${value}`),
    );
    // Room for real ones; those of an id would be hundreds after one scan.
    expect(values.size).toBeLessThan(400);
    expect(
      [...values].filter((value) => /[0-9a-f]{8}-|https?:|\d{5,}|@/.test(value) && !value.startsWith('le=')),
    ).toEqual([]);
    expect([...values].filter((value) => /^(id|user|user_id|job_id|scan_id|board|company|url)=/.test(value))).toEqual(
      [],
    );
  });

  test('holds numbers only, none of them below zero, and histograms that add up', () => {
    const samples = samplesOf(page);
    expect(samples.filter(({ value }) => !Number.isFinite(value) || value < 0)).toEqual([]);
    const count = new Map(
      samples.filter((s) => s.name.endsWith('_count')).map((s) => [key(s.name.slice(0, -6), s.labels), s.value]),
    );
    const ends = samples.filter(({ labels }) => labels.le === '+Inf');
    expect(ends.length).toBeGreaterThan(100);
    for (const { name, labels, value } of ends)
      expect([name, labels, value]).toEqual([name, labels, count.get(key(name.slice(0, -7), labels))]);
  });
});

function key(name: string, { le: _, ...labels }: Readonly<Record<string, string>>): string {
  return `${name} ${JSON.stringify(labels)}`;
}

describe('after one scan the page says', () => {
  test('what the scan says of itself, and that one board is gone', () => {
    expect(scan).toMatchObject({ state: 'partial', reason: expect.stringMatching(/closedforgood.*404/) });
    expect(sampleOf(page, 'iam_scan_runs_total', { status: 'partial' })).toBe(1);
    expect(sampleOf(page, 'iam_scan_runs_total')).toBe(1);
    expect(sampleOf(page, 'scan_duration_seconds_count')).toBe(1);
    expect(sampleOf(page, 'scan_errors_total', { error_type: 'http_4xx' })).toBe(1);
    expect(sampleOf(page, 'scan_errors_total')).toBe(1);
    // One board is gone, and every source answered all the same.
    const seconds = Number(sampleOf(page, 'iam_last_successful_scan_timestamp'));
    expect(Math.abs(seconds * 1000 - Date.parse(String(scan.finishedAt)))).toBeLessThan(1000);
    expect(sampleOf(page, 'iam_scan_new_jobs_last')).toBe(scan.new);
    // Several sources list the same openings, which are one job each.
    const jobs = sampleOf(page, 'iam_jobs_total') ?? 0;
    expect(jobs).toBeGreaterThan(scan.new / 2);
    expect(jobs).toBeLessThanOrEqual(scan.new);
    expect(sampleOf(page, 'iam_jobs_new_this_week')).toBe(jobs);
    expect(sampleOf(page, 'iam_scan_in_progress')).toBe(0);
    expect(sampleOf(page, 'external_api_requests_total')).toBe(scan.requests);
    expect(sampleOf(page, 'external_api_duration_seconds_count')).toBe(scan.requests);
    expect(sampleOf(page, 'external_api_errors_total', { api_name: 'lever', error_type: 'http_4xx' })).toBe(1);
    expect(sampleOf(page, 'external_api_errors_total')).toBe(1);
  });

  test.each(SOURCE_NAMES)('what came of %s', (source) => {
    // The played internet does not have boards of every source.
    const result = scan.sourceResults.find((r) => r.source === source);
    const read = result === undefined || result.state === 'waiting_for_key' ? 0 : 1;
    expect(sampleOf(page, 'iam_source_scans_total', { source, status: 'success' })).toBe(read);
    expect(sampleOf(page, 'iam_source_scans_total', { source, status: 'failed' })).toBe(0);
    expect(sampleOf(page, 'iam_source_jobs_found_last', { source })).toBe(result?.found ?? 0);
    expect(sampleOf(page, 'iam_source_enabled', { source })).toBe(1);
    const ago = Date.now() / 1000 - sampleOf(page, 'iam_source_last_success_timestamp_seconds', { source })!;
    expect(ago < 600).toBe(read === 1);
    // From one New Year to the next, a leap year at the most.
    expect(sampleOf(page, 'iam_source_expected_interval_seconds', { source })).toBe(366 * 86_400);
  });

  test('something of at least five sources', () => {
    expect(scan.sourceResults.filter(({ found }) => found > 0).length).toBeGreaterThanOrEqual(5);
  });

  test('what the queue and its workers did', () => {
    const tasks = scan.units.total - scan.units.waitingForKey;
    expect(sampleOf(page, 'bullmq_job_completed_total', { queue: 'units' })).toBe(tasks);
    expect(sampleOf(page, 'bullmq_job_failed_total', { queue: 'units' })).toBe(0);
    expect(sampleOf(page, 'bullmq_job_wait_seconds_count', { queue: 'units' })).toBe(tasks);
    expect(
      sampleOf(page, 'bullmq_job_duration_seconds_count', { queue: 'units', job_type: 'unit', status: 'completed' }),
    ).toBe(tasks);
    expect(sampleOf(page, 'bullmq_queue_workers', { queue: 'units' })).toBe(WORKERS);
    expect(sampleOf(page, 'bullmq_queue_workers', { queue: 'timetable' })).toBe(1);
    expect(sampleOf(page, 'bullmq_queue_paused')).toBe(0);
    expect(sampleOf(page, 'bullmq_job_count', { queue: 'units' })).toBe(0);
    // The next slot.
    expect(sampleOf(page, 'bullmq_job_count', { queue: 'timetable', state: 'delayed' })).toBe(1);
    expect(sampleOf(page, 'bullmq_queue_oldest_waiting_age_seconds')).toBe(0);
  });

  test('what the processes are and hold', () => {
    for (const role of ['api', 'worker', 'scheduler', 'supervisor']) {
      const of = (name: string) => sampleOf(page, name, { role }) ?? Number.NaN;
      expect(of('process_memory_bytes')).toBeGreaterThan(20e6);
      expect(of('process_memory_utilization_ratio')).toBeGreaterThan(0);
      expect(of('process_memory_utilization_ratio')).toBeLessThan(1);
      expect(of('nodejs_eventloop_utilization_ratio')).toBeLessThanOrEqual(1);
    }
    const limit = (role: string) => sampleOf(page, 'process_memory_limit_bytes', { role });
    expect(limit('worker')).toBe(WORKERS * limit('api')!);
    const build = {
      version: packageJson.version,
      revision: 'abc1234',
      node_version: process.versions.node,
      deployment: 'test',
    };
    expect(sampleOf(page, 'iam_build_info', build)).toBe(1);
    expect(sampleOf(page, 'db_connections_max')).toBeGreaterThan(sampleOf(page, 'db_connections_active')!);
    expect(sampleOf(page, 'db_connection_acquire_duration_seconds_count')).toBeGreaterThan(scan.units.total);
    expect(
      sampleOf(page, 'db_operations_total', { operation: 'insert', table: 'posting', status: 'success' }),
    ).toBeGreaterThan(0);
    expect(sampleOf(page, 'database_errors_total')).toBe(0);
    expect(sampleOf(page, 'application_errors_total')).toBe(0);
    expect(sampleOf(page, 'iam_stats_refresh_errors_total')).toBe(0);
    expect(sampleOf(page, 'http_requests_total', { endpoint: '/api/v1/jobs', method: 'GET', status_code: '200' })).toBe(
      1,
    );
  });
});
