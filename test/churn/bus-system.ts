/** Processes on a metrics bus; the first one's socket goes through a wire that can be cut. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressText, type BusAddress } from '../../shared/metrics-bus/address.ts';
import { metricsHandler } from '../../shared/metrics-bus/http.ts';
import { startMetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import type { ChurnSystem } from './system.ts';

export async function startBusSystem(folder: string): Promise<ChurnSystem> {
  // In a thread, so that it can be killed and nobody else with it.
  const hub = await startMetricsHub({ stateDir: join(folder, 'bus'), thread: true });
  const wire = await startWire(hub.address, join(folder, 'wire.sock'));
  const handler = metricsHandler({ scrape: (ask) => hub.scrape(ask) });
  const server = createHttpServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const children = new Set<ChildProcess>();
  return {
    port: (server.address() as AddressInfo).port,
    async start(truth) {
      const address = children.size === 0 ? wire.address : hub.address;
      const child = fork(join(import.meta.dirname, 'worker.ts'), {
        env: { ...process.env, CHURN_TRUTH: truth, CHURN_BUS: addressText(address) },
        execArgv: [],
      });
      children.add(child);
      const gone = once(child, 'exit');
      await Promise.race([once(child, 'message'), gone.then(() => Promise.reject(new Error('it did not start')))]);
      return { pid: child.pid ?? 0, truth, gone };
    },
    cut: wire.cut,
    killHub: () => hub.restart(),
    async close() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      wire.close();
      await hub.close();
    },
  };
}

async function startWire(hub: BusAddress, path: string) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect({ path: hub.path });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const destroy = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: { path, token: hub.token },
    async cut(ms: number) {
      isCut = true;
      destroy();
      await sleep(ms);
      isCut = false;
    },
    close() {
      destroy();
      server.close();
    },
  };
}
