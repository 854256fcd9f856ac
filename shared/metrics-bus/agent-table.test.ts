import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { TableFault } from './agent-families.ts';
import { AgentTable } from './agent-table.ts';
import type { Changes, MetricItem, SeriesItem } from './definitions.ts';

function setup(options: { limit?: number; falling?: string[]; registries?: Registry[]; onFault?: () => void } = {}) {
  const registry = new Registry();
  const faults: [TableFault, string][] = [];
  const table = new AgentTable({
    registries: options.registries ?? [registry],
    maxSeriesPerMetric: options.limit ?? 100,
    falling: new Set(options.falling),
    extraLabels: () => ({}),
    onFault: options.onFault ?? ((kind, metric) => faults.push([kind, metric])),
  });
  const shown = new Map<number, { name: string; value: number[] }>();
  const metrics = new Map<number, MetricItem>();
  /** What a hub would know after these changes, as `name{labels}` -> values. */
  const learn = (changes: Changes) => {
    for (const item of changes.schema) {
      if ('name' in item) metrics.set(item.m, item);
      else if ('d' in item) shown.delete(item.d);
      else shown.set(item.s, { name: `${metrics.get(item.m)?.name}{${(item as SeriesItem).l.join()}}`, value: [] });
    }
    for (const [i, slot] of changes.slots.entries()) {
      const first = Math.max(...[...shown.keys()].filter((s) => s <= slot));
      shown.get(first)!.value[slot - first] = changes.values[i]!;
    }
    return Object.fromEntries(
      [...shown.values()].map(({ name, value }) => [
        name,
        value.length === 0 ? 0 : value.length === 1 ? value[0] : [...value].map((v) => v ?? 0),
      ]),
    );
  };
  const scan = () => {
    table.scan();
    return learn(table.changes());
  };
  return { registry, table, scan, learn, faults };
}
const labelNames = ['a', 'b'];

describe('an agent table', () => {
  test('sends what changed, once', () => {
    const { registry, table } = setup();
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    counter.inc({ a: 'x' }, 2);
    counter.inc({ a: 'y' }, 3);
    table.scan();
    expect([...table.changes().values]).toEqual([2, 3]);
    table.scan();
    expect(table.changes()).toMatchObject({ schema: [], slots: new Uint32Array(0) });
    counter.inc({ a: 'y' });
    table.scan();
    expect([...table.changes().values]).toEqual([4]);
  });

  test('keeps buckets apart: an observation touches its bucket and the sum', () => {
    const { registry, scan } = setup();
    const histogram = new Histogram({ name: 'h', help: 'h', buckets: [1, 5], registers: [registry] });
    histogram.observe(0.5);
    histogram.observe(3);
    histogram.observe(9);
    histogram.observe(9);
    expect(scan()).toEqual({ 'h{}': [1, 1, 2, 21.5] });
  });

  test('never lets a counter, histogram or summary fall when it is reset, removed or cleared', () => {
    const { registry, scan } = setup();
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    const histogram = new Histogram({ name: 'h', help: 'h', buckets: [1], registers: [registry] });
    const summary = new Summary({ name: 's', help: 'h', registers: [registry] });
    counter.inc({ a: 'x' }, 5);
    histogram.observe(0.5);
    summary.observe(4);
    expect(scan()).toEqual({ 'c{a,x}': 5, 'h{}': [1, 0, 0.5], 's{}': [4, 1] });
    registry.resetMetrics();
    expect(scan()).toEqual({ 'c{a,x}': 5, 'h{}': [1, 0, 0.5], 's{}': [4, 1] });
    counter.inc({ a: 'x' }, 2);
    histogram.observe(7);
    summary.observe(1);
    expect(scan()).toEqual({ 'c{a,x}': 7, 'h{}': [1, 1, 7.5], 's{}': [5, 2] });
    counter.remove({ a: 'x' });
    expect(scan()).toMatchObject({ 'c{a,x}': 7 });
    counter.inc({ a: 'x' });
    expect(scan()).toMatchObject({ 'c{a,x}': 8 });
    registry.clear();
    expect(scan()).toEqual({ 'c{a,x}': 8, 'h{}': [1, 1, 7.5], 's{}': [5, 2] });
  });

  test('sees a histogram that was reset and has caught up in between', () => {
    const { registry, scan } = setup();
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['a'], buckets: [1], registers: [registry] });
    histogram.observe({ a: 'x' }, 0.5);
    scan();
    histogram.zero({ a: 'x' });
    histogram.observe({ a: 'x' }, 9);
    histogram.observe({ a: 'x' }, 9);
    expect(scan()).toEqual({ 'h{a,x}': [1, 2, 18.5] });
  });

  test('sees a counter or summary that began anew and has passed what it was in between', () => {
    const { registry, scan } = setup();
    const counter = new Counter({ name: 'c', help: 'h', registers: [registry] });
    const labelled = new Counter({ name: 'l', help: 'h', labelNames, registers: [registry] });
    const summary = new Summary({ name: 's', help: 'h', labelNames, registers: [registry] });
    for (const a of ['x', 'y']) {
      labelled.inc({ a }, 5);
      summary.observe({ a }, 4);
    }
    counter.inc(5);
    scan();
    counter.reset();
    counter.inc(6);
    // A label set that comes back is the last one.
    labelled.remove({ a: 'x' });
    labelled.inc({ a: 'x' }, 6);
    summary.remove({ a: 'y' });
    summary.observe({ a: 'y' }, 1);
    summary.observe({ a: 'y' }, 1);
    const totals = { 'c{}': 11, 'l{a,x}': 11, 'l{a,y}': 5, 's{a,x}': [4, 1], 's{a,y}': [6, 3] };
    expect(scan()).toEqual(totals);
    expect(scan()).toEqual(totals);
  });

  test('takes a counter that a collector resets and counts up again for what it is', () => {
    const { registry, scan } = setup();
    const counter = new Counter({ name: 'c', help: 'h', registers: [registry], collect: () => {} });
    for (const total of [10, 10, 12]) {
      counter.reset();
      counter.inc(total);
      expect(scan()).toEqual({ 'c{}': total });
    }
  });

  test('forgets a gauge that is removed and uses its slot again', () => {
    const { registry, table, scan, learn } = setup();
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames, registers: [registry] });
    gauge.set({ a: 'x' }, 1);
    gauge.set({ a: 'y' }, 2);
    expect(scan()).toEqual({ 'g{a,x}': 1, 'g{a,y}': 2 });
    gauge.remove({ a: 'x' });
    expect(scan()).toEqual({ 'g{a,y}': 2 });
    for (let i = 0; i < 1000; i++) {
      gauge.set({ a: `z${i}` }, i);
      scan();
      gauge.remove({ a: `z${i}` });
    }
    scan();
    gauge.set({ a: 'last' }, 7);
    table.scan();
    const changes = table.changes();
    expect(Math.max(...changes.slots)).toBeLessThan(4);
    expect(learn(changes)).toEqual({ 'g{a,y}': 2, 'g{a,last}': 7 });
  });

  test('lets the values of a metric fall whose owner asked for it', () => {
    const { registry, table, scan } = setup({ falling: ['c'] });
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    counter.inc({ a: 'x' }, 5);
    scan();
    counter.reset();
    counter.inc({ a: 'x' }, 1);
    expect(scan()).toEqual({ 'c{a,x}': 1 });
    counter.remove({ a: 'x' });
    expect(scan()).toEqual({});
    expect(table.everything().schema).toEqual([expect.objectContaining({ name: 'c', falls: true })]);
  });

  test('adds up label sets that only JavaScript tells apart', () => {
    const { registry, scan } = setup();
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    counter.inc({}, 1);
    expect(scan()).toEqual({ 'c{}': 1 });
    counter.inc({ a: '' }, 2);
    counter.inc({ a: undefined as unknown as string, b: '' }, 4);
    expect(scan()).toEqual({ 'c{}': 7 });
    counter.remove({ a: '' });
    expect(scan()).toEqual({ 'c{}': 7 });
  });

  test('keeps labels with separators in them apart', () => {
    const { registry, scan } = setup();
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames, registers: [registry] });
    gauge.set({ a: 'x|', b: 'y' }, 1);
    gauge.set({ a: 'x', b: '|y' }, 2);
    expect(scan()).toEqual({ 'g{a,x|,b,y}': 1, 'g{a,x,b,|y}': 2 });
  });

  test('adds the default labels of a registry, and moves the numbers when they change', () => {
    const { registry, scan } = setup();
    registry.setDefaultLabels({ zone: 'eu', a: 'default' });
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    counter.inc({ a: 'x' }, 5);
    counter.inc({ b: 'y' }, 6);
    expect(scan()).toEqual({ 'c{a,x,zone,eu}': 5, 'c{a,default,b,y,zone,eu}': 6 });
    registry.setDefaultLabels({ zone: 'us' });
    expect(scan()).toEqual({ 'c{a,x,zone,us}': 5, 'c{b,y,zone,us}': 6 });
  });

  test('reads a metric once that is in two registries, and adds two of one name', () => {
    const registries = [new Registry(), new Registry(), new Registry()];
    const { scan, faults } = setup({ registries });
    const both = new Counter({ name: 'both', help: 'h', registers: registries.slice(0, 2) });
    for (const registry of registries)
      if (registry !== registries[2]) expect(registry.getSingleMetric('both')).toBe(both);
    both.inc(3);
    new Counter({ name: 'two', help: 'h', registers: [registries[0]!] }).inc(1);
    new Counter({ name: 'two', help: 'h', registers: [registries[1]!] }).inc(2);
    new Gauge({ name: 'two', help: 'h', registers: [registries[2]!] }).set(50);
    expect(scan()).toEqual({ 'both{}': 3, 'two{}': 3 });
    expect(faults).toEqual([['type', 'two']]);
  });

  test('counts a metric object once that leaves its registry and comes back', () => {
    const { registry, scan } = setup();
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    const histogram = new Histogram({ name: 'h', help: 'h', buckets: [1], registers: [registry] });
    const summary = new Summary({ name: 's', help: 'h', registers: [registry] });
    const gauge = new Gauge({ name: 'g', help: 'h', registers: [registry] });
    counter.inc({ a: 'x' }, 10);
    histogram.observe(0.5);
    summary.observe(4);
    gauge.set(3);
    const totals = { 'c{a,x}': 10, 'h{}': [1, 0, 0.5], 's{}': [4, 1] };
    for (let round = 0; round < 3; round++) {
      expect(scan()).toEqual({ ...totals, 'g{}': 3 });
      registry.clear();
      expect(scan()).toEqual(totals);
      for (const metric of [counter, histogram, summary, gauge]) registry.registerMetric(metric as never);
    }
    registry.clear();
    scan();
    counter.inc({ a: 'x' }, 2);
    histogram.observe(9);
    // Reset while it is away: what it had shown stays.
    summary.reset();
    for (const metric of [counter, histogram, summary, gauge]) registry.registerMetric(metric as never);
    expect(scan()).toEqual({ 'c{a,x}': 12, 'h{}': [1, 1, 9.5], 's{}': [4, 1], 'g{}': 3 });
  });

  test('counts a metric object once whose registry leaves the list and comes back, also beside its successor', () => {
    const registries = [new Registry(), new Registry()];
    const [first, second] = registries as [Registry, Registry];
    const { scan } = setup({ registries });
    new Counter({ name: 'c', help: 'h', registers: [first] }).inc(10);
    scan();
    registries.splice(0, 1);
    expect(scan()).toEqual({ 'c{}': 10 });
    new Counter({ name: 'c', help: 'h', registers: [second] }).inc(3);
    expect(scan()).toEqual({ 'c{}': 13 });
    registries.push(first);
    expect(scan()).toEqual({ 'c{}': 13 });
  });

  test('takes another metric of a name that became free, of whatever type', () => {
    const { registry, scan, faults } = setup();
    const gauge = new Gauge({ name: 'n', help: 'h', registers: [registry] });
    gauge.set(3);
    expect(scan()).toEqual({ 'n{}': 3 });
    registry.clear();
    const largest = new Gauge({ name: 'n', help: 'h', aggregator: 'max', registers: [registry] });
    largest.set(4);
    expect(scan()).toEqual({ 'n{}': 4 });
    registry.clear();
    new Counter({ name: 'n', help: 'h', registers: [registry] }).inc(7);
    expect(scan()).toEqual({ 'n{}': 7 });
    expect(faults).toEqual([]);
  });

  test('takes a metric that contradicted another one when that is gone', () => {
    const registries = [new Registry(), new Registry()];
    const { scan, faults } = setup({ registries });
    new Gauge({ name: 'n', help: 'h', registers: [registries[0]!] }).set(3);
    new Counter({ name: 'n', help: 'h', registers: [registries[1]!] }).inc(7);
    expect(scan()).toEqual({ 'n{}': 3 });
    expect(scan()).toEqual({ 'n{}': 3 });
    expect(faults).toEqual([['type', 'n']]);
    registries[0]!.clear();
    expect(scan()).toEqual({ 'n{}': 7 });
  });

  test('refuses an aggregator that nobody knows and leaves out what is omitted', () => {
    const { registry, scan, faults } = setup();
    new Gauge({ name: 'odd', help: 'h', aggregator: 'median' as 'sum', registers: [registry] });
    new Gauge({ name: 'left_out', help: 'h', aggregator: 'omit', registers: [registry] }).set(1);
    new Gauge({ name: 'good', help: 'h', registers: [registry] }).set(1);
    registry.registerMetric({ name: 'strange', type: 'gauge' } as never);
    expect(scan()).toEqual({ 'good{}': 1 });
    scan();
    expect(faults).toEqual([
      ['aggregator', 'odd'],
      ['unreadable', 'strange'],
    ]);
  });

  test('puts label sets beyond the limit into one overflow series, so that the total stays right', () => {
    const { registry, scan, faults } = setup({ limit: 10 });
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames, registers: [registry] });
    for (let i = 0; i < 50; i++) {
      counter.inc({ a: `${i}` }, 2);
      gauge.set({ a: `${i}` }, 1);
    }
    const first = scan();
    expect(Object.keys(first)).toHaveLength(10 + 1 + 10);
    expect(first['c{metrics_bus_overflow,true}']).toBe(80);
    expect(faults).toHaveLength(80);
    counter.remove({ a: '49' });
    counter.inc({ a: '48' }, 5);
    for (let i = 50; i < 55; i++) counter.inc({ a: `${i}` }, 2);
    const total = Object.entries(scan()).reduce(
      (sum, [name, value]) => sum + (name.startsWith('c') ? (value as number) : 0),
      0,
    );
    expect(total).toBeGreaterThanOrEqual(100 + 15 - 2);
    expect(total).toBeLessThanOrEqual(100 + 15);
  });

  test('takes in gauges that the limit had left out when there is room', () => {
    const { registry, scan, faults } = setup({ limit: 3 });
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames, registers: [registry] });
    for (let i = 0; i < 6; i++) gauge.set({ a: `${i}` }, i);
    expect(scan()).toEqual({ 'g{a,0}': 0, 'g{a,1}': 1, 'g{a,2}': 2 });
    gauge.remove({ a: '0' });
    gauge.remove({ a: '1' });
    expect(scan()).toEqual({ 'g{a,2}': 2, 'g{a,3}': 3, 'g{a,4}': 4 });
    expect(faults).toHaveLength(3);
  });

  test('tells everything to a hub that knows nothing', () => {
    const { registry, table, learn } = setup();
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    new Gauge({ name: 'g', help: 'h', registers: [registry] }).set(Number.NaN);
    counter.inc({ a: 'x' }, 5);
    table.scan();
    table.changes();
    counter.inc({ a: 'y' }, 6);
    table.scan();
    expect(learn(table.everything())).toEqual({ 'c{a,x}': 5, 'c{a,y}': 6, 'g{}': Number.NaN });
    expect([...table.changes().slots]).toEqual([]);
  });
});

describe('a look in slices', () => {
  /** With so many label sets that every slice of 2 is one of many. */
  function manySets(count = 7) {
    const all = setup();
    const registers = [all.registry];
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers });
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames, registers });
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames, buckets: [1, 4], registers });
    for (let a = 0; a < count; a++) {
      counter.inc({ a }, 1);
      gauge.set({ a }, a);
      histogram.observe({ a }, 2);
    }
    all.scan();
    /** Takes the slices of one look, with `between` after each, and answers what a hub would show then. */
    const lookThrough = (between: (slice: number) => void, quick = false) => {
      const look = all.table.look(quick, 2);
      let slices = 0;
      while (look.next().done !== true) between(++slices);
      return { shown: all.learn(all.table.changes()), slices };
    };
    return { ...all, registers, counter, gauge, histogram, lookThrough };
  }

  test('sees the same as a look in one go, and reads two label sets in each', () => {
    const { counter, gauge, lookThrough, scan } = manySets();
    counter.inc({ a: 6 }, 4);
    gauge.set({ a: 0 }, 50);
    const { shown, slices } = lookThrough(() => {});
    expect(shown).toMatchObject({ 'c{a,6}': 5, 'g{a,0}': 50, 'h{a,3}': [0, 1, 0, 2] });
    expect(slices).toBe(10);
    expect(scan()).toEqual(shown);
  });

  test('never cuts a histogram: its buckets, count and sum belong together', () => {
    const { histogram, lookThrough } = manySets();
    const { shown } = lookThrough(() => {
      for (let a = 0; a < 7; a++) histogram.observe({ a }, 2);
    });
    for (let a = 0; a < 7; a++) {
      const [small, middle, large, sum] = shown[`h{a,${a}}`] as number[];
      expect([small, large, sum]).toEqual([0, 0, 2 * middle!]);
    }
  });

  test('ends when another look has begun, which has seen everything, also what several label sets share', () => {
    const { counter, table, learn } = manySets();
    // One series of two label sets: their values are added up in the course of a look.
    counter.inc({ a: 5, b: 'x' }, 10);
    counter.inc({ a: '5', b: 'x' } as never, 20);
    const look = table.look(false, 2);
    for (let slices = 0; slices < 5; slices++) expect(look.next().done).toBe(false);
    counter.inc({ a: 5, b: 'x' }, 100);
    table.scan();
    expect(look.next()).toEqual({ done: true, value: false });
    expect(learn(table.changes())).toMatchObject({ 'c{a,5,b,x}': 130 });
  });

  test('may be begun when a push has been, whatever came in between', () => {
    const { counter, table, learn } = manySets();
    const first = table.look(false, 2);
    first.next();
    counter.inc({ a: 0 });
    const second = table.look(true, 2);
    second.next();
    expect(first.next()).toEqual({ done: true, value: false });
    let end = second.next();
    while (end.done !== true) end = second.next();
    expect(end.value).toBe(true);
    expect(learn(table.changes())).toMatchObject({ 'c{a,0}': 2 });
  });

  test.each([1, 2, 3, 4])('is not hurt by label sets that are removed after slice %i', (when) => {
    const { counter, gauge, histogram, lookThrough, scan } = manySets();
    counter.inc({ a: 6 }, 4);
    const { shown } = lookThrough((slice) => {
      if (slice !== when) return;
      for (const metric of [counter, gauge, histogram]) metric.remove({ a: 3 });
      counter.inc({ a: 'new' }, 8);
    });
    // A counter stays in the totals.
    expect(shown).toMatchObject({ 'c{a,3}': 1, 'c{a,6}': 5 });
    const after = scan();
    expect(after).toMatchObject({ 'c{a,3}': 1, 'c{a,6}': 5, 'c{a,new}': 8, 'h{a,3}': [0, 1, 0, 2], 'g{a,6}': 6 });
    expect(after).not.toHaveProperty('g{a,3}');
  });

  test.each([1, 3, 5, 8])('is not hurt by metrics that are reset, come or go after slice %i', (when) => {
    const { registry, registers, counter, histogram, lookThrough, scan } = manySets();
    const { shown } = lookThrough((slice) => {
      if (slice !== when) return;
      counter.reset();
      histogram.reset();
      counter.inc({ a: 2 }, 0.5);
      registry.removeSingleMetric('g');
      new Counter({ name: 'late', help: 'h', registers }).inc(3);
    });
    expect(shown['c{a,2}']).toBeGreaterThanOrEqual(1);
    expect(shown['c{a,2}']).toBeLessThanOrEqual(1.5);
    const after = scan();
    expect(after).toMatchObject({ 'c{a,1}': 1, 'c{a,2}': 1.5, 'h{a,2}': [0, 1, 0, 2], 'late{}': 3 });
    expect(Object.keys(after).filter((key) => key.startsWith('g{'))).toEqual([]);
  });

  test('shows totals that neither fall nor count twice, whatever happens between its slices', () => {
    const event = fc.record({
      what: fc.constantFrom('count', 'count', 'remove', 'reset', 'scan'),
      a: fc.constantFrom<string | number>('x', 'y', 'z', 1, '1', 2, '2'),
    });
    const property = fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, quick) => {
      const { registry, table, learn } = setup({ limit: 5 });
      const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
      const truth = { counted: 0 };
      let last: Record<string, unknown> = {};
      const show = () => {
        const shown = learn(table.changes());
        for (const [key, value] of Object.entries(last)) expect(shown[key]).toBeGreaterThanOrEqual(value as number);
        last = { ...shown };
      };
      let look = table.look(quick, 1);
      for (const { what, a } of events) {
        if (what === 'count') {
          counter.inc({ a } as never);
          truth.counted++;
        } else if (what === 'remove') counter.remove({ a } as never);
        else if (what === 'reset') counter.reset();
        else table.scan();
        if (look.next().done !== true) continue;
        show();
        look = table.look(quick, 1);
      }
      table.scan();
      show();
      const shown = Object.values(last).reduce((sum: number, value) => sum + (value as number), 0);
      const there = Object.values((counter as unknown as { hashMap: Record<string, { value: number }> }).hashMap);
      expect(shown).toBeLessThanOrEqual(truth.counted);
      expect(shown).toBeGreaterThanOrEqual(there.reduce((sum, { value }) => sum + value, 0));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('looks through many label sets quickly and tells the same as a scan, whatever of them was touched', () => {
    const sets = 70;
    const event = fc.record({
      what: fc.constantFrom('count', 'exemplify', 'fall', 'reset', 'set', 'observe', 'sum'),
      a: fc.nat(sets - 1),
      value: fc.constantFrom(0, 1, 0.5, 7, Number.NaN, Number.POSITIVE_INFINITY),
    });
    const property = fc.property(
      fc.array(fc.array(event, { maxLength: 5 }), { maxLength: 6 }),
      fc.boolean(),
      (rounds, hasOverflow) => {
        const limit = hasOverflow ? sets - 5 : sets + 1;
        const { registry, table, learn } = setup({ limit });
        const scanning = setup({ limit, registries: [registry] });
        registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
        const registers = [registry];
        const counter = new Counter({ name: 'c', help: 'h', labelNames, registers });
        const marked = new Counter({ name: 'm', help: 'h', labelNames, registers, enableExemplars: true });
        const gauge = new Gauge({ name: 'g', help: 'h', labelNames, registers });
        const histogram = new Histogram({ name: 'h', help: 'h', labelNames, buckets: [1, 4], registers });
        const summary = new Summary({ name: 's', help: 'h', labelNames, percentiles: [], registers });
        const cells = (counter as unknown as { hashMap: Record<string, { value: number }> }).hashMap;
        const act = ({ what, a, value }: (typeof rounds)[number][number]) => {
          const labels = { a };
          if (what === 'count') counter.inc(labels, Math.min(value, 9) || 2);
          else if (what === 'exemplify') marked.inc({ labels, value: 1, exemplarLabels: { trace: `${a}` } });
          else if (what === 'fall') for (const cell of Object.values(cells).slice(a, a + 3)) cell.value = 0.25;
          else if (what === 'reset') counter.reset();
          else if (what === 'set') gauge.set(labels, value);
          else if (what === 'observe') histogram.observe(labels, Math.min(value, 9) || 3);
          else summary.observe(labels, Math.min(value, 9) || 3);
        };
        counter.inc({ a: 'gone' });
        gauge.set({ a: 'gone' }, 1);
        for (let a = 0; a < sets; a++) {
          counter.inc({ a });
          marked.inc({ labels: { a } });
          gauge.set({ a }, a);
          histogram.observe({ a }, 2);
          summary.observe({ a }, 2);
        }
        const scan = () => {
          table.scan();
          learn(table.changes());
          scanning.scan();
        };
        const compare = () => {
          const look = table.look(true, 50);
          while (look.next().done !== true);
          scanning.table.scan();
          const [looked, scanned] = [table.changes(), scanning.table.changes()];
          expect(looked.exemplars).toEqual(scanned.exemplars);
          expect(learn(looked)).toEqual(scanning.learn(scanned));
        };
        scan();
        for (const metric of [counter, gauge]) metric.remove({ a: 'gone' });
        for (let n = 0; n < 12; n++) scan();
        compare();
        for (const round of rounds) {
          for (const one of round) act(one);
          compare();
        }
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  test.each(['overflow', 'none'])('puts each number in its place after a listener of faults has thrown: %s', (kind) => {
    const registry = new Registry();
    const { table, learn } = setup({
      limit: 70,
      registries: [registry],
      onFault: () => {
        throw new Error('a listener');
      },
    });
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    for (let a = 0; a < 70; a++) counter.inc({ a }, 100 - a);
    table.scan();
    learn(table.changes());
    counter.remove({ a: 0 });
    if (kind === 'overflow') {
      counter.inc({ a: 'one too many' });
      expect(() => table.scan()).toThrow('a listener');
    }
    for (let n = 0; n < 12; n++) table.scan();
    counter.inc({ a: 10 }, 0.5);
    const look = table.look(true, 50);
    while (look.next().done !== true);
    expect(learn(table.changes())).toMatchObject({ 'c{a,9}': 91, 'c{a,10}': 90.5, 'c{a,11}': 89 });
  });

  test('sees a counter that began anew after looks that were given up half way', () => {
    const registry = new Registry();
    const { table, scan } = setup({ registries: [registry] });
    const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
    for (let a = 0; a < 70; a++) counter.inc({ a }, 5);
    scan();
    counter.remove({ a: 69 });
    for (let n = 0; n < 11; n++) table.look(false, 35).next();
    counter.remove({ a: 3 });
    counter.inc({ a: 3 }, 6);
    const look = table.look(true, 1000);
    while (look.next().done !== true);
    expect(scan()).toMatchObject({ 'c{a,3}': 11 });
  });
});
