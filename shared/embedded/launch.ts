/**
 * Runs the PostgreSQL server that npm installed, so that the product needs no system package. Linux and macOS.
 * The server outlives a killed supervisor on purpose: the next start adopts it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentWith } from '../config.ts';
import { dataDirFault, ensureDataDir, ensurePassable } from '../data-dir.ts';
import { StartError } from '../errors.ts';
import { findBinaries } from './binaries.ts';
import { logSince, startFault } from './faults.ts';
import { freePort } from './free-port.ts';
import { initDatabase } from './init.ts';
import { type OsUser, serverUser } from './os-user.ts';
import { DATABASE_NAME, FALLBACK_ROOT, type Place, placeOf, serverUrl } from './place.ts';
import { ask, findRunning, type Running, stopServer } from './running.ts';

export interface Embedded {
  /** The application's database; `migrate()` creates it. */
  readonly url: string;
  /** The maintenance database `postgres` of the same server. */
  readonly adminUrl: string;
  readonly pid: number;
  readonly port: number;
  /** Its data directory. */
  readonly data: string;
  /** True when the server was already running. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Fixed port; without it a free one is taken. */
  readonly port?: number;
  /** Server settings beyond ours, as for `postgres -c`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly fallbackRoot?: string;
  readonly startTimeoutMs?: number;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // No socket: its path may be 107 bytes at most, and a deep checkout is longer.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

/**
 * glibc gives memory beyond 128 kB back to the kernel after each statement, until a connection has freed a piece larger than that; a search then pays for
 * a dozen page faults, a fifth of its processor time. These are the values that it would set itself after a piece of 2 MB.
 */
const MEMORY_KEPT = { MALLOC_MMAP_THRESHOLD_: `${2 * 1024 ** 2}`, MALLOC_TRIM_THRESHOLD_: `${4 * 1024 ** 2}` };

/** After a kill -9 the old backends hold the shared memory until they notice, and WAL recovery takes its time. */
const START_TIMEOUT_MS = 60_000;
const ATTEMPT_MS_MIN = 15_000;
const RETRY_MS = 500;
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/**
 * Adopts the running server of `dataDir`, or starts it (first time: 1-2 s, later 0.2 s).
 * @throws StartError with what to do
 */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<Embedded> {
  if (process.platform === 'win32') {
    throw new StartError('The embedded PostgreSQL does not run on Windows: use WSL, or set DATABASE_URL.');
  }
  const user = serverUser();
  const fallbackRoot = options.fallbackRoot ?? FALLBACK_ROOT;
  const place = makePlace(dataDir, user, fallbackRoot);
  const running = await findRunning(place);
  if (running !== undefined) return embedded(place, running, true);
  const native = findBinaries(user, fallbackRoot);
  const password = await initDatabase(native, place, user);
  return launch(native, place, password, user, options);
}

function makePlace(dataDir: string, user: OsUser, fallbackRoot: string): Place {
  ensureDataDir(dataDir);
  const place = placeOf(dataDir, user, fallbackRoot);
  if (user.uid !== undefined) ensurePassable(fallbackRoot);
  ensureDataDir(dirname(place.data));
  return place;
}

/** The url of the running server of `dataDir`, for commands that must not start one; undefined when it does not run. */
export async function findEmbedded(dataDir: string, fallbackRoot = FALLBACK_ROOT): Promise<string | undefined> {
  const running = await findRunning(placeOf(dataDir, serverUser(), fallbackRoot));
  return running === undefined ? undefined : serverUrl(running.port, running.password, DATABASE_NAME);
}

async function launch(
  native: string,
  place: Place,
  password: string,
  user: OsUser,
  options: EmbeddedOptions,
): Promise<Embedded> {
  const deadline = Date.now() + (options.startTimeoutMs ?? START_TIMEOUT_MS);
  for (;;) {
    const port = options.port ?? (await freePort());
    const log = openLog(place.log);
    const loggedBefore = statSync(place.log).size;
    const settings = { ...SETTINGS, ...options.settings, port: String(port) };
    const args = ['-D', place.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    // Detached: the terminal's Ctrl-C reaches the supervisor only, so that the roles drain before the server stops.
    const child = spawn(join(native, 'bin', 'postgres'), args, {
      ...user,
      cwd: place.data,
      // Without our settings: it runs as another user, and has no use for our keys.
      env: environmentWith(MEMORY_KEPT),
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.unref();
    // An attempt that was begun gets its time: cut short, it could not tell what is wrong.
    const answersBy = Math.max(deadline, Date.now() + ATTEMPT_MS_MIN);
    const refused = await untilReady(child, serverUrl(port, password, 'postgres'), answersBy);
    if (refused === undefined && child.pid !== undefined) {
      return embedded(place, { pid: child.pid, port, password }, false);
    }
    // Another process may have started the same server in the meantime.
    const running = await findRunning(place);
    if (running !== undefined) return embedded(place, running, true);
    const said = `${logSince(place.log, loggedBefore)}\n${refused ?? ''}`;
    const waits = /lock file|shared memory block|could not (?:bind|create any TCP)|address already in use/i.test(said);
    if (!waits || Date.now() > deadline) throw startFault(said, place.data, place.log);
    await sleep(RETRY_MS);
  }
}

/** @returns undefined when it answers, else why not */
async function untilReady(child: ChildProcess, url: string, deadline: number): Promise<string | undefined> {
  let failed: string | undefined;
  child.once('error', (error) => {
    failed = String(error);
  });
  child.once('exit', (code, signal) => {
    failed ??= `postgres ended with ${signal ?? `code ${code}`}`;
  });
  while (failed === undefined) {
    if ((await ask(url, 'select 1')) === '1') return undefined;
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      return 'error: it did not answer in time';
    }
    await sleep(25);
  }
  return failed;
}

function openLog(path: string): number {
  try {
    if (existsSync(path) && statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.1`);
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw dataDirFault(path, error);
  }
}

function embedded(place: Place, { pid, port, password }: Running, adopted: boolean): Embedded {
  return {
    url: serverUrl(port, password, DATABASE_NAME),
    adminUrl: serverUrl(port, password, 'postgres'),
    pid,
    port,
    data: place.data,
    adopted,
    stop: () => stopServer(place.data, pid),
  };
}
