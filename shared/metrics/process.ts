/** This process itself: memory, age, build. What Node tells is in `node.ts`. */
import { Gauge } from 'prom-client';
import packageJson from '../../package.json' with { type: 'json' };
import { nearestLimit } from './memory.ts';
import { registerNodeMetrics } from './node.ts';
import { registry } from './registry.ts';

export const ROLES = ['api', 'worker', 'scheduler', 'supervisor'] as const;
export type Role = (typeof ROLES)[number];

/** What the operator says of this installation; see `docs/configuration.md`. */
export interface Build {
  readonly revision: string;
  readonly deployment: string;
  /** Bytes that each process may hold; the machine's or the container's memory where it is not told. */
  readonly memoryLimit?: number | undefined;
}

/** Call once at the start of a process. */
export function registerProcessMetrics(role: Role, { revision, deployment, memoryLimit }: Build): void {
  registerNodeMetrics(role);
  new Gauge({
    name: 'process_memory_bytes',
    help: 'Resident memory by role, all processes.',
    labelNames: ['role'],
    registers: [registry],
    collect() {
      this.set({ role }, process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'process_memory_limit_bytes',
    help: 'Memory that each process may use, all processes of a role.',
    labelNames: ['role'],
    registers: [registry],
    collect() {
      this.set({ role }, nearestLimit(memoryLimit).limit);
    },
  });
  new Gauge({
    name: 'process_memory_utilization_ratio',
    help: 'Memory in use / limit of the fullest process of a role.',
    labelNames: ['role'],
    aggregator: 'max',
    registers: [registry],
    collect() {
      const { used, limit } = nearestLimit(memoryLimit);
      this.set({ role }, used / limit);
    },
  });
  new Gauge({
    name: 'application_uptime_seconds',
    help: 'Uptime of the oldest process.',
    aggregator: 'max',
    registers: [registry],
    collect() {
      this.set(process.uptime());
    },
  });
  new Gauge({
    name: 'iam_build_info',
    help: 'Build of the running processes; always 1.',
    labelNames: ['version', 'revision', 'node_version', 'deployment'],
    aggregator: 'max',
    registers: [registry],
  }).set({ version: packageJson.version, revision, node_version: process.versions.node, deployment }, 1);
}
