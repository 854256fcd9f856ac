/**
 * What a process counts: 60 % of the sample lines from two histograms (15 lines a label set), 30 % from two counters with three labels, 10 % gauges of
 * four aggregators. All processes have the same label sets, as those of a cluster do.
 */
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The part of prom-client that both of its versions have. */
export interface Client {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
  readonly register: Registry;
}

export interface Load {
  /** Changes a tenth of the label sets, another one each step. The same step changes the same by as much in every library. */
  touch(step: number): void;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LINES_PER_HISTOGRAM = BUCKETS.length + 3;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** `worker` makes the numbers of each process differ. */
export function createLoad(client: Client, lines: number, worker: number): Load {
  const histograms = ['bench_http_request_duration_seconds', 'bench_db_query_duration_seconds'].map(
    (name) => new client.Histogram({ name, help: 'Time.', labelNames: ['route', 'method'], buckets: BUCKETS }),
  );
  const counters = ['bench_http_requests_total', 'bench_jobs_seen_total'].map(
    (name) => new client.Counter({ name, help: 'Number.', labelNames: ['route', 'method', 'code'] }),
  );
  const gauges = (['sum', 'max', 'first', 'average'] as const).map(
    (aggregator) =>
      new client.Gauge({ name: `bench_level_${aggregator}`, help: 'Level.', labelNames: ['queue'], aggregator }),
  );
  const sets = {
    histogram: Math.round((lines * 0.6) / LINES_PER_HISTOGRAM / histograms.length),
    counter: Math.round((lines * 0.3) / counters.length),
    gauge: Math.round((lines * 0.1) / gauges.length),
  };
  const route = (i: number) => ({ route: `/api/v1/resource-${i >> 2}`, method: METHODS[i & 3] as string });
  const change = (step: number, stride: number) => {
    for (let i = step % stride; i < sets.histogram; i += stride)
      for (const histogram of histograms) histogram.observe(route(i), ((i * 7 + step * 13 + worker) % 97) ** 2 / 300);
    for (let i = step % stride; i < sets.counter; i += stride)
      for (const counter of counters) counter.inc({ ...route(i), code: i % 5 === 0 ? '500' : '200' }, 1 + (i % 3));
    for (let i = step % stride; i < sets.gauge; i += stride)
      for (const gauge of gauges) gauge.set({ queue: `queue-${i}` }, ((i * 31 + step * 17 + worker * 7) % 1000) / 8);
  };
  change(0, 1);
  return { touch: (step) => change(step, 10) };
}
