/** A hub and processes for the tests of the metrics bus. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { addressText } from '../../shared/metrics-bus/address.ts';
import { type AgentOptions, joinMetricsBus } from '../../shared/metrics-bus/agent.ts';
import type { Ask } from '../../shared/metrics-bus/page.ts';
import { readPage } from '../../shared/metrics-bus/read-page.ts';
import { type MetricsHub, type MetricsHubOptions, startMetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import type { Order } from './process.ts';

export type Samples = Record<string, number>;

/** Its folder is fresh unless given; it ends with the file. */
export async function startHub(options: Partial<MetricsHubOptions> = {}): Promise<MetricsHub> {
  const hub = await startMetricsHub({ stateDir: join(testFolder(), 'bus'), thread: false, ...options });
  atEnd(() => hub.close());
  return hub;
}

/** What a scrape shows of the processes; with `metrics_bus_*` only when asked for. */
export async function scrape(hub: MetricsHub, ask: Ask = {}, withOwn = false): Promise<Samples> {
  const { body } = await hub.scrape(ask);
  const samples = [...readPage(body.toString())].filter(([key]) => withOwn || !key.startsWith('metrics_bus_'));
  return Object.fromEntries(samples);
}

/** An agent in this very process, with a registry of its own. */
export function startAgent(hub: Pick<MetricsHub, 'address'>, options: Partial<AgentOptions> = {}) {
  const registry = new Registry();
  const agent = joinMetricsBus({
    address: hub.address,
    role: 'test',
    registries: [registry],
    signals: false,
    ...options,
  });
  atEnd(() => agent.leave());
  return { agent, registry, registers: [registry] };
}

export interface TestProcess {
  readonly child: ChildProcess;
  /** Resolves when the process has carried it out. */
  order(order: Order): Promise<void>;
  /** Resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  readonly gone: Promise<unknown>;
}

/** A process that counts on order; see `process.ts`. It ends with the file, or after a minute. */
export async function startProcess(
  hub: Pick<MetricsHub, 'address'>,
  options: { role?: string; pushMs?: number } = {},
): Promise<TestProcess> {
  const { role = 'test', pushMs = 1000 } = options;
  const child = fork(join(import.meta.dirname, 'process.ts'), [addressText(hub.address), role, `${pushMs}`], {
    stdio: ['ignore', 'ignore', process.env.BUS_DEBUG ? 'inherit' : 'ignore', 'ipc'],
    execArgv: [],
  });
  const gone = once(child, 'exit');
  const message = () => Promise.race([once(child, 'message'), gone.then(() => Promise.reject(new Error('it ended')))]);
  atEnd(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  await message();
  return {
    child,
    gone,
    async order(order) {
      child.send(order);
      await message();
    },
    async end(signal) {
      child.kill(signal);
      await gone;
    },
  };
}
