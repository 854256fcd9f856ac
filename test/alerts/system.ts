/** The product as processes of its own, on a PostgreSQL that can be stopped, with the internet played on loopback. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentWith } from '../../shared/config.ts';
import { isAlive } from '../../shared/embedded/running.ts';
import { until } from '../until.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 120_000;

export interface RunningSystem {
  readonly address: string;
  /** PIDs of the processes of a role. */
  pids(role: string): number[];
  call(method: string, path: string, body?: unknown): Promise<Response>;
  /** What it has said on both outputs. */
  said(): string;
  /** Drains it. */
  stop(): Promise<void>;
  /** At once, whatever state it is in. */
  kill(): Promise<void>;
}

/** @throws Error with what it said, unless it is ready within two minutes */
export async function startRunning(
  settings: Readonly<Record<string, string>>,
  roles: readonly string[] = [],
): Promise<RunningSystem> {
  const child = spawn(process.execPath, [join(ROOT, 'main.ts'), ...roles], {
    cwd: ROOT,
    env: environmentWith(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said = (said + text).slice(-100_000);
    });
  const gone = once(child, 'exit');
  const pid = child.pid ?? 0;
  const seen = new Set<number>();
  const pids = (role: string) => {
    const found = processesBelow(pid).filter((one) => one.role === role);
    for (const one of found) seen.add(one.pid);
    return found.map((one) => one.pid);
  };
  const kill = async () => {
    for (const role of ['api', 'worker', 'scheduler']) pids(role);
    child.kill('SIGKILL');
    if (!hasEnded(child)) await gone;
    for (const one of seen) if (isAlive(one)) process.kill(one, 'SIGKILL');
  };
  process.once('exit', () => {
    child.kill('SIGKILL');
    for (const one of seen) if (isAlive(one)) process.kill(one, 'SIGKILL');
  });
  const address = `http://127.0.0.1:${settings.PORT}`;
  try {
    await until(() => said.includes('\nready ') || hasEnded(child), {
      timeoutMs: START_TIMEOUT_MS,
      everyMs: 100,
      what: 'the system is ready',
    });
    if (hasEnded(child)) throw new Error('the system ended');
  } catch (error) {
    await kill();
    throw new Error(`the system did not start:\n${said}`, { cause: error });
  }
  for (const role of ['api', 'worker', 'scheduler']) pids(role);
  return {
    address,
    pids,
    said: () => said,
    kill,
    stop: async () => {
      child.kill('SIGTERM');
      if (!hasEnded(child)) await gone;
    },
    call: (method, path, body) =>
      fetch(address + path, {
        method,
        headers: {
          'X-Admin-Token': readFileSync(join(settings.DATA_DIR ?? '', 'admin-token'), 'utf8').trim(),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      }),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function processesBelow(root: number): { readonly pid: number; readonly role: string }[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+.*\/(api|worker|scheduler)\/main\.ts/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === root)
    .map((match) => ({ pid: Number(match?.[1]), role: match?.[3] ?? '' }));
}
