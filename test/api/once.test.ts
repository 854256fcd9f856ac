/** A request for a scan that comes twice. */
import { describe, expect, test } from 'vitest';
import { testDatabase } from '../db.ts';
import { insertBoard } from './rows.ts';
import { asAdmin, startServer } from './server.ts';

async function setUp() {
  const { db } = await testDatabase();
  await insertBoard(db, 'greenhouse');
  await insertBoard(db, 'lever');
  const server = await startServer(db);
  const ask = (key: string, sources = ['greenhouse'], path = '/api/v1/scans') =>
    server.post(path, { sources }, { ...asAdmin, 'idempotency-key': key });
  const scans = async () => Number((await db.pool.query('select count(*) as n from scan')).rows[0].n);
  return { db, server, ask, scans };
}

describe('the same Idempotency-Key', () => {
  test('gives the first answer again, says so, and makes no second scan', async () => {
    const { ask, scans } = await setUp();
    const first = await ask('one');
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([202, undefined]);
    const second = await ask('one');
    expect([second.status, second.headers['idempotency-replayed']]).toEqual([202, 'true']);
    expect(second.text).toBe(first.text);
    expect(second.headers.location).toBe(first.headers.location);
    expect(await scans()).toBe(1);
  });

  test('gives it also after the scan has moved on', async () => {
    const { db, ask } = await setUp();
    const first = await ask('moved');
    await db.pool.query(`update scan set state = 'running'`);
    expect((await ask('moved')).text).toBe(first.text);
  });

  test('with another content or another address is refused', async () => {
    const { ask, scans } = await setUp();
    await ask('two');
    for (const other of [await ask('two', ['lever']), await ask('two', ['greenhouse'], '/admin/run-scan')]) {
      expect([other.status, other.json.type]).toEqual([422, '/problems/idempotency-key-reused']);
    }
    expect(await scans()).toBe(1);
  });

  test('sent ten times at once makes one scan, and ten equal answers', async () => {
    const { ask, scans } = await setUp();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('at once')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(422));
    const good = await Promise.all(Array.from({ length: 10 }, () => ask('at-once')));
    expect(new Set(good.map(({ json }) => json.id)).size).toBe(1);
    expect(good.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await scans()).toBe(1);
  });

  test('is free again after a day, and old keys are taken away', async () => {
    const { db, ask, scans } = await setUp();
    await ask('old');
    await ask('older');
    await db.pool.query(`update idempotency_key set created_at = now() - interval '25 hours'`);
    expect((await ask('old')).headers['idempotency-replayed']).toBeUndefined();
    expect(await scans()).toBe(3);
    expect((await db.pool.query('select key from idempotency_key')).rows).toEqual([{ key: 'old' }]);
  });

  test('is not used up by a request that was refused', async () => {
    const { db, ask } = await setUp();
    await db.pool.query(`insert into scan (trigger, sources) select 'cli', '{lever}' from generate_series(1, 50)`);
    expect((await ask('early')).status).toBe(429);
    await db.pool.query('delete from scan');
    const later = await ask('early');
    expect([later.status, later.headers['idempotency-replayed']]).toEqual([202, undefined]);
  });

  test('that was answered is answered also while too many scans are open', async () => {
    const { db, ask } = await setUp();
    const first = await ask('in time');
    expect(first.status).toBe(422);
    const good = await ask('in-time');
    await db.pool.query(`insert into scan (trigger, sources) select 'cli', '{lever}' from generate_series(1, 50)`);
    expect((await ask('in-time')).text).toBe(good.text);
  });

  test.each(['', ' ', 'a b', 'x'.repeat(201), 'tab\there'])('may not be %j', async (key) => {
    const { server, scans } = await setUp();
    const answer = await server.post('/api/v1/scans', undefined, { ...asAdmin, 'idempotency-key': key });
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual([
      { in: 'header', pointer: '/Idempotency-Key', detail: expect.stringContaining('ASCII') },
    ]);
    expect(await scans()).toBe(0);
  });
});
