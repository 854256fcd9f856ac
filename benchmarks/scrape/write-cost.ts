/** A process that counts as fast as it can, on the bus or not. Arguments: socket of the control, address of the bus. */
import * as client from 'prom-client';
import { parseAddress } from '../../shared/metrics-bus/address.ts';
import { joinMetricsBus, type MetricsAgent } from '../../shared/metrics-bus/agent.ts';
import { obey } from './control.ts';
import { createLoad } from './load.ts';

export interface WriteCost {
  readonly inc: number[];
  readonly observe: number[];
}

const LINES = 5000;
const SETS = 64;
const CALLS = 8000;

const [control = '', bus = ''] = process.argv.slice(2);
const load = createLoad(client, LINES, 0);
load.touch(1);
const counter = new client.Counter({ name: 'bench_inc_total', help: 'h', labelNames: ['route'] });
const histogram = new client.Histogram({ name: 'bench_observe_seconds', help: 'h', labelNames: ['route'] });
const labels = Array.from({ length: SETS }, (_, i) => ({ route: `/api/v1/resource-${i}` }));
let agent: MetricsAgent | undefined;

await obey(control, 'a writer', {
  async join() {
    const address = parseAddress(bus);
    if (address === undefined) throw new TypeError('no address of the bus');
    agent = joinMetricsBus({ address, role: 'worker', registries: [client.register] });
    await agent.joined;
  },
  leave: () => agent?.leave(),
  /** Nanoseconds of each turn of `ms`; the event loop goes round between them. */
  async write(ms: number): Promise<WriteCost> {
    const cost: WriteCost = { inc: [], observe: [] };
    const endsAt = performance.now() + ms;
    while (performance.now() < endsAt) {
      cost.inc.push(nsOf((i) => counter.inc(labels[i % SETS] as { route: string })));
      cost.observe.push(nsOf((i) => histogram.observe(labels[i % SETS] as { route: string }, (i % 100) / 50)));
      await new Promise(setImmediate);
    }
    return cost;
  },
});

/** Processor time of one call. */
function nsOf(call: (i: number) => void): number {
  const before = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) call(i);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / CALLS;
}
