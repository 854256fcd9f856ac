/**
 * A process that counts as fast as it is told and writes down what it counts, before it does: so the truth is known whatever happens to it, and
 * no page may ever show more. SIGUSR2 makes it hang, SIGHUP stops its work, SIGTERM ends it in order.
 */
import cluster from 'node:cluster';
import { openSync, writeSync } from 'node:fs';
import { AggregatorRegistry, Counter, Gauge, Histogram, register } from 'prom-client';
import { parseAddress } from '../../shared/metrics-bus/address.ts';
import { joinMetricsBus } from '../../shared/metrics-bus/agent.ts';
import { WORK } from './work.ts';

const { CHURN_TRUTH = '', CHURN_BUS = '', CHURN_HANG_MS = '10000' } = process.env;
const truth = openSync(CHURN_TRUTH, 'w');
const total = new Float64Array(1);
const events = new Counter({ name: 'churn_events_total', help: 'Events.', labelNames: ['kind'] });
const took = new Histogram({ name: 'churn_took_seconds', help: 'Time.', labelNames: ['kind'], buckets: [0.1, 1, 10] });
new Gauge({ name: 'churn_alive', help: 'Processes.' }).set(1);

const address = parseAddress(CHURN_BUS);
const agent =
  address && joinMetricsBus({ address, role: 'churn', registries: [register], pushMs: WORK.pushMs, signals: false });
if (cluster.isWorker) new AggregatorRegistry();

const timer = setInterval(() => {
  total[0] = (total[0] ?? 0) + WORK.batch;
  writeSync(truth, new Uint8Array(total.buffer), 0, 8, 0);
  const kind = `kind-${Math.floor(Math.random() * WORK.kinds)}`;
  events.inc({ kind }, WORK.batch);
  took.observe({ kind }, Math.random() * 12);
}, WORK.tickMs);

process.on('SIGHUP', () => clearInterval(timer));
process.on('SIGUSR2', () => {
  const end = performance.now() + Number(CHURN_HANG_MS);
  while (performance.now() < end);
});
process.on('SIGTERM', async () => {
  clearInterval(timer);
  await agent?.leave();
  process.exit();
});
process.on('disconnect', () => process.exit());
// Node runs on otherwise, without its work, when nothing but the parent's channel holds it.
setInterval(() => {}, 60_000);
process.send?.('ready');
