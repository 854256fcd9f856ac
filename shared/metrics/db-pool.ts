/** Connections to the database: what the pools of the application hold. What the server holds is the server's to tell. */
import { Gauge, Histogram } from 'prom-client';
import { BUCKETS, registry } from './registry.ts';

/** What a pool can tell of itself; `pg.Pool` fits. */
interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max?: number | undefined };
}

const pools = new Set<PoolCounts>();
const sum = (of: (pool: PoolCounts) => number) => [...pools].reduce((total, pool) => total + of(pool), 0);
const active = (pool: PoolCounts) => pool.totalCount - pool.idleCount;
/** pg's own default is 10. */
const max = (pool: PoolCounts) => pool.options.max ?? 10;

for (const [name, help, of] of [
  ['active', 'Pool connections in use', active],
  ['idle', 'Pool connections open and not in use', (pool: PoolCounts) => pool.idleCount],
  ['waiting', 'Callers waiting for a pool connection', (pool: PoolCounts) => pool.waitingCount],
  ['max', 'Configured pool size', max],
] as const) {
  new Gauge({
    name: `db_connections_${name}`,
    help: `${help}, all processes.`,
    registers: [registry],
    collect() {
      this.set(sum(of));
    },
  });
}

// The sums above hide one process that has run out while the others are idle.
new Gauge({
  name: 'db_pool_utilization_ratio',
  help: 'Active / max of the most used pool of any process.',
  aggregator: 'max',
  registers: [registry],
  collect() {
    this.set(Math.max(0, ...[...pools].map((pool) => active(pool) / max(pool))));
  },
});

const acquire = new Histogram({
  name: 'db_connection_acquire_duration_seconds',
  help: 'Time spent waiting for a pool connection.',
  buckets: [...BUCKETS.acquire],
  registers: [registry],
});

/** Makes the pool count; call the answer when the pool is closed. */
export function watchPool(pool: PoolCounts): () => void {
  pools.add(pool);
  return () => pools.delete(pool);
}

/** @returns call it when the connection is there, or will not come */
export function startAcquire(): () => void {
  const startedAt = performance.now();
  return () => acquire.observe((performance.now() - startedAt) / 1000);
}
