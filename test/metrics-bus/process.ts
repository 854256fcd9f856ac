/** A process on the bus that does what its parent orders. It answers each order it survives, and ends with its parent or after a minute. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { parseAddress } from '../../shared/metrics-bus/address.ts';
import { joinMetricsBus } from '../../shared/metrics-bus/agent.ts';

export type Order =
  | { do: 'count' | 'set' | 'observe'; value: number }
  | { do: 'block'; ms: number }
  | { do: 'leave' | 'idle' }
  | { do: 'exit' | 'throw' | 'reject' | 'disconnect' };

const [address = '', role = '', pushMs = ''] = process.argv.slice(2);
const registers = [new Registry()];
const counter = new Counter({ name: 'events_total', help: 'Events.', registers });
const gauges = (['sum', 'max', 'average', 'first'] as const).map(
  (aggregator) =>
    new Gauge({ name: `level_by_${aggregator.replace('sum', 'adding')}`, help: 'Level.', aggregator, registers }),
);
const histogram = new Histogram({ name: 'took_seconds', help: 'Time.', buckets: [1, 10], registers });
const parsed = parseAddress(address);
if (parsed === undefined) throw new Error(`not an address: ${address}`);
const agent = joinMetricsBus({ address: parsed, role, registries: registers, pushMs: Number(pushMs) });

process.on('message', async (order: Order | null) => {
  if (typeof order?.do !== 'string') return;
  if (order.do === 'count') counter.inc(order.value);
  else if (order.do === 'set') for (const gauge of gauges) gauge.set(order.value);
  else if (order.do === 'observe') histogram.observe(order.value);
  else if (order.do === 'block') block(order.ms);
  else if (order.do === 'leave') await agent.leave();
  else if (order.do === 'idle') process.disconnect?.();
  else end(order.do);
  if (process.connected) process.send?.('done');
});
process.on('disconnect', () => process.exit());
setTimeout(() => process.exit(3), 60_000).unref();
void agent.joined.then(() => process.send?.('ready'));

/** Counts once more, which only last words can save, and ends. */
function end(how: 'exit' | 'throw' | 'reject' | 'disconnect'): void {
  counter.inc();
  if (how === 'exit') process.exit();
  if (how === 'disconnect') process.disconnect?.();
  if (how === 'reject') void Promise.reject(new Error('rejected on order'));
  if (how === 'throw')
    setImmediate(() => {
      throw new Error('thrown on order');
    });
}

function block(ms: number): void {
  process.send?.('blocking');
  const until = performance.now() + ms;
  while (performance.now() < until);
}
