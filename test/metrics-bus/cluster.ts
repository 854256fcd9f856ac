/** An application in node:cluster that changed one import. The primary answers each message of its parent with a page, or kills a worker. */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Counter, Gauge } from 'prom-client';
import { AggregatorRegistry } from '../../shared/metrics-bus/aggregator-registry.ts';

if (cluster.isPrimary) {
  const early = cluster.fork();
  await once(early, 'online');
  const registry = new AggregatorRegistry();
  await Promise.all([1, 2].map(() => once(cluster.fork(), 'message')));
  process.on('message', async (order: 'page' | 'kill' | null) => {
    if (order === 'kill') {
      const worker = Object.values(cluster.workers ?? {})[0];
      worker?.process.kill('SIGKILL');
      if (worker) await once(worker, 'exit');
    }
    process.send?.(await registry.clusterMetrics());
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
} else {
  const counter = new Counter({ name: 'events_total', help: 'h' });
  new Gauge({ name: 'level', help: 'h' }).set(10);
  const registry = new AggregatorRegistry();
  counter.inc(cluster.worker?.id ?? 0);
  for (const message of [null, 'text', 7]) process.send?.(message);
  for (;;) {
    const page = await registry.page().catch(() => undefined);
    if (page?.body.toString().includes('events_total')) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.send?.('counted');
}
setTimeout(() => process.exit(3), 60_000).unref();
