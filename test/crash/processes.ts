/** Our own processes, started as an operator starts them and killed without mercy. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { atEnd } from '../at-end.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Started {
  readonly child: ChildProcess;
  /** All that it has said so far, on both outputs. */
  readonly said: () => string;
  readonly out: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** SIGKILL: no goodbye, nothing is cleaned up. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<number | string>;
}

/** @param env replaces the whole environment but PATH and HOME: a test never reads the developer's settings */
export function start(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Started {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let all = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text;
    all += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    all += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const running = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    if (running()) child.kill('SIGKILL');
    await ended;
  };
  atEnd(kill);
  return {
    child,
    said: () => all,
    out: () => out,
    ended,
    kill,
    stop: async () => {
      if (running()) child.kill('SIGTERM');
      return ended;
    },
  };
}
