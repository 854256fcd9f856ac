/** Answers to anybody that are given again without going through the routes: nothing may tell them from the routes' own. */
import { expect, test } from 'vitest';
import { createAnswerCache } from '../../api/answer-cache.ts';
import { createAllowances } from '../../api/rate-limits.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { insertJob } from './rows.ts';
import { asAdmin, startServer } from './server.ts';

const { db } = await testDatabase();
for (let i = 0; i < 5; i++) await insertJob(db, { title: `Identity engineer ${i}` });
const MANY = { read: 30_000, write: undefined, scan: undefined };
const ADDRESS = '/api/v1/jobs?limit=5';

async function begun(keptMs: number, more: object = {}) {
  const allowances = createAllowances({ pool: db.pool }, MANY);
  const server = await startServer(db, { answers: createAnswerCache(keptMs), allowances, ...more });
  return { server, first: await server.get(ADDRESS) };
}

const CHANGING = new Set(['date', 'x-request-id', 'ratelimit']);
const lasting = (headers: object) => Object.entries(headers).filter(([name]) => !CHANGING.has(name));

test.each([
  ['kept', 60_000],
  ['made anew', 0],
])('an answer that is %s has the headers and the body of the first one', async (_, keptMs) => {
  const { server, first } = await begun(keptMs);
  const second = await server.get(ADDRESS);
  expect([second.status, second.text]).toEqual([200, first.text]);
  expect(Object.fromEntries(lasting(second.headers))).toEqual(Object.fromEntries(lasting(first.headers)));
  expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  expect(Number(/r=(\d+)/.exec(String(second.headers.ratelimit))?.[1])).toBe(
    Number(/r=(\d+)/.exec(String(first.headers.ratelimit))?.[1]) - 1,
  );
});

test('what is made anew has what was stored since', async () => {
  const { server } = await begun(0);
  const id = await insertJob(db, { title: 'Stored since' });
  const { json } = await server.get('/api/v1/jobs?limit=100');
  await db.pool.query('delete from job where id = $1', [id]);
  const after = await server.get('/api/v1/jobs?limit=100');
  expect([json.items.length, after.json.items.length]).toEqual([6, 5]);
});

test('each has its line in the log and counts as a request of its route', async () => {
  const { server } = await begun(60_000);
  const { headers } = await server.get(ADDRESS);
  const line = () => server.logged.find(({ requestId }) => requestId === headers['x-request-id']);
  await until(() => line() !== undefined);
  expect(line()).toMatchObject({ method: 'GET', endpoint: '/api/v1/jobs', status: 200, network: '127.0.0.1' });
});

test('it is a 304 for who has it, and compressed for who wants that', async () => {
  const { server, first } = await begun(60_000);
  const etag = String(first.headers.etag);
  for (const wanted of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const known = await server.get(ADDRESS, { 'if-none-match': wanted });
    expect([known.status, known.text, known.headers['content-type']], wanted).toEqual([304, '', undefined]);
  }
  expect((await server.get(ADDRESS, { 'if-none-match': '"other"' })).status).toBe(200);
  const zipped = await fetch(server.url + ADDRESS, { headers: { 'accept-encoding': 'gzip' } });
  expect([zipped.headers.get('content-encoding'), await zipped.text()]).toEqual(['gzip', first.text]);
});

test('nothing is kept for a foreign host, a bad key, or who has asked too often', async () => {
  const { server } = await begun(60_000);
  expect((await server.get(ADDRESS, { host: 'evil.example' })).status).toBe(421);
  expect((await server.get(ADDRESS, { 'x-api-key': 'wrong' })).status).toBe(401);
  await db.pool.query('delete from rate_limit');
  const allowances = createAllowances({ pool: db.pool }, { ...MANY, read: 2 });
  const few = (await begun(60_000, { allowances })).server;
  expect((await few.get(ADDRESS)).status).toBe(200);
  expect((await few.get(ADDRESS)).status).toBe(429);
});

test('who is not signed in gets none where reading asks for an account', async () => {
  const { server, first } = await begun(60_000, { config: { anonymousReading: false } });
  expect([first.status, (await server.get(ADDRESS)).status]).toEqual([401, 401]);
  // Not what an administrator was answered by token, either.
  expect((await server.get(ADDRESS, asAdmin)).status).toBe(200);
  expect((await server.get(ADDRESS)).status).toBe(401);
});

test('a failure is told as by the routes, once, and is not kept', async () => {
  let isAway = false;
  const gone = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
  // As pg's own: to who gave a function it is told, to others promised.
  const refuse = (done: unknown) => (typeof done === 'function' ? void done(gone) : Promise.reject(gone));
  const pool = Object.create(db.pool, {
    query: {
      value: (...args: unknown[]) =>
        isAway ? refuse(args.at(-1)) : (db.pool.query as (...all: unknown[]) => unknown).apply(db.pool, args),
    },
  });
  const { server, first } = await begun(0, { db: { ...db, pool } });
  expect(first.status).toBe(200);
  isAway = true;
  const refused = await server.get(ADDRESS);
  expect([refused.status, refused.json.type]).toEqual([503, '/problems/database-unavailable']);
  const lines = () =>
    server.logged.filter(({ requestId, ms }) => requestId === refused.json.requestId && ms !== undefined);
  await until(() => lines().length > 0);
  expect(lines()).toMatchObject([{ status: 503 }]);
  isAway = false;
  expect((await server.get(ADDRESS)).status).toBe(200);
});
