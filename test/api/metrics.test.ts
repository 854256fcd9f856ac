import { describe, expect, test } from 'vitest';
import { readBusinessStats } from '../../api/queries/stats.ts';
import { MetricsIncompleteError } from '../../shared/metrics/cluster.ts';
import { testDatabase } from '../db.ts';
import { insertBoard } from './rows.ts';
import { startServer } from './server.ts';

const TOKEN = 'f3a9c1d47b60e582f3a9c1d47b60e582';
const { db } = await testDatabase();

describe('GET /metrics', () => {
  test('is the text format, for this machine', async () => {
    const { get } = await startServer(db);
    await get('/api/v1/jobs');
    const { status, headers, text } = await get('/metrics');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
    expect(text).toMatch(/^http_requests_total\{method="GET",endpoint="\/api\/v1\/jobs",status_code="200"\} \d+$/m);
    expect(text).toMatch(/^db_operations_total\{operation="select",table="job",status="success"\} [1-9]/m);
  });

  test('does not exist for a reader behind a proxy, nor under a foreign name', async () => {
    const { get } = await startServer(db);
    for (const headers of [
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { host: 'rebound.example' },
    ]) {
      const answer = await get('/metrics', headers as Record<string, string>);
      expect([answer.status, answer.json.type]).toEqual([404, '/problems/not-found']);
    }
  });

  test('with METRICS_TOKEN is for whoever sends it, by any name and through any proxy, and for nobody else', async () => {
    const { get } = await startServer(db, { config: { metricsToken: TOKEN } as never });
    const good = { authorization: `Bearer ${TOKEN}`, host: '10.1.2.3:5000', 'x-forwarded-for': '10.0.0.1' };
    expect((await get('/metrics', good)).status).toBe(200);
    for (const authorization of ['', 'Bearer ', `Bearer ${TOKEN}0`, `Basic ${TOKEN}`])
      expect((await get('/metrics', { authorization })).status).toBe(404);
    expect((await get('/metrics')).status).toBe(404);
  });

  test('with METRICS_PORT is not on PORT: the supervisor serves it there', async () => {
    const main = await startServer(db, { config: { metricsPort: 9464 } as never });
    expect((await main.get('/metrics')).status).toBe(404);
    expect((await main.get('/healthz')).status).toBe(200);
  });

  test('names the process that did not answer, in a 503, instead of numbers that are too small', async () => {
    const readMetrics = () => Promise.reject(new MetricsIncompleteError(['worker 2 (pid 4711)']));
    const { status, json } = await (await startServer(db, { readMetrics })).get('/metrics');
    expect([status, json.type, json.silent]).toEqual([503, '/problems/metrics-incomplete', ['worker 2 (pid 4711)']]);
  });
});

describe('the business gauges', () => {
  test('are all zero in an empty database', async () => {
    const { db } = await testDatabase();
    expect(await readBusinessStats(db)).toEqual({
      jobsTotal: 0,
      jobsNewThisWeek: 0,
      lastSuccessfulScanAt: 0,
      lastScanFound: 0,
      lastScanNew: 0,
      scansInProgress: 0,
    });
  });

  test('come from the counts of days and from the scans that ended', async () => {
    const { db } = await testDatabase();
    await db.pool.query(`insert into stats_day (day, jobs_new, jobs_closed) values
      ((now() at time zone 'UTC')::date, 5, 1), ((now() at time zone 'UTC')::date - 6, 3, 0),
      ((now() at time zone 'UTC')::date - 7, 20, 4), ('2020-01-01', 100, 0)`);
    const board = await insertBoard(db, 'lever');
    const scan = async (state: string, requested: string, finished: string | null, found: number) => {
      const { rows } = await db.pool.query(
        `insert into scan (trigger, sources, state, requested_at, finished_at) values ('cli', '{lever}', $1, $2, $3) returning id`,
        [state, requested, finished],
      );
      await db.pool.query(
        `insert into scan_unit (scan_id, source, board_id, found, kept, rejected, new, unchanged) values ($1, 'lever', $2, $3, $3, 0, 2, $3 - 2)`,
        [rows[0].id, board, found],
      );
    };
    await scan('success', '2026-11-20T00:00:00Z', '2026-11-20T00:05:00Z', 11);
    await scan('partial', '2026-11-21T00:00:00Z', '2026-11-21T00:05:00Z', 7);
    await scan('running', '2026-11-22T00:00:00Z', null, 2);
    expect(await readBusinessStats(db)).toEqual({
      jobsTotal: 128,
      jobsNewThisWeek: 8,
      lastSuccessfulScanAt: Date.parse('2026-11-20T00:05:00Z') / 1000,
      lastScanFound: 7,
      lastScanNew: 2,
      scansInProgress: 1,
    });
  });
});
