/** How much each asker may ask, counted where the queue lives. */

import { describe, expect, test } from 'vitest';
import { createAllowances, type PerMinute } from '../../api/rate-limits.ts';
import { openRedisCounts } from '../../shared/queues/redis-counts.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { asAdmin, startServer } from './server.ts';

const { db } = await testDatabase();
const NONE: PerMinute = { read: undefined, write: undefined, scan: undefined };

describe.each(BACKENDS)('an allowance that is counted in $name', ({ redisUrl }) => {
  async function stores(count: number, perMinute: PerMinute) {
    const url = await redisUrl();
    await db.pool.query('delete from rate_limit');
    return Promise.all(
      Array.from({ length: count }, async () => {
        if (url === undefined) return createAllowances({ pool: db.pool }, perMinute);
        const counts = openRedisCounts(url);
        atEnd(() => counts.close());
        // Until it is connected each process counts alone, as it should.
        await until(() => (counts.client as { status: string }).status === 'ready');
        return createAllowances({ redis: counts.client }, perMinute);
      }),
    );
  }

  test('is never exceeded by several processes together, and is used up to a thirtieth for each', async () => {
    const limit = 300;
    const processes = await stores(3, { ...NONE, read: limit });
    let given = 0;
    for (let i = 0; i < limit * 2; i++) {
      const taken = await processes[i % 3]!.take('read', 'ip:192.0.2.1');
      if (taken?.isOver === false) given += 1;
    }
    expect(given).toBeLessThanOrEqual(limit);
    expect(given).toBeGreaterThanOrEqual(limit - 3 * (limit / 30));
  });

  test('is given whole to who asks everything at once', async () => {
    const [process] = await stores(1, { ...NONE, read: 60 });
    const taken = await Promise.all(Array.from({ length: 100 }, () => process!.take('read', 'ip:192.0.2.7')));
    expect(taken.filter((one) => one?.isOver === false)).toHaveLength(60);
  });

  test('that is at hand is taken without asking the store, and nothing else is', async () => {
    const [process] = await stores(1, { ...NONE, read: 90 });
    expect(process!.takeAtHand('read', 'a')).toBeUndefined();
    expect((await process!.take('read', 'a'))?.remaining).toBe(89);
    const left = [1, 2, 3].map(() => process!.takeAtHand('read', 'a'));
    expect(left).toMatchObject([{ remaining: 88 }, { remaining: 87 }, undefined]);
    expect(process!.takeAtHand('write', 'a')).toBe('unlimited');
  });

  test('is one for each asker, and what is left goes down one by one', async () => {
    const [process] = await stores(1, { ...NONE, write: 3 });
    const left = async (who: string) => (await process!.take('write', who))?.remaining;
    expect([await left('a'), await left('a'), await left('b'), await left('a')]).toEqual([2, 1, 2, 0]);
    expect(await process!.take('write', 'a')).toMatchObject({ isOver: true, remaining: 0, limit: 3 });
    expect(await process!.take('write', 'b')).toMatchObject({ isOver: false });
    expect(await process!.take('read', 'a')).toBeUndefined();
  });
});

describe('while the store is away', () => {
  test('each process counts for itself', async () => {
    const away = { query: async () => Promise.reject(new Error('away')) };
    const process = createAllowances({ pool: Object.assign(Object.create({}), away) }, { ...NONE, scan: 2 });
    const over = async () => (await process.take('scan', 'a'))?.isOver;
    expect([await over(), await over(), await over()]).toEqual([false, false, true]);
  });
});

describe('a server with allowances', () => {
  const perMinute = { read: 3, write: 2, scan: 1 };
  const withLimits = async () => {
    await db.pool.query('delete from rate_limit');
    return startServer(db, { allowances: createAllowances({ pool: db.pool }, perMinute) });
  };

  test('says with each answer what is left, and then refuses with the time to wait', async () => {
    const server = await withLimits();
    for (const left of [2, 1, 0]) {
      const { status, headers } = await server.get('/api/v1/scans');
      expect(status).toBe(200);
      expect(headers['ratelimit-policy']).toBe('"read"; q=3; w=60');
      expect(headers.ratelimit).toMatch(new RegExp(`^"read"; r=${left}; t=\\d+$`));
    }
    const refused = await server.get('/api/v1/scans');
    expect([refused.status, refused.json.type]).toEqual([429, '/problems/too-many-requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  test('counts reading, writing and scans apart, and probes not at all', async () => {
    const server = await withLimits();
    const path = '/api/v1/operations/drain?dry_run=true';
    expect((await server.post('/api/v1/scans', undefined, asAdmin)).status).toBe(202);
    expect((await server.post('/api/v1/scans', undefined, asAdmin)).status).toBe(429);
    expect((await server.post(path, undefined, asAdmin)).status).toBe(200);
    expect((await server.post(path, undefined, asAdmin)).status).toBe(200);
    expect((await server.post(path, undefined, asAdmin)).status).toBe(429);
    for (let i = 0; i < 10; i++) {
      const probe = await server.get('/healthz');
      expect([probe.status, probe.headers.ratelimit]).toEqual([200, undefined]);
    }
    expect((await server.get('/api/v1/scans')).status).toBe(200);
  });

  test('takes nothing from whoever is refused before', async () => {
    const server = await withLimits();
    for (let i = 0; i < 5; i++) expect((await server.post('/api/v1/scans')).status).toBe(401);
    expect((await server.post('/api/v1/scans', undefined, asAdmin)).status).toBe(202);
  });
});
