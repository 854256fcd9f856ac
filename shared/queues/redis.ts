/** Asks a Redis server whether it can carry the queue, before anything is built on it. */
import { Redis } from 'ioredis';
import { StartError } from '../errors.ts';

const CONNECT_TIMEOUT_MS = 3000;
/** BullMQ's Lua scripts and streams need at least this. */
const VERSION_MIN = [6, 2] as const;

/**
 * Connects once, without retries: a queue object that is built while Redis is down never recovers, so this comes first.
 * @throws StartError with one sentence that says what is wrong and what to do
 */
export async function pingRedis(url: string, timeoutMs = CONNECT_TIMEOUT_MS): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A server that does not answer does not say goodbye either.
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The reason arrives as an event; the rejected promise only says that the connection is closed.
  let reason: Error | undefined;
  redis.on('error', (error: Error) => {
    reason = error;
  });
  try {
    await redis.connect();
    checkVersion(await redis.info('server'), url);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const why = (reason ?? (error as Error)).message;
    throw new StartError(
      `Redis at ${place(url)} does not answer (${why}). Start it, correct REDIS_URL, or unset REDIS_URL to keep the queue in PostgreSQL.`,
    );
  } finally {
    redis.disconnect();
  }
}

function checkVersion(info: string, url: string): void {
  const version = /redis_version:(\d+)\.(\d+)/.exec(info);
  const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
  if (major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1])) return;
  throw new StartError(
    `Redis at ${place(url)} is version ${major}.${minor}; the queue needs ${VERSION_MIN.join('.')} or newer. Upgrade it, or unset REDIS_URL.`,
  );
}

/** Host and port only: the URL may hold a password. */
function place(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '6379'}`;
}
