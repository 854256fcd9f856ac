/**
 * Processes on a metrics bus; the first one's socket goes through a wire that can be cut. The hub is where it is by default, in the event loop of a process that
 * has other things to do, and is killed with all that the process is.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressText, type BusAddress } from '../../shared/metrics-bus/address.ts';
import { BusError, joinMetricsBus } from '../../shared/metrics-bus/agent.ts';
import { socketPath } from '../../shared/metrics-bus/host-hub.ts';
import { metricsHandler } from '../../shared/metrics-bus/http.ts';
import type { Ask, Page } from '../../shared/metrics-bus/page.ts';
import type { ChurnSystem } from './system.ts';

export async function startBusSystem(folder: string): Promise<ChurnSystem> {
  const stateDir = join(folder, 'bus');
  const address: BusAddress = { path: socketPath(stateDir), token: randomBytes(24).toString('base64url') };
  let hub = await readyHub(stateDir, address.token);
  await told(hub, 'open');
  const wire = await startWire(address, join(folder, 'wire.sock'));
  // Whoever is no hub asks for the page through its agent.
  const door = joinMetricsBus({ address, role: 'door', registries: [], signals: false });
  const handler = metricsHandler({ scrape: (ask) => patientPage((ask) => door.page(ask), ask) });
  const server = createHttpServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const children = new Set<ChildProcess>();
  return {
    port: (server.address() as AddressInfo).port,
    async start(truth) {
      const own = children.size === 0 ? wire.address : address;
      const child = fork(join(import.meta.dirname, 'worker.ts'), {
        env: { ...process.env, CHURN_TRUTH: truth, CHURN_BUS: addressText(own) },
        execArgv: [],
      });
      children.add(child);
      const gone = once(child, 'exit');
      await Promise.race([once(child, 'message'), gone.then(() => Promise.reject(new Error('it did not start')))]);
      return { pid: child.pid ?? 0, truth, gone };
    },
    cut: wire.cut,
    async killHub() {
      const next = await readyHub(stateDir, address.token);
      const gone = once(hub, 'exit');
      hub.kill('SIGKILL');
      await gone;
      hub = next;
      await told(hub, 'open');
    },
    async close() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      wire.close();
      await door.leave();
      hub.kill('SIGKILL');
    },
  };
}

async function readyHub(stateDir: string, token: string): Promise<ChildProcess> {
  const env = { ...process.env, CHURN_STATE_DIR: stateDir, CHURN_TOKEN: token };
  const hub = fork(join(import.meta.dirname, 'hub-process.ts'), { env, execArgv: [] });
  await answerOf(hub);
  return hub;
}

async function told(hub: ChildProcess, order: string): Promise<void> {
  const answer = answerOf(hub);
  hub.send(order);
  await answer;
}

async function answerOf(hub: ChildProcess): Promise<void> {
  await Promise.race([
    once(hub, 'message'),
    once(hub, 'exit').then(() => Promise.reject(new Error('the hub did not start'))),
  ]);
}

/** While there is no hub a scrape waits for the next one, not longer than Prometheus does. */
const PATIENCE_MS = 900;

async function patientPage(page: (ask: Ask) => Promise<Page>, ask: Ask): Promise<Page> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await page(ask);
    } catch (error) {
      if (!(error instanceof BusError) || performance.now() > until) throw error;
      await sleep(10);
    }
  }
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
