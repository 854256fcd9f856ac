import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { route } from '../../api/route.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase, testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { startRelay } from './relay.ts';
import { asAdmin, startServer } from './server.ts';

/** Value of one series of this process, 0 when it does not exist. */
async function metric(name: string, labels: Record<string, string>): Promise<number> {
  const found = (await registry.getMetricsAsJSON()).find((m) => m.name === name);
  const values = (found?.values ?? []) as { labels: Record<string, string>; value: number }[];
  return values
    .filter((v) => Object.entries(labels).every(([key, value]) => v.labels[key] === value))
    .reduce((sum, v) => sum + v.value, 0);
}

const waiting: (() => void)[] = [];
const get = (path: `/${string}`, handle: Parameters<typeof route>[1]) =>
  route(
    {
      method: 'GET',
      path,
      summary: 'test',
      auth: 'public',
      params: z.any(),
      responses: { 200: { about: 'x', type: 'text/' } },
    },
    handle as never,
  );
const ROUTES = [
  get('/throws/:id/now', () => {
    throw new Error('inner detail');
  }),
  get('/rejects/:id', async () => Promise.reject(new TypeError('inner detail'))),
  get('/throws-nothing/:id', () => {
    throw undefined;
  }),
  get('/half/:id', ({ res }) => {
    res.write('half');
    throw new Error('inner detail');
  }),
  get('/slow/:id', async ({ res }) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (!res.destroyed) res.type('text/plain').send('late');
  }),
];

const { db } = await testDatabase();
const server = await startServer(db, { routes: ROUTES });

describe('a handler that fails', () => {
  test.each([
    ['/throws/:id/now', 'Error'],
    ['/rejects/:id', 'TypeError'],
    // Express makes an error of nothing.
    ['/throws-nothing/:id', 'Error'],
  ])(
    '%s: a 500 that tells nothing, counted under the full pattern as %s, logged once with its request id',
    async (endpoint, error_type) => {
      const answer = await server.get(endpoint.replace(':id', '4711'));
      expect(answer.json).toEqual({
        type: '/problems/internal-error',
        title: 'Something broke here',
        status: 500,
        requestId: answer.headers['x-request-id'],
      });
      expect(await metric('http_requests_total', { endpoint, status_code: '500' })).toBe(1);
      expect(await metric('http_requests_in_progress', { endpoint })).toBe(0);
      expect(await metric('application_errors_total', { error_type, endpoint, severity: 'critical' })).toBe(1);
      const lines = server.logged.filter((line) => line.requestId === answer.json.requestId && line.level === 50);
      expect(lines).toHaveLength(1);
    },
  );

  test('after half of its answer breaks the connection, so that half never looks like a whole', async () => {
    await expect(server.get('/half/1')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    await until(async () => (await metric('http_requests_total', { endpoint: '/half/:id' })) === 1);
    expect(await metric('http_requests_total', { endpoint: '/half/:id', status_code: '499' })).toBe(1);
  });
});

describe('counting', () => {
  test('a client that goes away is a 499, and in progress while it waited', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /slow/1 HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    await until(() => waiting.length === 1);
    expect(await metric('http_requests_in_progress', { endpoint: '/slow/:id' })).toBe(1);
    socket.destroy();
    await until(async () => (await metric('http_requests_total', { endpoint: '/slow/:id', status_code: '499' })) === 1);
    expect(await metric('http_requests_in_progress', { endpoint: '/slow/:id' })).toBe(0);
    waiting.pop()?.();
    await server.get('/nowhere');
    expect(await metric('http_requests_total', { endpoint: '/slow/:id' })).toBe(1);
  });

  test('what has no route is `unmatched`, files are `static`, strange methods are OTHER: never an address', async () => {
    await server.get('/nowhere/4711');
    await server.get('/static/4711.css');
    await server.get('/%E0%A4%A');
    const text = await registry.metrics();
    expect(text).toMatch(/http_requests_total\{method="GET",endpoint="static",status_code="404"\} \d/);
    expect(text).toMatch(/http_requests_total\{method="GET",endpoint="unmatched",status_code="404"\} \d/);
    expect(text).not.toContain('4711');
  });

  test('a 304 and a refused token count under their own status', async () => {
    const real = await startServer(db);
    const { headers } = await real.get('/api/v1/sources');
    await real.get('/api/v1/sources', { 'if-none-match': String(headers.etag) });
    await real.post('/admin/run-scan');
    expect(await metric('http_requests_total', { endpoint: '/api/v1/sources', status_code: '304' })).toBe(1);
    expect(await metric('http_requests_total', { endpoint: '/admin/run-scan', status_code: '401' })).toBe(1);
  });
});

describe('a database that is away', () => {
  test('is a 503 that says so, on every address that needs it, and all is well when it is back', async () => {
    const relay = await startRelay(await createTestDatabase());
    const away = await openDatabase(relay.url, 'test');
    atEnd(() => away.close());
    const server = await startServer(away);
    expect((await server.get('/readyz')).json).toEqual({
      status: 'ready',
      checks: { database: 'ok', migrations: 'ok', queue: 'ok' },
    });

    await relay.cut();
    for (const path of ['/', '/api/v1/jobs', '/api/v1/jobs/1', '/api/v1/scans', '/api/v1/sources', '/scans']) {
      const { status, json, headers, text } = await server.get(path);
      expect([path, status, json.type, headers['retry-after']]).toEqual([
        path,
        503,
        '/problems/database-unavailable',
        '5',
      ]);
      expect(text).not.toMatch(/127\.0\.0\.1|ECONN|password/);
    }
    expect((await server.post('/api/v1/scans', undefined, asAdmin)).status).toBe(503);
    expect((await server.get('/healthz')).status).toBe(200);
    const notReady = await server.get('/readyz');
    expect([notReady.status, notReady.json.type]).toEqual([503, '/problems/not-ready']);
    expect(notReady.json.checks.database).not.toBe('ok');

    await relay.open();
    await until(async () => (await server.get('/api/v1/jobs')).status === 200);
    expect((await server.get('/readyz')).status).toBe(200);
  });
});

describe('GET /readyz', () => {
  test('names what is wrong to this machine only', async () => {
    const queue = { enqueue: async () => undefined, ping: async () => Promise.reject(new Error('no queue today')) };
    const { get } = await startServer(db, { queue });
    const here = await get('/readyz');
    expect(here.json.checks).toEqual({ database: 'ok', migrations: 'ok', queue: 'no queue today' });
    for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { host: 'elsewhere.example' }]) {
      const elsewhere = await get('/readyz', headers as Record<string, string>);
      expect([elsewhere.status, elsewhere.json.checks]).toEqual([503, undefined]);
    }
  });

  test('is not ready while the server ends, and before all migrations have run', async () => {
    const ending = await startServer(db, { isEnding: () => true });
    expect((await ending.get('/readyz')).json.checks).toMatchObject({ process: 'ending' });
    const { db: behind } = await testDatabase();
    await behind.pool.query('delete from migration');
    const { json } = await (await startServer(behind)).get('/readyz');
    expect(json.checks.migrations).toMatch(/^not run: Migration/);
  });
});
