/** A process that has a hub and nothing else, and tells its parent how much memory it holds. */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsHandler } from '../../shared/metrics-bus/http.ts';
import { startMetricsHub } from '../../shared/metrics-bus/start-hub.ts';

export interface HubMemory {
  readonly rssBytes: number;
  /** After a collection of garbage. */
  readonly heapBytes: number;
  /** 0 where the system does not tell. */
  readonly openFiles: number;
}

const [, , stateDir = ''] = process.argv;
const hub = await startMetricsHub({ stateDir });
const server = createServer(metricsHandler({ scrape: (ask) => hub.scrape(ask) }));
server.listen(0, '127.0.0.1', () => {
  process.send?.({ address: hub.address, port: (server.address() as AddressInfo).port });
});
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rssBytes: rss, heapBytes: heapUsed, openFiles: openFiles() } satisfies HubMemory);
});
process.on('disconnect', () => process.exit());

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
