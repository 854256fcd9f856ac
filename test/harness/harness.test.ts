import { describe, expect, inject, test } from 'vitest';
import { BACKENDS } from '../backends.ts';
import { createTestDatabase, testDatabase } from '../db.ts';
import { testRedis } from '../redis.ts';
import { until } from '../until.ts';

describe('a test database', () => {
  test('has all tables and no rows, and shares nothing with another one', async () => {
    const [first, second] = [await testDatabase(), await testDatabase()];
    await first.db.sql.insertInto('board').values({ source: 'lever', token: 'acme' }).execute();
    expect(await second.db.sql.selectFrom('board').selectAll().execute()).toEqual([]);
    expect(first.url).not.toBe(second.url);
  });

  test('can be without tables', async () => {
    const url = await createTestDatabase({ empty: true });
    expect(new URL(url).pathname).toMatch(/^\/t_/);
  });
});

describe('the backends of the queue', () => {
  test('are both there, or Redis is counted as skipped', () => {
    const names = BACKENDS.map((backend) => backend.name);
    expect(names).toEqual(inject('redisUrl') === undefined ? ['postgres'] : ['postgres', 'redis']);
  });

  test.each(BACKENDS)('give each caller a place of its own on $name', async ({ name, redisUrl }) => {
    const [first, second] = [await redisUrl(), await redisUrl()];
    if (name === 'postgres') expect([first, second]).toEqual([undefined, undefined]);
    else expect(first).not.toBe(second);
  });

  test('give the url of a numbered Redis database, or say what is missing', async () => {
    if (inject('redisUrl') === undefined) await expect(testRedis()).rejects.toThrow(/redis-server is not installed/);
    else expect(await testRedis()).toMatch(/^redis:\/\/127\.0\.0\.1:\d+\/\d+$/);
  });
});

describe('until', () => {
  test('answers what it waited for', async () => {
    let asked = 0;
    expect(await until(() => (asked++ < 3 ? undefined : 'there'), { everyMs: 1 })).toBe('there');
  });

  test('fails with what it waited for and why that never came', async () => {
    const never = until(
      () => {
        throw new Error('no such door');
      },
      { timeoutMs: 20, everyMs: 1, what: 'the door opens' },
    );
    await expect(never).rejects.toMatchObject({
      message: 'after 20 ms still not: the door opens',
      cause: { message: 'no such door' },
    });
  });
});
