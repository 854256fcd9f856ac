/** The same processes in node:cluster, added up by prom-client's AggregatorRegistry. It has no socket to cut, and its hub is their parent. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ChurnSystem } from './system.ts';

type Message = { port?: number; started?: number; truth?: string; gone?: number };

export async function startStockSystem(): Promise<ChurnSystem> {
  const primary = fork(join(import.meta.dirname, 'stock-primary.ts'), { execArgv: [] });
  const ended = once(primary, 'exit');
  const started = new Map<string, PromiseWithResolvers<number>>();
  const gone = new Map<number, PromiseWithResolvers<void>>();
  const port = Promise.withResolvers<number>();
  const goneOf = (pid: number) => {
    const known = gone.get(pid) ?? Promise.withResolvers<void>();
    gone.set(pid, known);
    return known;
  };
  primary.on('message', (message: Message) => {
    if (message.port !== undefined) port.resolve(message.port);
    if (message.started !== undefined) started.get(message.truth ?? '')?.resolve(message.started);
    if (message.gone !== undefined) goneOf(message.gone).resolve();
  });
  void ended.then(() => {
    const error = new Error('the primary ended');
    for (const waiting of [port, ...started.values()]) waiting.reject(error);
    // Its workers end with it, also those that nobody waits for.
    for (const waiting of gone.values()) waiting.resolve();
  });
  return {
    port: await port.promise,
    async start(truth) {
      const pid = Promise.withResolvers<number>();
      started.set(truth, pid);
      primary.send(truth);
      return { pid: await pid.promise, truth, gone: goneOf(await pid.promise).promise };
    },
    async close() {
      primary.kill('SIGKILL');
      await ended;
    },
  };
}
