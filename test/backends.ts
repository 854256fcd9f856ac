/** The queue's two homes, for `describe.each(BACKENDS)('... on $name', ({ redisUrl }) => ...)`. */
import { inject, test } from 'vitest';
import { testRedis } from './redis.ts';

export interface Backend {
  readonly name: 'postgres' | 'redis';
  /** A fresh Redis url, or undefined where the queue lives in PostgreSQL. */
  readonly redisUrl: () => Promise<string | undefined>;
}

const POSTGRES: Backend = { name: 'postgres', redisUrl: async () => undefined };
const REDIS: Backend = { name: 'redis', redisUrl: testRedis };

const hasRedis = inject('redisUrl') !== undefined;

export const BACKENDS: readonly Backend[] = hasRedis ? [POSTGRES, REDIS] : [POSTGRES];

// Where Redis is missing, the half that was left out is counted as skipped and never looks like a pass.
if (!hasRedis) test.skip('on redis: redis-server is not installed, `npm test` says how to get it', () => undefined);
