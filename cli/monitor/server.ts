/** Prometheus or Alertmanager as a child process on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../shared/errors.ts';
import { findTool, TOOLS } from '../../test/tools.ts';
import { UnavailableError } from '../command.ts';

export interface MonitorServer {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  /** Resolves with what it said last when it ends by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const SAID_LENGTH_MAX = 4_000;

export type MonitorTool = 'prometheus' | 'alertmanager';
const NEEDED: readonly MonitorTool[] = ['prometheus', 'alertmanager'];

/** @throws UnavailableError with the one command that installs what is missing */
export function requireTools(platform: NodeJS.Platform = process.platform): void {
  const missing = NEEDED.filter((name) => findTool(name) === undefined);
  if (missing.length === 0) return;
  const packages = TOOLS.filter((tool) => missing.some((name) => name === tool.name));
  const command =
    platform === 'darwin'
      ? `brew install ${packages.map((tool) => tool.brewPackage).join(' ')}`
      : `sudo apt-get install -y --no-install-recommends ${packages.map((tool) => tool.debianPackage).join(' ')}`;
  throw new UnavailableError(
    `${missing.join(' and ')} cannot be found on PATH. This installs what is missing:\n\n  ${command}\n`,
  );
}

/** Starts it and waits until it is ready. @throws StartError with what it said */
export async function startServer(tool: MonitorTool, port: number, args: readonly string[]): Promise<MonitorServer> {
  const child = spawn(findTool(tool) ?? tool, [...args, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A Ctrl-C of the terminal is for us: we end it in order.
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text).slice(-SAID_LENGTH_MAX);
  });
  const ended = once(child, 'close').then(() => said);
  // Whatever ends this process ends the server.
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const stop = async () => {
    process.off('exit', killNow);
    if (hasEnded(child)) return;
    child.kill('SIGTERM');
    const late = setTimeout(killNow, STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(late);
  };
  const address = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, address);
  } catch (error) {
    await stop();
    throw new StartError(`${tool} did not start. It said:\n${said}`, { cause: error });
  }
  return { address, ended, stop };
}

async function untilReady(child: ChildProcess, address: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error('it ended');
    const answer = await fetch(`${address}/-/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`it was not ready after ${READY_TIMEOUT_MS / 1000} s`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
