import { describe, expect, test } from 'vitest';
import { createEventStreams } from '../../api/event-streams.ts';
import type { Database } from '../../shared/db/database.ts';
import { listOperations } from '../../shared/db/operations/trail.ts';
import { finishScanIfDone } from '../../shared/db/scans/finish.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openUnitQueue } from '../../shared/queues/units.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { readEvents } from './events.ts';
import { insertBoard } from './rows.ts';
import { asAdmin, call, startServer } from './server.ts';

const NO_QUEUE = { enqueue: async () => undefined, ping: async () => undefined };
const ANY_ID = '018f0000-0000-7000-8000-000000000000';

async function setUp(options: Parameters<typeof startServer>[1] = {}) {
  const { db } = await testDatabase();
  await insertBoard(db, 'greenhouse');
  await insertBoard(db, 'lever');
  await insertBoard(db, 'jsearch', '*');
  const server = await startServer(db, options);
  const start = async (sources = ['greenhouse']) =>
    (await server.post('/api/v1/scans', { sources }, asAdmin)).json.id as string;
  const end = async (id: string) => {
    await db.pool.query(
      `update scan_unit set state = 'success', found = 3, kept = 2, rejected = 1, new = 2, finished_at = now() where scan_id = $1`,
      [id],
    );
    return finishScanIfDone(db, id);
  };
  return { db, server, start, end };
}

/** For tests that leave nothing behind that another one sees. */
const shared = setUp();

describe.each(BACKENDS)('a scan that is asked for, with the queue in $name', ({ redisUrl }) => {
  test('is written, queued and answered with its address', async () => {
    const { db, server } = await setUp();
    const kit = await createQueueKit({ redisUrl: await redisUrl(), databaseUrl: db.url, onError: () => undefined });
    const queue = openUnitQueue(kit);
    atEnd(() => queue.close());
    const { post, get } = await startServer(db, { queue });

    const answer = await post('/api/v1/scans', { sources: ['greenhouse', 'lever'] }, asAdmin);
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ state: 'queued', units: 2 });
    expect(answer.headers.location).toBe(`/api/v1/scans/${answer.json.id}`);
    expect(await queue.size()).toBe(2);
    const scan = (await get(String(answer.headers.location))).json;
    expect(scan).toMatchObject({
      trigger: 'api',
      state: 'queued',
      sources: ['greenhouse', 'lever'],
      units: { total: 2, done: 0 },
    });

    const admin = await server.post('/admin/run-scan', undefined, asAdmin);
    expect(admin.status).toBe(202);
    expect((await get(String(admin.headers.location))).json).toMatchObject({
      trigger: 'admin',
      units: { total: 3, waitingForKey: 1 },
    });
  });
});

describe('POST /admin/run-scan', () => {
  test.each([
    ['a query', '?sources=lever', undefined],
    ['a body', '', { sources: ['lever'] }],
    ['an empty body object and a query', '?sources=lever', {}],
  ])('takes the sources from %s', async (_what, query, body) => {
    const { server } = await setUp();
    const { json } = await server.post(`/admin/run-scan${query}`, body, asAdmin);
    expect((await server.get(json.url)).json.sources).toEqual(['lever']);
  });

  test('a scan that has nothing to read says so at once', async () => {
    const { server } = await setUp();
    const { json } = await server.post('/admin/run-scan?sources=jsearch', undefined, asAdmin);
    expect(json).toMatchObject({ state: 'failed', units: 1 });
    expect((await server.get(json.url)).json.reason).toContain('waits for a key');
  });
});

describe('a request for a scan is refused', () => {
  test.each([
    ['a text', '"text"', 400, {}],
    ['an unknown source', { sources: ['monster'] }, 422, {}],
    ['no source at all', { sources: [] }, 422, {}],
    ['a source that is none', { sources: [{ $ne: 1 }] }, 422, {}],
    ['sources that are no list', { sources: 'greenhouse' }, 422, {}],
    ['an unknown member', { sources: ['lever'], priority: 1 }, 422, {}],
    ['a prototype', '{"__proto__":{"sources":["lever"]}}', 422, {}],
    ['a list', [], 422, {}],
    ['JSON that ends too early', '{"sources":', 400, {}],
    ['a number', '7', 400, {}],
    ['nothing but NUL', '\0', 400, {}],
    ['a form', 'sources=lever', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an unknown charset', '{}', 415, { 'content-type': 'application/json; charset=klingon' }],
    ['a compressed body', '{}', 415, { 'content-encoding': 'gzip' }],
    ['a body of 65 kB', JSON.stringify({ sources: ['x'.repeat(65 * 1024)] }), 413, {}],
    ['very deep nesting', `{"sources":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 422, {}],
  ])('with %s', async (_what, body, status, headers) => {
    const { db, server } = await shared;
    const before = await scans(db);
    const answer = await server.post('/api/v1/scans', body, { ...asAdmin, ...headers });
    expect(answer.status).toBe(status);
    expect(await scans(db)).toBe(before);
  });

  test.each([
    ['JSON that ends too early', '{"sources":', {}, /^The body is no JSON object or list: Unexpected end/],
    ['a number', '7', {}, /^The body is no JSON object or list: .*7/],
    [
      'a form',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      /^Send the body as application\/json\.$/,
    ],
    ['an unknown charset', '{}', { 'content-type': 'application/json; charset=klingon' }, /UTF-8/],
    ['a compressed body', '{}', { 'content-encoding': 'gzip' }, /without a Content-Encoding/],
    ['a body of 65 kB', JSON.stringify('x'.repeat(65 * 1024)), {}, /65536 bytes/],
  ])('with %s, and the answer tells what to do', async (_what, body, headers, detail) => {
    const { server } = await shared;
    const { json } = await server.post('/api/v1/scans', body, { ...asAdmin, ...headers });
    expect(json.detail).toMatch(detail);
  });

  const scans = async (db: Database) =>
    (await db.pool.query('select count(*)::int as n from scan')).rows[0].n as number;

  test('when the queue does not answer: 503, and nothing was written', async () => {
    const { db, server } = await setUp({
      queue: { ...NO_QUEUE, ping: async () => Promise.reject(new Error('secret inner detail')) },
    });
    const answer = await server.post('/api/v1/scans', undefined, asAdmin);
    expect(answer.status).toBe(503);
    expect(answer.json.type).toBe('/problems/queue-unavailable');
    expect(answer.text).not.toContain('secret');
    expect(answer.headers['retry-after']).toBe('5');
    expect(await scans(db)).toBe(0);
  });

  test('when the queue goes away between the question and the tasks: 202, because the rows are the truth', async () => {
    const { server } = await setUp({
      queue: { ...NO_QUEUE, enqueue: async () => Promise.reject(new Error('gone')) },
    });
    expect((await server.post('/api/v1/scans', { sources: ['lever'] }, asAdmin)).status).toBe(202);
  });

  test('when fifty scans are open: 429 with Retry-After', async () => {
    const { db, server } = await setUp();
    await db.pool.query(`insert into scan (trigger, sources) select 'cli', '{lever}' from generate_series(1, 50)`);
    const answer = await server.post('/api/v1/scans', undefined, asAdmin);
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('60');
  });
});

describe('the admin token', () => {
  const ADMIN_ROUTES = ['/api/v1/scans', '/admin/run-scan', `/api/v1/scans/${ANY_ID}/cancel`];

  test.each(ADMIN_ROUTES)('%s answers 401 without it, and says which header it is', async (path) => {
    const { server } = await shared;
    for (const [headers, challenge] of [
      [{}, 'X-Admin-Token'],
      [{ 'x-admin-token': '' }, 'X-Admin-Token'],
      [{ 'x-admin-token': `${asAdmin['x-admin-token']}x` }, 'X-Admin-Token'],
      [{ authorization: 'Bearer x' }, 'Bearer error="invalid_token"'],
    ] as const) {
      const answer = await server.post(path, undefined, headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain(challenge);
    }
  });

  test('is asked for before the body is looked at', async () => {
    const { server } = await shared;
    expect((await server.post('/api/v1/scans', '{"broken', {})).status).toBe(401);
  });

  test('wrong ones are slowed down and logged without their value; other addresses are not touched', async () => {
    const { server } = await setUp({ config: { trustProxy: 1 } as never });
    const guess = { 'x-admin-token': 'my-guess-of-the-day', 'x-forwarded-for': '203.0.113.9' };
    for (let i = 0; i < 10; i++) expect((await server.post('/admin/run-scan', undefined, guess)).status).toBe(401);
    const blocked = await server.post('/admin/run-scan', undefined, guess);
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(blocked.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(JSON.stringify(server.logged)).not.toContain('my-guess');
    expect(server.logged).toContainEqual(
      expect.objectContaining({ audit: 'admin token refused', network: '203.0.113.9' }),
    );
    const other = { ...asAdmin, 'x-forwarded-for': '203.0.113.10' };
    expect((await server.post('/admin/run-scan', undefined, other)).status).toBe(202);
  });

  test('a forged X-Forwarded-For does not give new guesses when no proxy is trusted', async () => {
    const { server } = await setUp();
    for (let i = 0; i < 10; i++)
      await server.post('/admin/run-scan', undefined, {
        'x-admin-token': 'wrong',
        'x-forwarded-for': `203.0.113.${i}`,
      });
    const next = { 'x-admin-token': 'wrong', 'x-forwarded-for': '203.0.113.99' };
    expect((await server.post('/admin/run-scan', undefined, next)).status).toBe(429);
  });
});

describe('reading scans', () => {
  test('the list is newest first and walks by cursor', async () => {
    const { server, start } = await setUp();
    const made = [await start(), await start(), await start()];
    const first = await server.get('/api/v1/scans?limit=2');
    expect(first.json.items.map((scan: { id: string }) => scan.id)).toEqual([made[2], made[1]]);
    expect(first.headers.link).toBe(`</api/v1/scans?limit=2&cursor=${first.json.nextCursor}>; rel="next"`);
    const second = await server.get(`/api/v1/scans?limit=2&cursor=${first.json.nextCursor}`);
    expect(second.json.items.map((scan: { id: string }) => scan.id)).toEqual([made[0]]);
    expect(second.json.nextCursor).toBeNull();
  });

  test.each(['?limit=0', '?cursor=1', '?cursor=a&cursor=b', '?state=open'])('the list refuses %s', async (query) => {
    const { server } = await shared;
    expect((await server.get(`/api/v1/scans${query}`)).status).toBe(422);
  });

  test.each([ANY_ID, '1', 'x', "'", '%00'])('there is no scan %s', async (id) => {
    const { server } = await shared;
    expect((await server.get(`/api/v1/scans/${id}`)).status).toBe(404);
    expect((await server.get(`/api/v1/scans/${id}/events`)).status).toBe(404);
    expect((await server.post(`/api/v1/scans/${id}/cancel`, undefined, asAdmin)).status).toBe(404);
  });

  test('a finished scan has counts that add up', async () => {
    const { server, start, end } = await setUp();
    const id = await start(['greenhouse', 'lever']);
    expect(await end(id)).toBe('success');
    expect((await server.get(`/api/v1/scans/${id}`)).json).toMatchObject({
      state: 'success',
      found: 6,
      kept: 4,
      rejected: 2,
      new: 4,
      sourceResults: [
        { source: 'greenhouse', found: 3 },
        { source: 'lever', found: 3 },
      ],
    });
  });
});

describe('what units wait for', () => {
  test('is in the scan and on the page: for what, since when, until when', async () => {
    const { db, server, start } = await setUp();
    const id = await start();
    await db.pool.query(
      `update scan_unit set waits_why = 'budget', waits_for = 'Greenhouse has no request of this hour left: again in 9 minutes',
        waits_since = now() - interval '3 minutes', waits_until = '2031-05-06 07:08:09+00' where scan_id = $1`,
      [id],
    );
    const { sourceResults } = (await server.get(`/api/v1/scans/${id}`)).json;
    expect(sourceResults[0].waits).toEqual([
      {
        why: 'budget',
        says: 'Greenhouse has no request of this hour left: again in 9 minutes',
        units: 1,
        since: expect.stringMatching(/^\d{4}-/),
        until: '2031-05-06T07:08:09.000Z',
      },
    ]);
    const page = (await server.get('/scans')).text;
    // The server's clock is its own here.
    expect(page).toMatch(
      /greenhouse: 1 unit waits, since <time [^>]+>[^<]+<\/time>, comes again <time datetime="2031-05-06T07:08:09.000Z"[^>]+>[^<]+<\/time>: Greenhouse has no request/,
    );
  });
});

describe('cancelling', () => {
  test('an open scan is asked to end; a scan that is over is a 409', async () => {
    const { db, server, start } = await setUp();
    const id = await start();
    const answer = await server.post(`/api/v1/scans/${id}/cancel`, undefined, asAdmin);
    expect(answer.status).toBe(202);
    // In the trail like what other operators do.
    expect(await listOperations(db, 5)).toMatchObject([
      { verb: 'cancel', target: id, who: 'admin token', dryRun: false },
    ]);
    expect(answer.json).toMatchObject({ state: 'cancelled', units: { cancelled: 1 } });
    const again = await server.post(`/api/v1/scans/${id}/cancel`, undefined, asAdmin);
    expect(again.status).toBe(409);
    expect(again.json.detail).toContain('cancelled');
  });
});

describe('the events of a scan', () => {
  test('are a snapshot for each change, then `end`, and the stream closes', async () => {
    const { db, server, start, end } = await setUp();
    const id = await start();
    const stream = await readEvents(`${server.url}/api/v1/scans/${id}/events`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    await until(() => stream.events.length === 1);
    await db.pool.query(`update scan_unit set found = 5, rejected = 5 where scan_id = $1`, [id]);
    await until(() => stream.events.length === 2);
    await end(id);
    await stream.closed;
    expect(stream.retry).toBe(3000);
    expect(stream.events.map(({ event, data }) => [event, data.state, data.found])).toEqual([
      ['message', 'queued', 0],
      ['message', 'queued', 5],
      ['end', 'success', 3],
    ]);
    expect(new Set(stream.events.map((event) => event.id)).size).toBe(3);
    expect(server.services.streams.size).toBe(0);
  });

  test('are not repeated to a client that comes back, and one that saw the end is told not to come again', async () => {
    const { server, start, end } = await setUp();
    const id = await start();
    const url = `${server.url}/api/v1/scans/${id}/events`;
    const first = await readEvents(url);
    await until(() => first.events.length === 1);
    first.stop();
    const second = await readEvents(url, { 'last-event-id': first.events[0]!.id });
    await end(id);
    await second.closed;
    expect(second.events.map(({ event }) => event)).toEqual(['end']);
    expect((await server.get(`/api/v1/scans/${id}/events`, { 'last-event-id': second.events[0]!.id })).status).toBe(
      204,
    );
    await until(() => server.services.streams.size === 0);
  });

  test('come with a comment in between, so that no proxy closes a quiet stream', async () => {
    const { server, start } = await setUp({ streams: createEventStreams({ streamsMax: 2, heartbeatMs: 30 }) });
    const stream = await readEvents(`${server.url}/api/v1/scans/${await start()}/events`);
    await until(() => stream.comments >= 2);
    expect(stream.events).toHaveLength(1);
    stream.stop();
  });

  test('are bounded: one stream too many is a 503, and a place becomes free when a client leaves', async () => {
    const { server, start } = await setUp({ streams: createEventStreams({ streamsMax: 1, heartbeatMs: 1000 }) });
    const path = `/api/v1/scans/${await start()}/events`;
    const first = await readEvents(server.url + path);
    const refused = await server.get(path);
    expect([refused.status, refused.json.type]).toEqual([503, '/problems/too-many-streams']);
    first.stop();
    await until(() => server.services.streams.size === 0);
    (await readEvents(server.url + path)).stop();
  });

  test('end when the server ends', async () => {
    const { server, start } = await setUp();
    const stream = await readEvents(`${server.url}/api/v1/scans/${await start()}/events`);
    server.services.streams.close();
    await stream.closed;
  });

  test('HEAD does not open a stream', async () => {
    const { server, start } = await setUp();
    const answer = await call(server.port, 'HEAD', `/api/v1/scans/${await start()}/events`);
    expect(answer.headers['content-type']).toContain('text/event-stream');
    expect(server.services.streams.size).toBe(0);
  });
});
