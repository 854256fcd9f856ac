/**
 * prom-client's `AggregatorRegistry` on the bus. Who uses prom-client in node:cluster changes one import:
 *
 *     - import { AggregatorRegistry } from 'prom-client';
 *     + import { AggregatorRegistry } from '.../metrics-bus/aggregator-registry.ts';
 *
 * As before, the primary and each worker that is to be counted make one; the primary asks for `clusterMetrics()`. Now a worker may ask as well.
 */
import cluster, { type Worker } from 'node:cluster';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry, type RegistryContentType, register, AggregatorRegistry as Stock } from 'prom-client';
import type { BusAddress } from './address.ts';
import { joinMetricsBus, type MetricsAgent } from './agent.ts';
import type { MetricRegistry } from './client-metrics.ts';
import { isRecord } from './definitions.ts';
import { CONTENT_TYPE } from './exposition.ts';
import type { Ask, Page } from './page.ts';
import { type MetricsHub, startMetricsHub } from './start-hub.ts';

const WHERE = 'metrics-bus:where';
const HERE = 'metrics-bus:here';
/** Read anew at each scan, so `setRegistries` may come late. */
const registries: MetricRegistry[] = [register];
let hub: Promise<MetricsHub> | undefined;
let agent: MetricsAgent | undefined;

/**
 * It extends `Registry` and not prom-client's class: the constructor of that one installs a listener that ends the primary when a worker sends `null`.
 */
export class AggregatorRegistry<T extends RegistryContentType> extends Registry<T> {
  constructor(contentType?: T) {
    super();
    if (contentType !== undefined) this.setContentType(contentType);
    if (cluster.isPrimary) hub ??= startPrimary();
    else askPrimary();
  }

  /** All workers in one text; those that hang or end do not fail it. The primary's own metrics are not in it, as before. */
  async clusterMetrics(): Promise<string> {
    const format = this.contentType.startsWith('application/openmetrics-text') ? 'openmetrics' : 'text';
    const { body } = await this.page({ accept: CONTENT_TYPE[format] });
    return body.toString();
  }

  /** The same for an HTTP answer: negotiated, packed, with its content type. */
  async page(ask: Ask = {}): Promise<Page> {
    if (hub !== undefined) return (await hub).scrape(ask);
    if (agent === undefined)
      throw new Error('This worker has not found its primary yet. Does the primary make an AggregatorRegistry?');
    return agent.page(ask);
  }

  static aggregate = Stock.aggregate;

  static setRegistries(given: Parameters<typeof Stock.setRegistries>[0]): void {
    registries.splice(0, registries.length, ...(Array.isArray(given) ? given : [given]));
  }
}

async function startPrimary(): Promise<MetricsHub> {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-bus-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const started = await startMetricsHub({ stateDir: folder });
  const tell = (worker: Worker) => {
    if (worker.isConnected()) worker.send({ type: HERE, address: started.address });
  };
  cluster.on('message', (worker, message) => {
    if (isRecord(message) && message.type === WHERE) tell(worker);
  });
  for (const worker of Object.values(cluster.workers ?? {})) if (worker !== undefined) tell(worker);
  return started;
}

/** Once; the answer may also come unasked, when the primary makes its registry later. */
function askPrimary(): void {
  if (process.listeners('message').includes(onMessage)) return;
  process.on('message', onMessage);
  process.send?.({ type: WHERE });
}

function onMessage(message: unknown): void {
  if (!isRecord(message) || message.type !== HERE || agent !== undefined) return;
  agent = joinMetricsBus({ address: message.address as BusAddress, role: 'worker', registries });
}
