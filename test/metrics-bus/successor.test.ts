/** The bus reads the metric objects of prom-client's successor as well. */
import { createRequire } from 'node:module';
import type {
  Counter as CounterType,
  Gauge as GaugeType,
  Histogram as HistogramType,
  Registry as RegistryType,
  Summary as SummaryType,
} from 'prom-client';
import { describe, expect, test } from 'vitest';
import { scrape, startAgent, startHub } from './bus.ts';

interface Client {
  Counter: typeof CounterType;
  Gauge: typeof GaugeType;
  Histogram: typeof HistogramType;
  Registry: typeof RegistryType;
  Summary: typeof SummaryType;
}
const client = createRequire(import.meta.url)('@prometheus-io/client') as Client;

describe('@prometheus-io/client', () => {
  test('is read as prom-client is: values, resets, removals, default labels, exemplars', async () => {
    const { Counter, Gauge, Histogram, Registry, Summary } = client;
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    registry.setDefaultLabels({ zone: 'eu' });
    const hub = await startHub();
    const { agent } = startAgent(hub, { registries: [registry] });
    const registers = [registry];
    const counter = new Counter({ name: 'events_total', help: 'h', labelNames: ['a'], registers });
    const gauge = new Gauge({ name: 'level', help: 'h', labelNames: ['a'], registers });
    const histogram = new Histogram({
      name: 'took',
      help: 'h',
      buckets: [1, 5],
      enableExemplars: true,
      registers: registers as never,
    });
    const summary = new Summary({ name: 'size', help: 'h', registers });
    await agent.joined;
    counter.inc({ a: 'x|' }, 5);
    counter.inc({ a: 'y' }, 1);
    gauge.set({ a: 'x' }, 2);
    gauge.set({ a: 'x' }, 3);
    gauge.set({ a: 'gone' }, 3);
    histogram.observe({ value: 3, exemplarLabels: { trace_id: 'slow' } } as never);
    summary.observe(4);
    const expected = {
      'events_total{a="x|",zone="eu"}': 5,
      'events_total{a="y",zone="eu"}': 1,
      'level{a="x",zone="eu"}': 3,
      'level{a="gone",zone="eu"}': 3,
      'took_bucket{le="1",zone="eu"}': 0,
      'took_bucket{le="5",zone="eu"}': 1,
      'took_bucket{le="+Inf",zone="eu"}': 1,
      'took_sum{zone="eu"}': 3,
      'took_count{zone="eu"}': 1,
      'size_sum{zone="eu"}': 4,
      'size_count{zone="eu"}': 1,
    };
    expect(await scrape(hub)).toEqual(expected);
    expect((await hub.scrape({ accept: 'application/openmetrics-text' })).body.toString()).toContain(
      '# {trace_id="slow"} 3',
    );
    summary.observe(1);
    expect((await scrape(hub))['size_sum{zone="eu"}']).toBe(5);
    registry.resetMetrics();
    counter.inc({ a: 'x|' }, 2);
    gauge.set({ a: 'x' }, 7);
    const { 'level{a="gone",zone="eu"}': _gone, ...rest } = expected;
    expect(await scrape(hub)).toEqual({
      ...rest,
      'size_sum{zone="eu"}': 5,
      'size_count{zone="eu"}': 2,
      'events_total{a="x|",zone="eu"}': 7,
      'level{a="x",zone="eu"}': 7,
    });
  });
});
