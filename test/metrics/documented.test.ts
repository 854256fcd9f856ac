import { describe, expect, test } from 'vitest';
import { THRESHOLDS } from '../../shared/metrics/registry.ts';
import { allMetrics } from './all-metrics.ts';
import { documentedMetrics } from './documented.ts';

// What the bus tells of itself is in no registry; the test of the live page sees it.
const rows = documentedMetrics().filter((row) => !row.name.startsWith('metrics_bus_'));
const metrics = await allMetrics();

describe('docs/metrics.md', () => {
  test('lists every metric once, and nothing else', () => {
    expect(rows.map((row) => row.name).sort()).toEqual(metrics.map((metric) => metric.name).sort());
    expect(metrics.length).toBeGreaterThan(80);
  });

  test.each(metrics)('tells the truth about $name', ({ name, type, labels, aggregator }) => {
    const row = rows.find((r) => r.name === name);
    expect(row).toMatchObject({ kind: type, labels, aggregator });
    expect([row!.unit, row!.question]).not.toContain('');
  });
});

describe('the registry', () => {
  test('has no label that Prometheus keeps for its targets', () => {
    const reserved = ['job', 'instance', 'app', 'environment'];
    expect(metrics.flatMap((metric) => metric.labels).filter((label) => reserved.includes(label))).toEqual([]);
  });

  test('knows what alerts and objectives compare with', () => {
    expect(THRESHOLDS).toMatchObject({
      http_request_duration_seconds: expect.arrayContaining([2]),
      db_query_duration_seconds: expect.arrayContaining([0.1, 1]),
      bullmq_job_wait_seconds: expect.arrayContaining([60]),
    });
  });

  test.each(Object.entries(THRESHOLDS))('%s has a bound for each of %j seconds', (name, thresholds) => {
    const { upperBounds } = metrics.find((metric) => metric.name === name) ?? {};
    expect(upperBounds).toEqual(expect.arrayContaining([...thresholds]));
  });

  test('never averages or adds up what only the worst process tells', () => {
    const how = Object.fromEntries(metrics.map(({ name, aggregator }) => [name, aggregator]));
    for (const name of [
      'application_uptime_seconds',
      'db_pool_utilization_ratio',
      'process_memory_utilization_ratio',
      'nodejs_eventloop_utilization_ratio',
      'nodejs_eventloop_lag_p99_seconds',
      'process_start_time_seconds',
    ])
      expect([name, how[name]]).toEqual([name, 'max']);
  });
});
