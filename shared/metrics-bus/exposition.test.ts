import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { AgentTable } from './agent-table.ts';
import { type Format, render } from './exposition.ts';
import { Ledger } from './ledger.ts';

function setup() {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  const options = {
    registries: [registry],
    maxSeriesPerMetric: 100,
    falling: new Set<string>(),
    extraLabels: () => ({}),
    onFault: () => {},
  };
  const table = new AgentTable(options);
  const ledger = new Ledger({ maxLines: 1000, maxSlots: 1000, onConflict: () => {} });
  const member = ledger.join('p-1', 'p-1', false);
  const page = (format: Format) => {
    table.scan();
    member.apply(table.changes(), false);
    ledger.refresh();
    return render(ledger, format).toString();
  };
  return { registers: [registry], page };
}

test('the text format is what prom-client writes, without blank lines', () => {
  const { registers, page } = setup();
  const counter = new Counter({ name: 'a_total', help: 'One "quoted"\nback\\slash', labelNames: ['path'], registers });
  counter.inc({ path: 'a"b\\c\nd😀' }, 3);
  new Histogram({ name: 'h', help: 'h', buckets: [0.5, 1], labelNames: ['a'], registers }).observe({ a: 'x' }, 0.7);
  expect(page('text')).toBe(
    [
      '# HELP a_total One "quoted"\\nback\\\\slash',
      '# TYPE a_total counter',
      'a_total{path="a\\"b\\\\c\\nd😀"} 3',
      '# HELP h h',
      '# TYPE h histogram',
      'h_bucket{le="0.5",a="x"} 0',
      'h_bucket{le="1",a="x"} 1',
      'h_bucket{le="+Inf",a="x"} 1',
      'h_sum{a="x"} 0.7',
      'h_count{a="x"} 1',
      '',
    ].join('\n'),
  );
});

test('OpenMetrics has one _total, an end, and keeps the names of counters that have none', () => {
  const { registers, page } = setup();
  new Counter({ name: 'a_total', help: 'has "quotes"', registers }).inc();
  new Counter({ name: 'plain', help: 'h', registers }).inc();
  new Counter({ name: 'both_total', help: 'h', registers }).inc();
  new Gauge({ name: 'both', help: 'h', registers }).set(1);
  expect(page('openmetrics')).toBe(
    [
      '# HELP a has \\"quotes\\"',
      '# TYPE a counter',
      'a_total 1',
      '# HELP plain h',
      '# TYPE plain unknown',
      'plain 1',
      '# HELP both_total h',
      '# TYPE both_total unknown',
      'both_total 1',
      '# HELP both h',
      '# TYPE both gauge',
      'both 1',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('exemplars stand behind counters and buckets, in OpenMetrics only, the newest one', () => {
  const { registers, page } = setup();
  const counter = new Counter({ name: 'a_total', help: 'h', enableExemplars: true, registers: registers as never });
  const histogram = new Histogram({
    name: 'h',
    help: 'h',
    buckets: [1, 5],
    enableExemplars: true,
    registers: registers as never,
  });
  for (const trace_id of ['old', 'new']) {
    counter.inc({ value: 2, exemplarLabels: { trace_id } });
    histogram.observe({ value: 3, exemplarLabels: { trace_id } });
    histogram.observe({ value: 9, exemplarLabels: { trace_id } });
    page('openmetrics');
  }
  const text = page('openmetrics');
  expect(text).toMatch(/^a_total 4 # \{trace_id="new"\} 2 \d+\.?\d*$/m);
  expect(text).toMatch(/^h_bucket\{le="1"\} 0$/m);
  expect(text).toMatch(/^h_bucket\{le="5"\} 2 # \{trace_id="new"\} 3 \d+\.?\d*$/m);
  expect(text).toMatch(/^h_bucket\{le="\+Inf"\} 4 # \{trace_id="new"\} 9 \d+\.?\d*$/m);
  expect(text).toMatch(/^h_sum 24$/m);
  expect(page('text')).not.toContain('trace_id');
});

test('an exemplar with more text than is allowed is left out', () => {
  const { registers, page } = setup();
  const counter = new Counter({ name: 'a_total', help: 'h', enableExemplars: true, registers: registers as never });
  counter.inc({ value: 1, exemplarLabels: { trace_id: 'x'.repeat(120) } });
  expect(page('openmetrics')).toContain('trace_id="xxx');
  // prom-client counts UTF-16 units and sets the labels before it looks; what arrives is checked again.
  expect(() => counter.inc({ value: 1, exemplarLabels: { trace_id: 'x'.repeat(121) } })).toThrow();
});

test('families without a sample are not mentioned', () => {
  const { registers, page } = setup();
  new Counter({ name: 'never', help: 'h', labelNames: ['a'], registers });
  expect([page('text'), page('openmetrics')]).toEqual(['', '# EOF\n']);
});
