/** The whole product as a child process, with the internet played on this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentWith } from '../shared/config.ts';
import { StartError } from '../shared/errors.ts';
import type { SourceName } from '../shared/sources.ts';
import { DEMO_KEYS } from '../test/internet/demo-data.ts';

export interface DemoSystem {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  readonly dataDir: string;
  /** Resolves when the system ended by itself. */
  readonly ended: Promise<unknown>;
  /** A request with the admin token. @throws StartError when the answer is not 2xx */
  call(method: 'GET' | 'POST', path: string): Promise<Response>;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..');
/** A first start makes the database; on a loaded machine that takes a while. */
const READY_TIMEOUT_MS = 120_000;
const CALL_TIMEOUT_MS = 15_000;

export interface DemoOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Base address of each source on the played internet. */
  readonly urls: Record<SourceName, string>;
  readonly boardsFile: string;
  /** Further settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keeps what the system says at its start to itself. */
  readonly quiet?: boolean;
}

/** Starts `main.ts` with the sources moved to loopback, and waits until it is ready. @throws StartError */
export async function startDemoSystem(options: DemoOptions): Promise<DemoSystem> {
  const child = spawn(process.execPath, [join(ROOT, 'main.ts')], {
    cwd: ROOT,
    // None of the operator's settings: the demo must never write into a real database or queue.
    env: environmentWith(settings(options)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // What the system says at its start belongs to people, and standard output may belong to --json.
  child.stdout?.on('data', (text: Buffer) => options.quiet !== true && process.stderr.write(text));
  const ended = once(child, 'exit');
  const address = `http://127.0.0.1:${options.port}`;
  const stop = () => stopChild(child, ended);
  try {
    await untilReady(child, address);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address,
    dataDir: options.dataDir,
    ended,
    call: (method, path) => call(options.dataDir, address, method, path),
    stop,
  };
}

function settings(options: DemoOptions): Record<string, string> {
  return {
    DATA_DIR: options.dataDir,
    HOST: '127.0.0.1',
    PORT: String(options.port),
    SCAN_CRON: 'off',
    BOARDS_FILE: options.boardsFile,
    ...DEMO_KEYS,
    ...Object.fromEntries(Object.entries(options.urls).map(([name, url]) => [`SOURCE_URL_${name.toUpperCase()}`, url])),
    ...options.settings,
  };
}

async function untilReady(child: ChildProcess, address: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new StartError('The system ended before it was ready; the lines above say why.');
    }
    const answer = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new StartError(`The system was not ready after ${READY_TIMEOUT_MS / 1000} s; the lines above may say why.`);
}

async function call(dataDir: string, address: string, method: string, path: string): Promise<Response> {
  const answer = await fetch(`${address}${path}`, {
    method,
    headers: { 'X-Admin-Token': readFileSync(join(dataDir, 'admin-token'), 'utf8').trim() },
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new StartError(`${method} ${path} got no answer; the lines above may say why.`, { cause: error });
  });
  if (!answer.ok)
    throw new StartError(`${method} ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  return answer;
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await ended;
}
