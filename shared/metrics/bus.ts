/**
 * One /metrics for all processes: every process joins the metrics bus of its host, and the supervisor is the host. Nothing
 * outside this file knows how the numbers come together.
 */
import { createHash } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressText, parseAddress } from '../metrics-bus/address.ts';
import { joinMetricsBus, type MetricsAgent } from '../metrics-bus/agent.ts';
import type { FleetOptions } from '../metrics-bus/fleet.ts';
import type { Ask, Page } from '../metrics-bus/page.ts';
import { startMetricsHub } from '../metrics-bus/start-hub.ts';
import type { Role } from './process.ts';
import { registry } from './registry.ts';

export type MetricsAsk = Ask;

/** Hubs of all hosts that share a Redis meet under this name. */
const FLEET = 'jobscout';
/** A Unix socket's path has at most 107 bytes, and the hub adds a file name to its folder's. */
const STATE_DIR_LENGTH_MAX = 90;

export interface MetricsHostOptions {
  readonly dataDir: string;
  /** How many processes of each role there should be. */
  readonly processes: Readonly<Record<string, number>>;
  /** Redis, where several hosts meet. */
  readonly call?: FleetOptions['call'] | undefined;
  readonly onError: (error: unknown) => void;
}

export interface MetricsHost {
  /** For the environment of the processes that join; it holds a secret. */
  readonly env: Readonly<Record<string, string>>;
  read(ask: Ask): Promise<Page>;
  close(): Promise<void>;
}

/** Opens the bus of this host and joins it as the supervisor. Call once, before any process is started. */
export async function hostMetrics(options: MetricsHostOptions): Promise<MetricsHost> {
  const { call, onError, processes } = options;
  const fleet = call && { call, app: FLEET, host: hostname() };
  const start = (stateDir: string) => startMetricsHub({ stateDir, onError, ...(fleet && { fleet }) });
  const own = stateDirOf(options.dataDir, Object.keys(processes));
  // Another supervisor with the same roles and the same folder has that hub: then this one keeps its totals while it lives.
  const hub = await start(own).catch(() => start(`${own}-${process.pid}`));
  hub.expect({ ...processes, supervisor: 1 });
  const agent = joinMetricsBus({ address: hub.address, role: 'supervisor', registries: [registry], signals: false });
  return {
    env: { METRICS_BUS: addressText(hub.address) },
    read: (ask) => hub.scrape(ask),
    close: async () => {
      await agent.leave();
      await hub.close();
    },
  };
}

/** Totals go on where they were when the folder of an installation survives a restart. */
function stateDirOf(dataDir: string, roles: readonly string[]): string {
  const name = roles.toSorted().join('-');
  const path = join(dataDir, 'metrics', name);
  if (Buffer.byteLength(path) <= STATE_DIR_LENGTH_MAX) return path;
  const id = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `jobscout-metrics-${id}`);
}

export interface Metrics {
  /** The page of the whole fleet, of this host or by process, as asked. Rejects when the bus cannot be reached. */
  read(ask: Ask): Promise<Page>;
  /** Hands over the last numbers. */
  leave(): Promise<void>;
}

/** @param bus where the supervisor's bus is (METRICS_BUS); without one the page shows this process alone */
export function joinMetrics(role: Role, bus: string | undefined): Metrics {
  const address = bus === undefined ? undefined : parseAddress(bus);
  if (address === undefined) return { read: ownPage, leave: async () => undefined };
  const agent: MetricsAgent = joinMetricsBus({ address, role, registries: [registry], signals: false });
  return { read: (ask) => agent.page(ask), leave: () => agent.leave() };
}

/** The page of this process alone. */
export async function ownPage(): Promise<Page> {
  return { contentType: registry.contentType, body: Buffer.from(await registry.metrics()) };
}
