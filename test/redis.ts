import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { REDIS_DATABASES } from './redis-server.ts';

/**
 * The url of an empty database of the run's Redis, another one for each call.
 * @throws Error where no Redis is installed; `BACKENDS` leaves it out there
 */
export async function testRedis(): Promise<string> {
  const url = inject('redisUrl');
  if (url === undefined) throw new Error('redis-server is not installed: run `npm test`, which says how to get it');
  const client = new Redis(url);
  try {
    // Database 0 only counts, so that files in different processes never share a number.
    const number = 1 + ((await client.incr('jobscout-test:databases')) % (REDIS_DATABASES - 1));
    await client.select(number);
    await client.flushdb();
    return `${url}/${number}`;
  } finally {
    client.disconnect();
  }
}
