import { describe, expect, test } from 'vitest';
import { testDatabase } from '../db.ts';
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

  test('is a 503 that says what happens next when the hub cannot be reached', async () => {
    const readMetrics = () => Promise.reject(new Error('socket is gone'));
    const { status, json, text } = await (await startServer(db, { readMetrics })).get('/metrics');
    expect([status, json.type]).toEqual([503, '/problems/metrics-unavailable']);
    expect(text).not.toContain('socket');
  });

  test('hands on what the reader accepts, and which part of the fleet is asked for', async () => {
    const asked: unknown[] = [];
    const readMetrics = async (ask: unknown) => {
      asked.push(ask);
      return { contentType: 'text/plain; version=0.0.4; charset=utf-8', body: Buffer.from('a 1\n') };
    };
    const { get } = await startServer(db, { readMetrics });
    const headers = { accept: 'text/plain', 'accept-encoding': 'gzip', 'x-prometheus-scrape-timeout-seconds': '10' };
    expect((await get('/metrics?scope=host', headers)).text).toBe('a 1\n');
    await get('/metrics?by=process');
    expect((await get('/metrics?by=job')).status).toBe(422);
    expect(asked).toMatchObject([
      { scope: 'host', accept: 'text/plain', acceptEncoding: 'gzip', timeoutSeconds: 10 },
      { by: 'process' },
    ]);
  });
});
