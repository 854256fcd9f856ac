import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { metricsHandler } from '../../shared/metrics-bus/http.ts';
import type { MetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import { atEnd } from '../at-end.ts';
import { until } from '../until.ts';
import { startAgent, startHub, startProcess } from './bus.ts';
import { checkMetrics, prometheusCommand, promtoolCommand, startPrometheus } from './prometheus.ts';

const isHere = prometheusCommand !== undefined && promtoolCommand !== undefined;
if (!isHere) test.skip('prometheus is not installed (Debian: apt-get install prometheus)', () => undefined);

/** Serves the hub over HTTP and notes how each scrape went. */
async function serve(hub: MetricsHub) {
  const scrapes: { status: number; ms: number }[] = [];
  const handler = metricsHandler({ scrape: (ask) => hub.scrape(ask) });
  const server = createServer(async (req, res) => {
    const startedAt = performance.now();
    await handler(req, res);
    scrapes.push({ status: res.statusCode, ms: performance.now() - startedAt });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  return { port: (server.address() as AddressInfo).port, scrapes };
}

describe.runIf(isHere)('a real Prometheus', () => {
  test('takes a page of 20,000 lines as OpenMetrics, with exemplars, and one _total', async () => {
    const hub = await startHub({ thread: true });
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const { agent } = startAgent(hub, { registries: [registry], maxSeriesPerMetric: 10_000 });
    const registers = [registry] as unknown as Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>[];
    const counter = new Counter({
      name: 'big_total',
      help: 'With "quotes" and \\ and\nlines.',
      labelNames: ['i'] as string[],
      enableExemplars: true,
      registers,
    });
    for (let i = 0; i < 8000; i++)
      counter.inc({ labels: { i: `${i} "ä\\\n` }, value: 1, exemplarLabels: { trace_id: `trace-${i}` } });
    const histogram = new Histogram({
      name: 'took_seconds',
      help: 'h',
      labelNames: ['i'] as string[],
      enableExemplars: true,
      registers,
    });
    for (let i = 0; i < 857; i++)
      histogram.observe({ labels: { i }, value: 0.3, exemplarLabels: { trace_id: `slow-${i}` } });
    new Counter({ name: 'plain', help: 'A counter without the ending.', registers }).inc(3);
    new Gauge({ name: 'odd', help: 'h', labelNames: ['v'], registers }).set({ v: 'nan' }, Number.NaN);
    await agent.joined;
    const { port, scrapes } = await serve(hub);
    const prometheus = await startPrometheus(port);
    await until(async () => Object.values(await prometheus.query('count(big_total)'))[0] === 8000, {
      timeoutMs: 20_000,
    });
    expect(await prometheus.query('up')).toEqual({ '{"__name__":"up"}': 1 });
    expect(await prometheus.query('sum(took_seconds_count)')).toEqual({ '{}': 857 });
    expect(await prometheus.query('plain')).toEqual({ '{"__name__":"plain"}': 3 });
    expect(await prometheus.query('big_total_total')).toEqual({});
    expect((await prometheus.query('scrape_samples_scraped'))['{"__name__":"scrape_samples_scraped"}']).toBeGreaterThan(
      20_000,
    );
    const exemplars = await prometheus.exemplars('took_seconds_bucket{i="7"}');
    expect(exemplars).toEqual([expect.objectContaining({ labels: { trace_id: 'slow-7' }, value: '0.3' })]);
    expect(scrapes.every(({ status, ms }) => status === 200 && ms < 1000)).toBe(true);
  });
});

describe.runIf(promtoolCommand !== undefined)('promtool', () => {
  test('finds nothing to say about the bus and its own metrics', async () => {
    const hub = await startHub();
    hub.expect({ test: 1 });
    const { order } = await startProcess(hub);
    for (const value of [1, 5]) {
      await order({ do: 'count', value });
      await order({ do: 'observe', value });
    }
    await hub.scrape();
    expect(checkMetrics((await hub.scrape()).body.toString())).toBe('');
  });
});
