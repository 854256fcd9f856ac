/** The verbs over HTTP: who may, what is refused, what is tried, and what is told. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { ADMIN_TOKEN, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { addBoards, fakeQueue, scanWith } from '../scans/helpers.ts';

let db: Database;
let server: TestServer;
let queue: ReturnType<typeof fakeQueue>;
beforeAll(async () => {
  ({ db } = await testDatabase());
  queue = fakeQueue();
  server = await startServer(db, { queue: { ...queue, ping: async () => undefined } });
  await addBoards(db, 'lever/acme');
});
beforeEach(async () => {
  await db.pool.query('delete from hold');
});

const ADMIN = { 'X-Admin-Token': ADMIN_TOKEN };
const post = (path: string, body?: unknown) => server.post(`/api/v1/operations/${path}`, body, ADMIN);
const NOBODY = '01890000-0000-7000-8000-000000000000';

test.each([
  ['pause', { source: 'lever' }],
  ['drain', {}],
  ['resume', {}],
  ['retry', { scanId: NOBODY, cause: 'auth' }],
  ['rerun', { unitId: NOBODY }],
  ['cancel', { scanId: NOBODY }],
  ['undo-close', { source: 'lever' }],
  ['release', { source: 'lever' }],
  ['1/undo', undefined],
])('%s is for whoever has the admin token', async (verb, body) => {
  expect((await server.post(`/api/v1/operations/${verb}`, body)).status).toBe(401);
});

test('the trail is for whoever has the admin token', async () => {
  expect((await server.get('/api/v1/operations')).status).toBe(401);
});

test('a pause is tried, done, listed, and taken back', async () => {
  const tried = await post('pause?dry_run=true', { source: 'lever', reason: ' broken ' });
  expect(tried.json).toMatchObject({
    verb: 'pause',
    target: 'lever',
    dryRun: true,
    changed: true,
    detail: { reason: 'broken' },
  });
  expect((await server.get('/api/v1/operations', ADMIN)).json.holds).toEqual([]);
  const { json: done } = await post('pause', { source: 'lever', reason: 'broken' });
  expect(done.says).toBe(tried.json.says);
  const listed = (await server.get('/api/v1/operations?limit=2', ADMIN)).json;
  expect(listed.holds).toMatchObject([{ target: 'lever', who: 'admin token', reason: 'broken' }]);
  expect(listed.items).toMatchObject([
    { id: done.id, verb: 'pause', dryRun: false, undoneBy: null },
    { id: tried.json.id, verb: 'pause', dryRun: true },
  ]);
  const { json: back } = await post(`${done.id}/undo`);
  expect(back).toMatchObject({ verb: 'resume', changed: true });
  expect((await server.get('/api/v1/operations', ADMIN)).json).toMatchObject({
    holds: [],
    items: [{ id: back.id }, { undoneBy: back.id }, {}],
  });
  expect(server.logged.filter((line) => line.audit === 'operation')).toMatchObject([
    { verb: 'pause', dryRun: true },
    { verb: 'pause', dryRun: false },
    { verb: 'resume', dryRun: false },
  ]);
});

test('a drain needs no body and ends with a resume that has none', async () => {
  expect((await post('drain')).json).toMatchObject({ verb: 'drain', target: '*', changed: true });
  expect((await post('drain', { reason: 'again' })).json).toMatchObject({ changed: false, id: null });
  expect((await post('resume')).json).toMatchObject({ verb: 'resume', target: '*', changed: true });
});

test('units that failed for one cause are read again in a scan that the answer names', async () => {
  const scanId = await scanWith(db, ['failed', 'success']);
  const { json } = await post('retry', { scanId, cause: 'http_4xx' });
  expect(json).toMatchObject({ verb: 'retry', detail: { willRead: 1 } });
  expect(queue.ids).toHaveLength(1);
  const scan = await server.get(`/api/v1/scans/${json.detail.newScanId}`);
  expect(scan.json).toMatchObject({ trigger: 'admin', requestedBy: 'admin token', units: { total: 1 } });
});

describe('what is refused', () => {
  test.each([
    ['retry', { scanId: NOBODY, cause: 'auth' }, 404, 'not-found'],
    ['rerun', { unitId: 'x' }, 404, 'not-found'],
    ['cancel', { scanId: NOBODY }, 404, 'not-found'],
    ['undo-close', { source: 'lever', board: 'acme' }, 404, 'not-found'],
    ['999999/undo', undefined, 404, 'not-found'],
    ['99999999999999999999/undo', undefined, 404, 'not-found'],
    ['pause', { source: 'nowhere' }, 422, 'invalid-input'],
    ['pause', {}, 422, 'invalid-input'],
    ['pause', { source: 'lever', reason: 'a\0b' }, 422, 'invalid-input'],
    ['retry', { scanId: NOBODY, cause: 'bad luck' }, 422, 'invalid-input'],
    ['drain?dry_run=perhaps', {}, 422, 'invalid-input'],
    ['drain?dryrun=true', {}, 422, 'invalid-input'],
  ])('%s %j is answered with %i', async (path, body, status, slug) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.json.type).toContain(slug);
    expect((await server.get('/api/v1/operations', ADMIN)).json.holds).toEqual([]);
  });

  test('a scan that is over is not cancelled, and says so', async () => {
    const scanId = await scanWith(db, ['queued']);
    expect((await post('cancel', { scanId })).status).toBe(200);
    const again = await post('cancel', { scanId });
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({ detail: expect.stringContaining('cancelled already') });
  });

  test('a dry run is not taken back', async () => {
    const { json } = await post('drain?dry_run=true', {});
    const answer = await post(`${json.id}/undo`);
    expect(answer.status).toBe(409);
    expect(answer.json.detail).toContain('dry run');
  });
});
