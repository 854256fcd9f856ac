/** The primary of a node:cluster with prom-client's own aggregator. Its parent sends truth files; each makes a worker. */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AggregatorRegistry } from 'prom-client';

const aggregator = new AggregatorRegistry();
cluster.setupPrimary({ exec: join(import.meta.dirname, 'worker.ts'), execArgv: [] });
// Without this the primary itself ends when a worker is killed in the middle of a scrape: "write EPIPE".
cluster.on('fork', (worker) => worker.on('error', () => {}));
cluster.on('exit', ({ process: { pid } }) => process.send?.({ gone: pid }));
process.on('message', async (truth: string) => {
  const worker = cluster.fork({ CHURN_TRUTH: truth });
  await once(worker, 'message');
  process.send?.({ started: worker.process.pid, truth });
});
process.on('disconnect', () => process.exit());

const server = createServer(async (_, response) => {
  try {
    const page = await aggregator.clusterMetrics();
    response.writeHead(200, { 'content-type': aggregator.contentType }).end(page);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
