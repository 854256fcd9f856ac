/** A real redis-server for one test run: loopback, nothing on disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '../shared/embedded/free-port.ts';
import { findTool } from './tools.ts';
import { until } from './until.ts';

/** Each test file gets a numbered database of its own. */
export const REDIS_DATABASES = 4096;

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @returns undefined where no Redis is installed */
export async function startRedis(wantedPort?: number): Promise<RedisServer | undefined> {
  const command = findTool('redis-server');
  if (command === undefined) return undefined;
  const port = wantedPort ?? (await freePort());
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  // Stays in the run's process group: Ctrl-C ends it with the run.
  const child = spawn(command, [...args, '--databases', `${REDIS_DATABASES}`, '--maxmemory-policy', 'noeviction'], {
    stdio: 'ignore',
  });
  const gone = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} cannot be started`);
  await until(() => answers(port), { what: 'redis-server answers' });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
