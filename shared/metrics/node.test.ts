import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { registerNodeMetrics } from './node.ts';
import { registry } from './registry.ts';

beforeAll(() => registerNodeMetrics('worker'));

const values = async (name: string) => (await registry.getSingleMetric(name)!.get()).values;
const major = async () =>
  (await values('nodejs_gc_duration_seconds')).find(
    (v) => (v as { metricName?: string }).metricName?.endsWith('_count') && v.labels.kind === 'major',
  )!.value;

test('every garbage collection counts, also when several are reported together', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const before = await major();
  for (let i = 0; i < 5; i++) collect();
  const deadline = performance.now() + 5_000;
  while ((await major()) < before + 5 && performance.now() < deadline) await turn();
  expect(await major()).toBe(before + 5);
});

test('the event loop is busy for the share of the time in which it worked', async () => {
  await values('nodejs_eventloop_utilization_ratio');
  const until = performance.now() + 50;
  while (performance.now() < until);
  await turn();
  const [busy] = await values('nodejs_eventloop_utilization_ratio');
  expect(busy).toMatchObject({ labels: { role: 'worker' } });
  expect(busy!.value).toBeGreaterThan(0.5);
  expect(busy!.value).toBeLessThanOrEqual(1);
});

test('no gauge is named like a counter', () => {
  const gauges = registry
    .getMetricsAsArray()
    .filter((metric) => (metric as unknown as { type: string }).type === 'gauge');
  expect(gauges.length).toBeGreaterThan(15);
  expect(gauges.map(({ name }) => name).filter((name) => /_(total|count|sum|bucket)$/.test(name))).toEqual([]);
});
