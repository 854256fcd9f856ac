import fc from 'fast-check';
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { AgentTable } from './agent-table.ts';
import { SchemaError } from './definitions.ts';
import { render } from './exposition.ts';
import { Ledger } from './ledger.ts';
import { Matrix } from './matrix.ts';
import type { Member } from './member.ts';
import { readPage } from './read-page.ts';

/** Processes without the wire: each has a registry and a table that reports to one ledger. */
class Host {
  readonly conflicts: [string, string][] = [];
  readonly ledger: Ledger;
  constructor(options: { maxLines?: number; maxSlots?: number } = {}) {
    const onConflict = (metric: string, kind: string) => this.conflicts.push([metric, kind]);
    this.ledger = new Ledger({ maxLines: 100_000, maxSlots: 100_000, ...options, onConflict });
  }
  process(name: string, seenBefore = false) {
    const registry = new Registry();
    const table = new AgentTable({
      registries: [registry],
      maxSeriesPerMetric: 10_000,
      falling: new Set(['falling']),
      extraLabels: () => ({}),
      onFault: () => {},
    });
    const scan = () => table.scan();
    const process = {
      registry,
      table,
      member: this.ledger.join(name, name, seenBefore) as Member,
      report,
      reportAll,
      leave: () => {},
    };
    const { ledger } = this;
    function report() {
      scan();
      process.member.apply(table.changes(), false);
    }
    function reportAll() {
      scan();
      process.member.apply(table.everything(), true);
    }
    process.leave = () => ledger.leave(process.member, false);
    return process;
  }
  page() {
    this.ledger.refresh();
    return Object.fromEntries(readPage(render(this.ledger, 'text').toString()));
  }
}
const isNamed = (name: string) => (metric: object) => (metric as { name: string }).name === name;
const registers = (process: { registry: Registry }) => [process.registry];

describe('a ledger shows what prom-client would', () => {
  const labelValue = fc.constantFrom('GET', 'POST', 'x,b:y', 'x|', 'a"b\\c\nd', '', 'ä😀', '0');
  const action = fc.record({
    process: fc.nat(3),
    metric: fc.constantFrom(
      'c',
      'sum',
      'min',
      'max',
      'average',
      'first',
      'omit',
      'h',
      'h_min',
      'h_max',
      'h_average',
      's',
    ) as fc.Arbitrary<string>,
    labels: fc.record({ a: labelValue, b: labelValue }),
    value: fc.oneof(fc.nat(20), fc.double({ min: 0, max: 1e6, noNaN: true })),
  });

  test('for every aggregator and type, sample by sample', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(action, { maxLength: 60 }),
        fc.infiniteStream(fc.boolean()),
        async (count, actions, coin) => {
          const host = new Host();
          const processes = Array.from({ length: count }, (_, i) => {
            const process = host.process(`p-${i}`);
            const common = { help: 'h', labelNames: ['a', 'b'], registers: registers(process) };
            const gauges = (['sum', 'min', 'max', 'average', 'first', 'omit'] as const).map(
              (aggregator) => new Gauge({ name: aggregator, aggregator, ...common }),
            );
            const counter = new Counter({ name: 'c', ...common });
            const histograms = (['sum', 'min', 'max', 'average'] as const).map((aggregator) => {
              const name = aggregator === 'sum' ? 'h' : `h_${aggregator}`;
              return new Histogram({ name, buckets: [1, 10, 1000], aggregator, ...common });
            });
            const summary = new Summary({ name: 's', percentiles: [], ...common });
            const act = (metric: string, labels: { a: string; b: string }, value: number) => {
              if (metric === 'c') counter.inc(labels, value);
              else if (metric === 's') summary.observe(labels, value);
              else if (metric.startsWith('h')) histograms.find(isNamed(metric))?.observe(labels, value);
              else gauges.find(isNamed(metric))?.set(labels, value);
            };
            process.reportAll();
            return { ...process, act };
          });
          for (const { process, metric, labels, value } of actions) {
            const chosen = processes[process % count]!;
            // Two label sets that are one to Prometheus are two to prom-client; agent-table.test.ts has that case.
            const { a, b } = labels;
            chosen.act(metric, { a: a === '' ? 'e' : a, b: b === '' ? 'e' : b }, value);
            if (coin.next().value) chosen.report();
          }
          for (const process of processes) process.report();
          // prom-client adds {a:'x,b:y'} and {a:'x',b:'y'} up; left to the next test.
          if (actions.some(({ labels }) => Object.values(labels).includes('x,b:y'))) return;
          const stock = AggregatorRegistry.aggregate(
            (await Promise.all(processes.map(({ registry }) => registry.getMetricsAsJSON()))) as never,
          );
          const expected = Object.fromEntries(readPage(await stock.metrics()));
          const shown = host.page();
          expect(Object.keys(shown).sort()).toEqual(Object.keys(expected).sort());
          for (const [key, value] of Object.entries(expected)) {
            expect(Math.abs((shown[key] as number) - value), key).toBeLessThanOrEqual(
              Math.abs(value) * count * Number.EPSILON,
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('for NaN, infinities and numbers at the edge, with every aggregator', () => {
    const odd = [Number.NaN, Infinity, -Infinity, -0, 1e21, 5e-324, 2 ** 53];
    for (const aggregator of ['sum', 'min', 'max', 'average', 'first'] as const) {
      for (const value of odd) {
        const host = new Host();
        const process = host.process('p-1');
        new Gauge({ name: 'g', help: 'h', aggregator, registers: registers(process) }).set(value);
        process.report();
        expect(host.page(), `${aggregator} of ${value}`).toEqual({ 'g{}': value + 0 });
      }
    }
  });

  test('and keeps apart what prom-client adds up because its keys collide', () => {
    const host = new Host();
    for (const name of ['p-1', 'p-2']) {
      const process = host.process(name);
      const gauge = new Gauge({ name: 'g', help: 'h', labelNames: ['a', 'b'], registers: registers(process) });
      if (name === 'p-1') {
        gauge.set({ a: 'x,b:y' }, 1);
        gauge.set({ a: 'x|', b: 'y' }, 2);
      } else {
        gauge.set({ a: 'x', b: 'y' }, 4);
        gauge.set({ a: 'x', b: '|y' }, 8);
      }
      process.report();
    }
    expect(host.page()).toEqual({ 'g{a="x,b:y"}': 1, 'g{a="x|",b="y"}': 2, 'g{a="x",b="y"}': 4, 'g{a="x",b="|y"}': 8 });
  });

  test('except that first is the lowest name, latest the last change, and all has one series for each process', () => {
    const host = new Host();
    const gauges = ['p-10', 'p-2'].map((name) => {
      const process = host.process(name);
      const make = (aggregator: string) =>
        new Gauge({ name: aggregator, help: 'h', aggregator: aggregator as 'sum', registers: registers(process) });
      return { process, first: make('first'), latest: make('latest'), all: make('all') };
    });
    for (const [i, { process, first, latest, all }] of gauges.entries()) {
      for (const gauge of [first, latest, all]) gauge.set(i + 1);
      process.report();
    }
    expect(host.page()).toEqual({ 'first{}': 2, 'latest{}': 2, 'all{proc="p-10"}': 1, 'all{proc="p-2"}': 2 });
    gauges[0]!.latest.set(7);
    gauges[0]!.process.report();
    expect(host.page()).toMatchObject({ 'latest{}': 7 });
    gauges[0]!.process.leave();
    expect(host.page()).toEqual({ 'first{}': 2, 'latest{}': 2, 'all{proc="p-2"}': 2 });
  });
});

describe('totals', () => {
  test('stay when a process ends, while its gauges go', () => {
    const host = new Host();
    const processes = ['p-1', 'p-2'].map((name, i) => {
      const process = host.process(name);
      const common = { help: 'h', registers: registers(process) };
      new Counter({ name: 'c', ...common }).inc(i + 1);
      new Histogram({ name: 'h', buckets: [1], ...common }).observe(i);
      new Summary({ name: 's', ...common }).observe(4);
      for (const aggregator of ['sum', 'max', 'average', 'first'] as const)
        new Gauge({ name: aggregator, aggregator, ...common }).set(10 * (i + 1));
      if (i === 1) new Gauge({ name: 'alone', ...common }).set(1);
      process.report();
      return process;
    });
    host.page();
    processes[1]!.leave();
    const totals = {
      'c{}': 3,
      'h_bucket{le="1"}': 2,
      'h_bucket{le="+Inf"}': 2,
      'h_sum{}': 1,
      'h_count{}': 2,
      's_sum{}': 8,
      's_count{}': 2,
    };
    expect(host.page()).toEqual({ ...totals, 'sum{}': 10, 'max{}': 10, 'average{}': 10, 'first{}': 10 });
    processes[0]!.leave();
    expect(host.page()).toEqual(totals);
  });

  test('survive a thousand processes without growing', () => {
    const host = new Host();
    for (let i = 0; i < 1000; i++) {
      const process = host.process(`p-${i}`);
      new Counter({ name: 'c', help: 'h', registers: registers(process) }).inc();
      new Gauge({ name: 'g', help: 'h', labelNames: ['i'], registers: registers(process) }).set({ i }, 1);
      process.report();
      process.leave();
    }
    expect(host.page()).toEqual({ 'c{}': 1000 });
    expect(host.ledger.lineCount).toBe(1);
    expect(host.ledger.matrix.addRow({ how: 'sum', mayFall: true, isSum: false })).toBeLessThan(3);
  });

  test('do not fall by the last bit of a sum when a member is folded in', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 2, maxLength: 6 }), (values) => {
        const host = new Host();
        const processes = values.map((value, i) => {
          const process = host.process(`p-${i}`);
          new Counter({ name: 'c', help: 'h', registers: registers(process) }).inc(value);
          process.report();
          return process;
        });
        let before = host.page()['c{}'] as number;
        for (const process of processes.reverse()) {
          process.leave();
          const after = host.page()['c{}'] as number;
          expect(after).toBeGreaterThanOrEqual(before);
          before = after;
        }
      }),
    );
  });

  test('do not count a member twice that was given up and comes back', () => {
    const host = new Host();
    const process = host.process('p-1');
    const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a'], registers: registers(process) });
    counter.inc({ a: 'x' }, 5);
    process.report();
    host.ledger.leave(process.member, true);
    counter.inc({ a: 'x' }, 2);
    counter.inc({ a: 'y' }, 1);
    expect(host.page()).toEqual({ 'c{a="x"}': 5 });
    process.member = host.ledger.join('p-1', 'p-1', true);
    process.reportAll();
    expect(host.page()).toEqual({ 'c{a="x"}': 7, 'c{a="y"}': 1 });
    counter.inc({ a: 'x' });
    process.report();
    host.ledger.leave(process.member, true);
    process.member = host.ledger.join('p-1', 'p-1', true);
    counter.inc({ a: 'x' });
    process.reportAll();
    expect(host.page()).toEqual({ 'c{a="x"}': 9, 'c{a="y"}': 1 });
  });

  test('start at zero for a member whose past an earlier hub has shown', () => {
    const host = new Host();
    const process = host.process('p-1', true);
    const counter = new Counter({ name: 'c', help: 'h', registers: registers(process) });
    new Gauge({ name: 'g', help: 'h', registers: registers(process) }).set(3);
    counter.inc(1000);
    process.reportAll();
    expect(host.page()).toEqual({ 'c{}': 0, 'g{}': 3 });
    counter.inc(5);
    process.report();
    expect(host.page()).toEqual({ 'c{}': 5, 'g{}': 3 });
  });

  test('fall only where the owner asked for it', () => {
    const host = new Host();
    const process = host.process('p-1');
    const counter = new Counter({ name: 'falling', help: 'h', registers: registers(process) });
    counter.inc(5);
    process.report();
    host.page();
    counter.reset();
    counter.inc(1);
    process.report();
    expect(host.page()).toEqual({ 'falling{}': 1 });
    process.leave();
    expect(host.page()).toEqual({});
  });

  test('of a histogram that sees negative values may fall, its count may not', () => {
    const host = new Host();
    const process = host.process('p-1');
    const histogram = new Histogram({ name: 'h', help: 'h', buckets: [0], registers: registers(process) });
    histogram.observe(5);
    process.report();
    host.page();
    histogram.observe(-8);
    process.report();
    expect(host.page()).toMatchObject({ 'h_sum{}': -3, 'h_count{}': 2, 'h_bucket{le="0"}': 1 });
  });

  test('do not drift: ten thousand changes later the sum is the sum', () => {
    const host = new Host();
    const processes = Array.from({ length: 8 }, (_, i) => {
      const process = host.process(`p-${i}`);
      return { ...process, gauge: new Gauge({ name: 'g', help: 'h', registers: registers(process) }) };
    });
    const values = processes.map(() => 0);
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let i = 0; i < 10_000; i++) {
      const which = Math.floor(random() * 8);
      values[which] = random() * 10 ** (random() * 20 - 10);
      processes[which]!.gauge.set(values[which]!);
      processes[which]!.report();
    }
    expect(host.page()).toEqual({ 'g{}': values.reduce((sum, value) => sum + value, 0) });
  });
});

describe('histograms', () => {
  test('are cumulative, in order, and end with their count, however processes come and go', () => {
    const step = fc.oneof(
      fc.record({ who: fc.nat(2), value: fc.double({ min: 0, max: 20, noNaN: true }) }),
      fc.record({
        who: fc.nat(2),
        what: fc.constantFrom('leave', 'reset', 'report', 'return') as fc.Arbitrary<string>,
      }),
    );
    const layouts = [
      [1, 2, 5, 10],
      [1, 2, 3, 5, 10],
      [2, 10],
    ];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const host = new Host();
        let started = 0;
        const start = (layout: number) => {
          const process = host.process(`p-${started++}`);
          return {
            ...process,
            histogram: new Histogram({
              name: 'h',
              help: 'h',
              buckets: layouts[layout]!,
              registers: registers(process),
            }),
          };
        };
        const processes = layouts.map((_, i) => start(i));
        let before: Record<string, number> = {};
        for (const step of steps) {
          const process = processes[step.who]!;
          if ('value' in step) process.histogram.observe(step.value);
          else if (step.what === 'reset') process.histogram.reset();
          else if (step.what === 'leave') {
            host.ledger.leave(process.member, false);
            processes[step.who] = start(step.who);
          } else if (step.what === 'return') {
            host.ledger.leave(process.member, true);
            process.member = host.ledger.join(process.member.id, process.member.name, true);
            const changes = process.table;
            changes.scan();
            process.member.apply(changes.everything(), true);
          } else {
            process.table.scan();
            process.member.apply(process.table.changes(), false);
          }
          const page = host.page();
          const buckets = Object.entries(page).filter(([key]) => key.startsWith('h_bucket'));
          const bounds = buckets.map(([key]) => Number(/le="(.*)"/.exec(key)?.[1]?.replace('+Inf', 'Infinity')));
          expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
          const counts = buckets.map(([, value]) => value);
          expect(counts).toEqual([...counts].sort((a, b) => a - b));
          expect(counts.at(-1)).toBe(page['h_count{}']);
          for (const [key, value] of Object.entries(page)) expect(value, key).toBeGreaterThanOrEqual(before[key] ?? 0);
          before = page;
        }
      }),
      { numRuns: 100 },
    );
  });

  test('with different bounds show those that all have, exactly, and tell of it', () => {
    const host = new Host();
    for (const [name, buckets] of [
      ['p-1', [1, 2, 5]],
      ['p-2', [1, 3, 5]],
    ] as const) {
      const process = host.process(name);
      const histogram = new Histogram({ name: 'h', help: 'h', buckets: [...buckets], registers: registers(process) });
      for (const value of [0.5, 1.5, 2.5, 4, 9]) histogram.observe(value);
      process.report();
    }
    expect(host.page()).toEqual({
      'h_bucket{le="1"}': 2,
      'h_bucket{le="5"}': 8,
      'h_bucket{le="+Inf"}': 10,
      'h_sum{}': 35,
      'h_count{}': 10,
    });
    expect(host.conflicts).toEqual([['h', 'buckets']]);
  });
});

describe('a member', () => {
  test('whose metric has another type or aggregator is left out with it, and only with it', () => {
    const host = new Host();
    const first = host.process('p-1');
    new Counter({ name: 'type', help: 'h', registers: registers(first) }).inc(1);
    new Gauge({ name: 'agg', help: 'h', registers: registers(first) }).set(1);
    const second = host.process('p-2');
    const wrong = new Gauge({ name: 'type', help: 'h', registers: registers(second) });
    new Gauge({ name: 'agg', help: 'h', aggregator: 'max', registers: registers(second) }).set(50);
    new Counter({ name: 'good', help: 'h', registers: registers(second) }).inc(2);
    wrong.set(50);
    first.report();
    second.report();
    wrong.set(60);
    second.report();
    expect(host.page()).toEqual({ 'type{}': 1, 'agg{}': 1, 'good{}': 2 });
    expect(host.conflicts).toEqual([
      ['type', 'type'],
      ['agg', 'aggregator'],
    ]);
    second.leave();
    first.leave();
    expect(host.page()).toEqual({ 'type{}': 1, 'good{}': 2 });
  });

  test('whose metric has no series loses its name to another definition, and is left out when it comes back', () => {
    const host = new Host();
    const [first, second] = [host.process('p-1'), host.process('p-2')];
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames: ['a'], registers: registers(first) });
    const other = new Gauge({ name: 'g', help: 'h', aggregator: 'max', registers: registers(second) });
    other.set(5);
    gauge.set({ a: 'x' }, 1);
    first.report();
    second.report();
    expect(host.page()).toEqual({ 'g{a="x"}': 1 });
    gauge.remove({ a: 'x' });
    expect(second.member.wantsFull).toBe(false);
    first.report();
    expect([first.member.wantsFull, second.member.wantsFull]).toEqual([false, true]);
    second.reportAll();
    expect(second.member.wantsFull).toBe(false);
    gauge.set({ a: 'y' }, 2);
    first.report();
    expect(host.page()).toEqual({ 'g{}': 5 });
    second.leave();
    expect(first.member.wantsFull).toBe(true);
    first.reportAll();
    expect(host.page()).toEqual({ 'g{a="y"}': 2 });
    expect(host.conflicts).toEqual([
      ['g', 'aggregator'],
      ['g', 'aggregator'],
    ]);
  });

  test('with other label names stands beside the others in the same family', () => {
    const host = new Host();
    for (const label of ['a', 'b']) {
      const process = host.process(`p-${label}`);
      new Counter({ name: 'c', help: 'h', labelNames: [label], registers: registers(process) }).inc({ [label]: 'x' });
      process.report();
    }
    expect(host.page()).toEqual({ 'c{a="x"}': 1, 'c{b="x"}': 1 });
    expect(
      render(host.ledger, 'text')
        .toString()
        .match(/# TYPE/g),
    ).toHaveLength(1);
  });

  test('that reports anew keeps its counters, also those it does not mention any more', () => {
    const host = new Host();
    const process = host.process('p-1');
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames: ['a'], registers: registers(process) });
    new Counter({ name: 'c', help: 'h', registers: registers(process) }).inc(5);
    gauge.set({ a: 'x' }, 1);
    process.report();
    gauge.remove({ a: 'x' });
    gauge.set({ a: 'y' }, 2);
    process.reportAll();
    expect(host.page()).toEqual({ 'c{}': 5, 'g{a="y"}': 2 });
    const fresh = host.process('p-x');
    process.member.apply(fresh.table.everything(), true);
    expect(host.page()).toEqual({ 'c{}': 5 });
  });

  test('that began like another one goes its own way', () => {
    const host = new Host();
    const [one, two, three] = ['p-1', 'p-2', 'p-3'].map((name) => {
      const process = host.process(name);
      const labels = { name: 'g', help: 'h', labelNames: ['a'], registers: registers(process) };
      const gauge = new Gauge(labels);
      gauge.set({ a: 'x' }, 1);
      gauge.set({ a: 'y' }, 10);
      process.reportAll();
      return { gauge, process };
    });
    one!.gauge.remove({ a: 'x' });
    one!.gauge.set({ a: 'own' }, 100);
    one!.process.report();
    two!.process.member.hideGauges();
    three!.gauge.set({ a: 'x' }, 5);
    three!.process.report();
    expect(host.page()).toEqual({ 'g{a="x"}': 5, 'g{a="y"}': 20, 'g{a="own"}': 100 });
    two!.gauge.set({ a: 'z' }, 7);
    two!.process.reportAll();
    expect(host.page()).toEqual({ 'g{a="x"}': 6, 'g{a="y"}': 30, 'g{a="z"}': 7, 'g{a="own"}': 100 });
  });

  test('that is silent shows no gauges until it reports in full', () => {
    const host = new Host();
    const process = host.process('p-1');
    const gauge = new Gauge({ name: 'g', help: 'h', registers: registers(process) });
    new Counter({ name: 'c', help: 'h', registers: registers(process) }).inc(5);
    gauge.set(3);
    process.report();
    process.member.hideGauges();
    expect(host.page()).toEqual({ 'c{}': 5 });
    gauge.set(4);
    process.report();
    expect(host.page()).toEqual({ 'c{}': 5 });
    process.reportAll();
    expect(host.page()).toEqual({ 'c{}': 5, 'g{}': 4 });
  });

  test('that sends label sets without end gets one overflow series, and its totals stay right', () => {
    const host = new Host({ maxLines: 20 });
    const [first, second] = ['p-1', 'p-2'].map((name) => {
      const process = host.process(name);
      return {
        ...process,
        counter: new Counter({ name: 'c', help: 'h', labelNames: ['a'], registers: registers(process) }),
      };
    });
    for (let i = 0; i < 50; i++) {
      first!.counter.inc({ a: `${i}` }, 2);
      second!.counter.inc({ a: `${i + 30}` }, 1);
      first!.report();
      second!.report();
    }
    const total = () => Object.values(host.page()).reduce((sum, value) => sum + value, 0);
    expect(total()).toBe(150);
    expect(Object.keys(host.page()).length).toBeLessThanOrEqual(21);
    first!.reportAll();
    expect(total()).toBe(150);
    first!.leave();
    expect(total()).toBe(150);
  });

  test('that contradicts itself is refused', () => {
    const host = new Host({ maxSlots: 100 });
    const metric = { m: 0, name: 'c', help: 'h', type: 'counter', agg: 'sum' } as const;
    const apply =
      (schema: object[], slots: number[] = []) =>
      () =>
        host.ledger.join('x', 'x', false).apply(
          {
            schema: schema as never,
            exemplars: [],
            slots: Uint32Array.from(slots),
            values: new Float64Array(slots.length),
          },
          true,
        );
    for (const attempt of [
      apply([{ s: 0, m: 1, l: [] }]),
      apply([metric, { s: 0, m: 0, l: [] }, { s: 0, m: 0, l: ['a', 'b'] }]),
      apply([metric, { s: 100, m: 0, l: [] }]),
      apply([{ d: 3 }]),
      apply([metric], [7]),
    ]) {
      expect(attempt).toThrow(SchemaError);
    }
  });
});

test('a count below zero, or one that is no number, takes nothing from what others counted; a sum may be negative', () => {
  const matrix = new Matrix();
  const [one, other] = [matrix.addColumn(), matrix.addColumn()];
  const count = matrix.addRow({ how: 'sum', mayFall: false, isSum: false });
  const sum = matrix.addRow({ how: 'sum', mayFall: false, isSum: true });
  matrix.put(count, one, 1);
  for (const value of [-5, Number.NaN, Number.NEGATIVE_INFINITY]) {
    matrix.put(count, other, value);
    expect(matrix.show(count)).toBe(1);
  }
  matrix.put(sum, one, -3);
  expect(matrix.value(sum, one)).toBe(-3);
});
