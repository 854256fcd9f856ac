/** What shows only after very much of something, and what it costs when there is very much. */
import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { AgentTable } from '../../shared/metrics-bus/agent-table.ts';
import { render } from '../../shared/metrics-bus/exposition.ts';
import { Ledger } from '../../shared/metrics-bus/ledger.ts';
import { readPage } from '../../shared/metrics-bus/read-page.ts';

test('a million random updates later every sum is the sum', () => {
  const ledger = new Ledger({ maxLines: 100_000, maxSlots: 100_000, onConflict: () => {} });
  const [members, series, batch] = [8, 50, 250];
  const schema = [
    { m: 0, name: 'level', help: 'h', type: 'gauge', agg: 'sum' } as const,
    ...Array.from({ length: series }, (_, s) => ({ s, m: 0, l: ['i', `${s}`] })),
  ];
  const state = Array.from({ length: members }, () => new Float64Array(series));
  const slots = Uint32Array.from({ length: series }, (_, s) => s);
  const joined = state.map((values, i) => {
    const member = ledger.join(`${i}`, `test-${i + 1}`, false);
    member.apply({ schema, exemplars: [], slots, values }, true);
    return member;
  });
  for (let update = 0; update < 1_000_000; update += batch) {
    const who = Math.floor(Math.random() * members);
    const values = state[who] as Float64Array;
    const changed = new Set<number>();
    for (let i = 0; i < batch; i++) {
      const s = Math.floor(Math.random() * series);
      // Large and small by turns: what a running sum would lose is not lost here.
      values[s] = (Math.random() - 0.5) * 10 ** Math.floor(Math.random() * 30 - 10);
      changed.add(s);
    }
    const at = Uint32Array.from([...changed].sort((a, b) => a - b));
    joined[who]?.apply(
      { schema: [], exemplars: [], slots: at, values: Float64Array.from(at, (s) => values[s]!) },
      false,
    );
    if (update % 100_000 === 0) ledger.refresh();
  }
  ledger.refresh();
  const page = readPage(render(ledger, 'text').toString());
  const sums = Array.from({ length: series }, (_, s) => state.reduce((sum, values) => sum + values[s]!, 0));
  expect(page.size).toBe(series);
  expect(sums.map((_, s) => page.get(`level{i="${s}"}`))).toEqual(sums);
});

describe('a tick', () => {
  /** So many lines as a page would have: counters and histograms of eleven buckets, half and half. */
  function tableOf(lines: number) {
    const registry = new Registry();
    const registers = [registry];
    const counter = new Counter({ name: 'c_total', help: 'h', labelNames: ['i'], registers });
    for (let i = 0; i < lines / 2; i++) counter.inc({ i });
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['i'], registers });
    for (let i = 0; i < lines / 2 / 14; i++) histogram.observe({ i }, 0.2);
    const table = new AgentTable({
      registries: [registry],
      maxSeriesPerMetric: 20_000,
      falling: new Set(),
      extraLabels: () => ({}),
      onFault: () => {},
    });
    return { table, counter, histogram };
  }

  test.each([
    [5000, 1],
    [20_000, 3],
  ])('over %i lines of which a tenth changed takes at most %i ms of processor time', { retry: 2 }, (lines, limitMs) => {
    const { table, counter, histogram } = tableOf(lines);
    const rounds = 200;
    const warm = 20;
    let took = 0;
    for (let round = 0; round < warm + rounds; round++) {
      for (let i = round % 10; i < lines / 2; i += 10) counter.inc({ i });
      for (let i = round % 10; i < lines / 2 / 14; i += 10) histogram.observe({ i }, 0.2);
      // Not the clock: other tests may use the processor as well. It is coarse, so all rounds are added up.
      const before = process.threadCpuUsage();
      table.scan();
      table.changes();
      const { user, system } = process.threadCpuUsage(before);
      if (round >= warm) took += (user + system) / 1000;
    }
    expect(took / rounds).toBeLessThanOrEqual(limitMs);
    // Nothing was measured if nothing took anything.
    expect(took).toBeGreaterThan(0);
  });
});
