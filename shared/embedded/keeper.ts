/**
 * Keeps the embedded server running for as long as this process wants it, together with other processes that want the same
 * (`npm start -- worker` in a second terminal). Who wants it holds a lock in it; the last one to let go stops the server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../errors.ts';
import { type Embedded, type EmbeddedOptions, startEmbedded } from './launch.ts';

export interface KeptServer {
  readonly url: string;
  readonly port: number;
  /** Its data directory. */
  readonly data: string;
  readonly adopted: boolean;
  /** Stops the server, unless somebody else still wants it. */
  release(): Promise<void>;
}

export interface KeeperEvents {
  /** The server ended by itself and runs again, on the same port. */
  onRevived(): void;
  /** It ended by itself and cannot be started again. */
  onLost(error: unknown): void;
}

const LOCK = "hashtextextended('jobscout:embedded', 0)";
const CONNECT_TIMEOUT_MS = 10_000;
/** A server that is being stopped by the one who let go of it last is gone after this. */
const STOPPING_TIMEOUT_MS = 40_000;
const RETRY_MS = 100;

/** @throws StartError */
export async function keepEmbedded(
  dataDir: string,
  events: KeeperEvents,
  options: EmbeddedOptions = {},
): Promise<KeptServer> {
  let released = false;
  let { server, hold } = await startAndHold(dataDir, options);

  const watch = () => hold.once('end', () => void revive());
  const revive = async () => {
    if (released) return;
    try {
      // The same port: every process of ours has it in its address.
      const again = await startAndHold(dataDir, { ...options, port: server.port });
      ({ server, hold } = again);
      if (released) return await letGo(server, hold);
      watch();
      events.onRevived();
    } catch (error) {
      if (!released) events.onLost(error);
    }
  };
  watch();

  return {
    url: server.url,
    port: server.port,
    data: server.data,
    adopted: server.adopted,
    release: async () => {
      released = true;
      await letGo(server, hold);
    },
  };
}

async function startAndHold(dataDir: string, options: EmbeddedOptions): Promise<{ server: Embedded; hold: pg.Client }> {
  const deadline = Date.now() + STOPPING_TIMEOUT_MS;
  for (;;) {
    const server = await startEmbedded(dataDir, options);
    const hold = await holdShared(server.adminUrl);
    if (hold !== undefined) return { server, hold };
    if (Date.now() > deadline) {
      throw new StartError(`The embedded PostgreSQL of ${dataDir} is being stopped and does not end: try again.`);
    }
    await sleep(RETRY_MS);
  }
}

/** @returns undefined when somebody is just stopping the server */
async function holdShared(adminUrl: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'jobscout-supervisor',
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    if (await lock(client, `pg_try_advisory_lock_shared(${LOCK})`)) return client;
  } catch {
    // It was stopped between its start and this question.
  }
  await client.end().catch(() => undefined);
  return undefined;
}

/** The exclusive lock can be had only by the last one, and nobody gets in while it is held. */
async function letGo(server: Embedded, hold: pg.Client): Promise<void> {
  try {
    await lock(hold, `pg_advisory_unlock_shared(${LOCK})`);
    if (await lock(hold, `pg_try_advisory_lock(${LOCK})`)) await server.stop();
  } catch {
    // The connection broke: the server has ended, or it is the one thing that can still be asked to.
    await server.stop();
  } finally {
    await hold.end().catch(() => undefined);
  }
}

async function lock(client: pg.Client, call: string): Promise<boolean> {
  const { rows } = await client.query<{ done: boolean }>(`select ${call} as done`);
  return rows[0]?.done === true;
}
