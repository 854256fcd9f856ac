/** A server that is already running: finding it, asking it, stopping it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Place, serverUrl } from './place.ts';

export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly password: string;
}

const PROBE_TIMEOUT_MS = 2_000;
/** A fast shutdown writes a checkpoint; on a slow disk that takes seconds. */
const STOP_TIMEOUT_MS = 30_000;

/** The server of this place, when it answers to our password and serves this very folder. */
export async function findRunning(place: Place): Promise<Running | undefined> {
  const postmaster = readPostmaster(place.data);
  if (postmaster === undefined || !existsSync(place.password)) return undefined;
  const password = readFileSync(place.password, 'utf8').trim();
  const directory = await ask(serverUrl(postmaster.port, password, 'postgres'), 'show data_directory');
  return directory === place.data ? { ...postmaster, password } : undefined;
}

/** `postmaster.pid`: line 1 is the process, line 4 the port (PostgreSQL's miscadmin.h). */
export function readPostmaster(data: string): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    const port = Number(lines[3]);
    return pid > 0 && port > 0 ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

/** The first value of the first row, or undefined when the server does not answer. */
export async function ask(url: string, sql: string): Promise<string | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ [column: string]: unknown }>(sql);
    return String(Object.values(rows[0] ?? {})[0]);
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Ends the server with a fast shutdown (SIGINT), with an immediate one (SIGQUIT) when that takes too long. */
export async function stopServer(data: string, pid: number): Promise<void> {
  // The number may belong to somebody else by now; only the file says that it is still the server.
  if (readPostmaster(data)?.pid !== pid) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(20);
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
