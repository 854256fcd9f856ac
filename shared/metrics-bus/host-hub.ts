/** A hub with all that belongs to it on one host: door, checkpoint, clock. Runs in any thread. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Checkpoint } from './checkpoint.ts';
import { Fleet, type FleetIdentity, type FleetOptions } from './fleet.ts';
import { Hub, type HubOptions } from './hub.ts';
import { listen } from './hub-server.ts';
import type { Ask, Page } from './page.ts';

export interface HostHubOptions extends Omit<HubOptions, 'now'> {
  /** Where it listens. */
  readonly path: string;
  /** Folder for the checkpoint, for this hub alone. Without it a hub that is killed starts at zero. */
  readonly stateDir?: string;
  readonly maxConnections?: number;
  /** The hubs of other hosts, met in Redis. */
  readonly fleet?: FleetOptions;
}

export interface HostHub {
  scrape(ask?: Ask): Promise<Page>;
  /** Memory of pages that were sent and that changed hands, to be used again. */
  recycle?(memory: readonly ArrayBuffer[]): void;
  /** How many processes of each role there should be; shown as `metrics_bus_processes_expected`. */
  expect(roles: Readonly<Record<string, number>>): void;
  /** Saves the checkpoint and lets go of all processes. */
  close(): Promise<void>;
}

const TICK_MS = 1000;

export async function openHostHub(options: HostHubOptions, onError: (error: unknown) => void): Promise<HostHub> {
  const { hub, checkpoint, identity } = restored(options);
  if (options.fleet !== undefined) {
    hub.fleet = new Fleet(hub.ledger, options.fleet, hub.ledger.options, identity);
    hub.fleet.onRise = () => checkpoint?.save();
  }
  const server = await listen(hub, { ...options, onError });
  // A fault must not end a process that has other things to do.
  const every = (ms: number, work: () => void) =>
    setInterval(() => {
      try {
        work();
      } catch (error) {
        onError(error);
      }
    }, ms).unref();
  const timer = every(TICK_MS, () => {
    hub.tick();
    checkpoint?.tick();
  });
  const publishing = every(hub.fleet?.publishMs ?? 2 ** 31 - 1, () => {
    hub.settle();
    void hub.fleet?.publish();
  });
  hub.beforeShowing = () => checkpoint?.beforeShowing();
  await hub.fleet?.begin();
  return {
    scrape: (ask) => hub.scrape(ask),
    recycle: (memory) => hub.memory.give(memory),
    expect: (roles) => {
      hub.metrics.expected.clear();
      for (const [role, count] of Object.entries(roles)) hub.metrics.expected.set({ role }, count);
    },
    async close() {
      clearInterval(timer);
      clearInterval(publishing);
      checkpoint?.save();
      checkpoint?.close();
      for (const process of hub.roster.all) process.link?.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A checkpoint that cannot be read is counted and left behind: a hub that does not start would show nothing at all. */
function restored(options: HostHubOptions): {
  hub: Hub;
  checkpoint?: Checkpoint;
  identity?: FleetIdentity | undefined;
} {
  const create = () => new Hub(options, `hub-${randomBytes(8).toString('hex')}`);
  const hub = create();
  if (options.stateDir === undefined) return { hub };
  const checkpoint = new Checkpoint(hub, options.stateDir);
  try {
    return { hub, checkpoint, identity: checkpoint.restore() };
  } catch {
    const fresh = create();
    fresh.metrics.checkpointErrors.add({});
    return { hub: fresh, checkpoint: new Checkpoint(fresh, options.stateDir) };
  }
}

/** Where a hub with this folder listens. */
export function socketPath(stateDir: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\metrics-bus-${stateDir.replace(/[^a-zA-Z0-9]/g, '-')}`;
  return join(stateDir, 'hub.sock');
}
