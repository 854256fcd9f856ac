import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Counter } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { metricsHandler } from '../../shared/metrics-bus/http.ts';
import type { Ask, Page } from '../../shared/metrics-bus/page.ts';
import { atEnd } from '../at-end.ts';
import { startAgent, startHub } from './bus.ts';

const TOKEN = 'a-token-of-sufficient-length-0123';

async function serve(options: { tokens?: string[]; scrape?: (ask: Ask) => Promise<Page> } = {}) {
  const hub = await startHub({ thread: true });
  const { agent, registers } = startAgent(hub);
  new Counter({ name: 'events_total', help: 'h', registers }).inc(4);
  await agent.joined;
  const handler = metricsHandler({ scrape: (ask) => hub.scrape(ask), ...options });
  const server = createServer((req, res) => void handler(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (headers: Record<string, string> = {}, path = '/metrics', method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const req = request({ host: '127.0.0.1', port, path, method, headers }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk) => chunks.push(chunk));
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) }),
        );
      });
      req.on('error', reject).end();
    });
}

describe('GET /metrics', () => {
  test('answers in the format and packing that is asked for, and says so', async () => {
    const get = await serve();
    const plain = await get();
    expect(plain).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', vary: 'Accept, Accept-Encoding' },
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toContain('# TYPE events_total counter\nevents_total 4\n');
    const packed = await get({
      accept: 'application/openmetrics-text;version=1.0.0',
      'accept-encoding': 'gzip',
      'x-prometheus-scrape-timeout-seconds': '1',
    });
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    });
    expect(gunzipSync(packed.body).toString()).toMatch(/# TYPE events counter\nevents_total 4\n[\s\S]*# EOF\n$/);
    expect((await get({}, '/metrics?by=process&scope=host')).body.toString()).toContain(
      'events_total{proc="test-1",role="test"} 4',
    );
  });

  test('packed and plain are the same page', async () => {
    const page = { contentType: 'text/plain', body: Buffer.from('x 1\n') };
    const get = await serve({ scrape: async () => page });
    expect((await get({ 'accept-encoding': 'gzip' })).body.toString()).toBe('x 1\n');
    const hub = await startHub();
    const { agent } = startAgent(hub);
    await agent.joined;
    const [plain, packed] = await Promise.all([hub.scrape(), hub.scrape({ acceptEncoding: 'gzip' })]);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  });

  test('answers HEAD without a body, and no other method', async () => {
    const get = await serve();
    expect(await get({}, '/metrics', 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(await get({}, '/metrics', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('without a token is for this machine only, and not through a proxy', async () => {
    const get = await serve();
    expect((await get()).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect(await get({ [header]: '127.0.0.1' })).toMatchObject({ status: 404, body: Buffer.from('Not found.\n') });
    }
  });

  test('with tokens opens to each of them, and to nothing else', async () => {
    const get = await serve({ tokens: [TOKEN, `${TOKEN}-next`] });
    const status = async (authorization?: string) =>
      (await get(authorization === undefined ? {} : { authorization })).status;
    expect(await status(`Bearer ${TOKEN}`)).toBe(200);
    expect(await status(`bearer ${TOKEN}-next`)).toBe(200);
    for (const wrong of [undefined, 'Bearer ', `Bearer ${TOKEN}x`, TOKEN, `Basic ${TOKEN}`])
      expect(await status(wrong)).toBe(404);
  });

  test('says 503 when the hub cannot be reached', async () => {
    const get = await serve({ scrape: () => Promise.reject(new Error('gone')) });
    expect(await get()).toMatchObject({ status: 503 });
  });
});
