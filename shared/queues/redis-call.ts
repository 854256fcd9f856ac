/** Single Redis commands for what is not a queue: the metrics hubs of several hosts meet there. */
import { Redis } from 'ioredis';

export interface RedisCalls {
  /** Fails at once while Redis is away: whoever asks tries again later. */
  call(command: string, ...args: (string | Buffer)[]): Promise<unknown>;
  close(): void;
}

const COMMAND_TIMEOUT_MS = 2_000;

export function openRedisCalls(url: string): RedisCalls {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectionName: 'jobscout-metrics',
  });
  // Reconnecting goes on by itself; without a listener a lost connection would end the process.
  redis.on('error', () => undefined);
  return {
    call: (command, ...args) => redis.callBuffer(command, ...args),
    close: () => redis.disconnect(),
  };
}
