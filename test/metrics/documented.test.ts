import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUCKETS } from '../../shared/metrics/registry.ts';
import { allMetrics } from './all-metrics.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');
const rows = [...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map((m) => {
  const [kind = '', labels = '', unit = '', aggregator = '', question = ''] = m[2]!.split(' | ');
  return { name: m[1]!, kind, labels: labels === 'none' ? [] : labels.split(', '), unit, aggregator, question };
});
const metrics = await allMetrics();

describe('docs/metrics.md', () => {
  test('lists every metric, and nothing else', () => {
    expect(rows.map((row) => row.name).sort()).toEqual(metrics.map((metric) => metric.name).sort());
    expect(metrics.length).toBeGreaterThan(50);
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

  test('has a bound for every threshold of an alert', () => {
    expect(BUCKETS.http).toContain(2);
    for (const bound of [0.1, 1]) expect(BUCKETS.db).toContain(bound);
  });
});
