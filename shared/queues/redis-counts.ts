/** A connection for counting in the queue's own Redis; it answers at once or not at all, so that nobody waits for a count. */
import { Redis } from 'ioredis';

export interface RedisCounts {
  /** A client of ioredis. */
  readonly client: unknown;
  close(): void;
}

const COMMAND_TIMEOUT_MS = 1_000;

export function openRedisCounts(url: string): RedisCounts {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectionName: 'jobscout-counts',
  });
  // Reconnecting goes on by itself; without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  return { client, close: () => client.disconnect() };
}
