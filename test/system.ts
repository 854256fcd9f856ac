/** The product as processes of its own: `main.ts` with settings of a test. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentWith } from '../shared/config.ts';
import { freePort } from '../shared/embedded/free-port.ts';
import { isAlive } from '../shared/embedded/running.ts';
import { atEnd } from './at-end.ts';
import { testFolder } from './folder.ts';
import { until } from './until.ts';

const ROOT = join(import.meta.dirname, '..');
const START_TIMEOUT_MS = 60_000;

export interface SystemOptions {
  /** Roles to start; none means all. */
  readonly roles?: readonly string[];
  /** Settings; `DATA_DIR` is a new folder and `PORT` a free one unless they are given. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Command and arguments instead of `node main.ts`. */
  readonly command?: readonly [string, ...string[]];
  /** A process group of its own, to signal as a terminal does. */
  readonly detached?: boolean;
}

export interface System {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly dataDir: string;
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  stdout(): string;
  stderr(): string;
  /** All processes below this one, by role. */
  processes(): readonly { readonly pid: number; readonly role: string }[];
  /** Waits until the system says that all its roles do their work. */
  ready(): Promise<void>;
  /** Waits for the end. @returns exit code, or the signal's name */
  ended(): Promise<number | string>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
  /** A request with the admin token. */
  call(method: string, path: string): Promise<Response>;
}

/** Starts the system; whatever happens to the test, no process of it is left when the file is done. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const settings = {
    DATA_DIR: join(testFolder(), 'data'),
    PORT: `${await freePort()}`,
    SCAN_CRON: 'off',
    WORKER_PROCESSES: '1',
    ...options.settings,
  };
  const [command, ...args] = options.command ?? [process.execPath, join(ROOT, 'main.ts')];
  const child = spawn(command, [...args, ...(options.roles ?? [])], {
    cwd: ROOT,
    env: environmentWith(settings),
    detached: options.detached ?? false,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    output.stderr += text;
  });
  const exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  if (child.pid === undefined) throw new Error(`${command} cannot be started`);
  const pid = child.pid;
  const everSeen = new Set<number>();
  const processes = () => {
    const found = childrenOf(pid);
    for (const process of found) everSeen.add(process.pid);
    return found;
  };
  const system: System = {
    child,
    pid,
    dataDir: settings.DATA_DIR,
    address: `http://127.0.0.1:${settings.PORT}`,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    processes,
    ready: async () => {
      await until(() => output.stdout.includes('\nready ') || hasEnded(child), {
        timeoutMs: START_TIMEOUT_MS,
        what: 'the system is ready',
      });
      if (hasEnded(child)) throw new Error(`the system ended:\n${output.stdout}\n${output.stderr}`);
      processes();
    },
    ended: () => exit,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exit;
    },
    call: (method, path) =>
      fetch(`http://127.0.0.1:${settings.PORT}${path}`, {
        method,
        headers: { 'X-Admin-Token': readFileSync(join(settings.DATA_DIR, 'admin-token'), 'utf8').trim() },
        signal: AbortSignal.timeout(15_000),
      }),
  };
  atEnd(async () => {
    if (!hasEnded(child)) await system.stop();
    for (const leftover of everSeen) if (isAlive(leftover)) process.kill(leftover, 'SIGKILL');
  });
  return system;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Processes of the roles, at any depth below `root`. */
function childrenOf(root: number): { pid: number; role: string }[] {
  const rows = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args: args ?? '' }));
  const below = (parent: number): typeof rows =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(root).flatMap(({ pid, args }) => {
    const role = /\/(api|worker|scheduler)\/main\.ts/.exec(args)?.[1];
    return role === undefined ? [] : [{ pid, role }];
  });
}
