/** The metric objects of this process: which are there, which share a name, and which label set of theirs is which series. */
import type { AgentNumbers } from './agent-numbers.ts';
import {
  type ClientMetric,
  defaultLabelsOf,
  type Entry,
  entryOf,
  isReadable,
  type Labels,
  type MetricRegistry,
} from './client-metrics.ts';
import {
  AGGREGATORS,
  type Aggregator,
  isAcceptable,
  isLabelName,
  METRIC_TYPES,
  type MetricItem,
  type MetricType,
  type SchemaItem,
} from './definitions.ts';
import { canonicalLabels } from './labels.ts';
import type { Family, Series, SlotBook } from './slot-book.ts';

export interface TableOptions {
  readonly registries: Iterable<MetricRegistry>;
  /** Label sets of one metric. What goes beyond is added up in one overflow series; gauges are left out. */
  readonly maxSeriesPerMetric: number;
  /** Metrics whose values may fall when they are reset or removed. */
  readonly falling: ReadonlySet<string>;
  /** Labels that every series of a metric gets besides its own. */
  readonly extraLabels: (metric: string) => Readonly<Record<string, string>>;
  readonly onFault: (kind: TableFault, metric: string) => void;
}
/** One name with two types, aggregators or lists of buckets; an aggregator or an object that is not known, or beyond what a hub takes; a label set too many. */
export type TableFault = 'type' | 'aggregator' | 'buckets' | 'unreadable' | 'overflow';

/** One metric object; `series[i]` belongs to `keys[i]`, and is undefined when the limit left it out. */
export interface Source {
  readonly metric: ClientMetric;
  readonly family: Family;
  /** Labels of its registry, and those with which its series are shown. */
  readonly defaults: Labels;
  readonly labels: Labels;
  keys: unknown[];
  series: (Series | undefined)[];
  /** Their first slots, -1 for those that are left out: the objects of the series need not be fetched from memory. */
  slots: number[];
  /** The entries of the keys, while they are the same objects for life; empty for gauges of prom-client 15. */
  entries: Entry[];
  /** What told at the last look whether a label set was touched: the value, or a histogram's count. NaN: it was not looked at. */
  marks: number[];
  /** What the keys were read from. */
  container: object | undefined;
  /** Full scans since the last new key. */
  quiet: number;
  round: number;
  /** What it had shown when it was here before. */
  readonly shares: Shares | undefined;
}

/** What each label set of a metric object had put into its series. */
type Shares = Map<Entry, { readonly series: Series; readonly numbers: Float64Array }>;

export class AgentFamilies {
  readonly sources = new Map<object, Source>();
  readonly #options: TableOptions;
  readonly #book: SlotBook;
  readonly #numbers: AgentNumbers;
  readonly #byName = new Map<string, Family>();
  /** Metric objects that are left out; those that contradict a family, while it is there. */
  readonly #refused = new WeakMap<object, Family | undefined>();
  readonly #closed = new WeakMap<object, Shares>();
  #metrics = 0;
  #round = 0;

  constructor(options: TableOptions, book: SlotBook, numbers: AgentNumbers) {
    this.#options = options;
    this.#book = book;
    this.#numbers = numbers;
  }

  /** Looks for metric objects that came or went. One that is in two registries is read once. */
  refresh(): void {
    this.#round++;
    const arrivals: [ClientMetric, Labels][] = [];
    for (const registry of this.#options.registries) {
      const defaults = defaultLabelsOf(registry);
      for (const metric of registry.getMetricsAsArray() as readonly ClientMetric[]) {
        const known = this.sources.get(metric);
        if (known?.round === this.#round) continue;
        if (known?.defaults === defaults) known.round = this.#round;
        else {
          if (known !== undefined) this.#close(known, true);
          arrivals.push([metric, defaults]);
        }
      }
    }
    // First those that went: another one may have taken the name.
    for (const source of this.sources.values()) if (source.round !== this.#round) this.#close(source, false);
    for (const [metric, defaults] of arrivals) if (!this.sources.has(metric)) this.#open(metric, defaults);
  }

  /** The last key is new. */
  append(source: Source, key: unknown, entry: Entry): void {
    source.quiet = 0;
    source.keys.push(key);
    const series = this.#claim(source, entry);
    source.series.push(series);
    source.slots.push(slotOf(series));
  }

  /** Keys went, or came in between. */
  rearrange(source: Source, keys: readonly unknown[]): void {
    const held = new Map(source.keys.map((key, i) => [key, source.series[i]]));
    const isNew = keys.map((key) => !held.has(key));
    source.keys = [...keys];
    source.entries = [];
    source.marks = [];
    source.quiet = 0;
    source.series = keys.map((key) => held.get(key));
    source.slots = source.series.map(slotOf);
    // First those that went: after a reset in 0.16 every label set has a new key.
    for (const key of keys) held.delete(key);
    for (const series of held.values()) if (series !== undefined) this.#book.release(series);
    const { byLabels, item } = source.family;
    for (const [i, key] of keys.entries()) {
      // Gauges that the limit had left out come in when there is room.
      const hasRoom = item.type === 'gauge' && byLabels.size < this.#options.maxSeriesPerMetric;
      const mayEnter = hasRoom && source.series[i] === undefined;
      const entry = isNew[i] || mayEnter ? entryOf(source.metric, key) : undefined;
      if (entry === undefined) continue;
      source.series[i] = this.#claim(source, entry);
      source.slots[i] = slotOf(source.series[i]);
    }
  }

  *series(): Generator<Series> {
    for (const family of this.#byName.values()) yield* family.byLabels.values();
  }

  schema(): SchemaItem[] {
    return [...[...this.#byName.values()].map((family) => family.item), ...this.series().map((series) => series.item)];
  }

  #claim(source: Source, entry: Entry): Series | undefined {
    const series = this.#seriesFor(source, entry);
    const share = source.shares?.get(entry);
    source.shares?.delete(entry);
    if (share !== undefined && share.series === series) this.#numbers.takeBack(series, entry, share.numbers);
    return series;
  }

  #seriesFor({ family, labels }: Source, entry: Entry): Series | undefined {
    const limit = this.#options.maxSeriesPerMetric;
    const list = canonicalLabels(entry.labels, labels);
    if (!isAcceptable({ s: 0, m: 0, l: list })) {
      this.#options.onFault('unreadable', family.item.name);
      return undefined;
    }
    const series = this.#book.claim(family, list, limit);
    if (series !== undefined) return series;
    this.#options.onFault('overflow', family.item.name);
    return family.item.type === 'gauge' ? undefined : this.#book.claimOverflow(family);
  }

  #open(metric: ClientMetric, defaults: Labels): void {
    if (this.#isRefused(metric) || metric.aggregator === 'omit') return;
    const family = this.#familyOf(metric);
    if (typeof family === 'string') {
      this.#refused.set(metric, this.#byName.get(metric.name));
      this.#options.onFault(family, String(metric.name));
      return;
    }
    family.sources++;
    const labels = { ...this.#acceptable(defaults, metric), ...this.#options.extraLabels(metric.name) };
    const source: Source = {
      metric,
      family,
      defaults,
      labels,
      keys: [],
      series: [],
      slots: [],
      entries: [],
      marks: [],
      container: undefined,
      quiet: 0,
      round: this.#round,
      shares: this.#closed.get(metric),
    };
    this.#closed.delete(metric);
    this.sources.set(metric, source);
  }

  #isRefused(metric: ClientMetric): boolean {
    if (!this.#refused.has(metric)) return false;
    const family = this.#refused.get(metric);
    return family === undefined || family === this.#byName.get(metric.name);
  }

  /** The libraries look at the names of labels, but not of default labels; every series of the registry would be lost by one. */
  #acceptable(defaults: Labels, { name }: ClientMetric): Labels {
    const labels = Object.entries(defaults).filter(([label]) => isLabelName(label));
    if (labels.length < Object.keys(defaults).length) this.#options.onFault('unreadable', name);
    return Object.fromEntries(labels);
  }

  #close(source: Source, moved: boolean): void {
    this.sources.delete(source.metric);
    if (!moved && source.family.monotone) this.#closed.set(source.metric, this.#sharesOf(source));
    for (const series of source.series) if (series !== undefined) this.#book.release(series, moved);
    const { family } = source;
    family.sources--;
    if (family.sources === 0 && family.byLabels.size === 0) this.#byName.delete(family.item.name);
  }

  /** Without series of several label sets, whose parts are not known. */
  #sharesOf({ entries, series: all }: Source): Shares {
    const shares: Shares = new Map();
    for (const [i, entry] of entries.entries()) {
      const series = all[i];
      if (entry === undefined || series === undefined || series.shared) continue;
      shares.set(entry, { series, numbers: this.#numbers.raw.slice(series.slot, series.slot + series.width) });
    }
    return shares;
  }

  /** The family that the metric belongs to, or what is wrong with it. */
  #familyOf(metric: ClientMetric): Family | TableFault {
    const { name, type, aggregator = 'sum' } = metric;
    if (!isReadable(metric) || !METRIC_TYPES.includes(type as MetricType)) return 'unreadable';
    if (!AGGREGATORS.includes(aggregator as Aggregator)) return 'aggregator';
    const bounds = type === 'histogram' ? ascending(metric.upperBounds ?? []) : [];
    const known = this.#byName.get(name);
    if (known === undefined) return this.#create(metric, bounds);
    if (known.item.type !== type) return 'type';
    if (known.item.agg !== aggregator) return 'aggregator';
    return String(known.bounds) === String(bounds) ? known : 'buckets';
  }

  #create(metric: ClientMetric, bounds: readonly number[]): Family | TableFault {
    const { name, help, type, aggregator = 'sum' } = metric;
    const falls = this.#options.falling.has(name);
    const item: MetricItem = {
      m: this.#metrics,
      name,
      help: String(help).toWellFormed().slice(0, 1000),
      type: type as MetricType,
      agg: aggregator as MetricItem['agg'],
      ...(type === 'histogram' && { le: bounds }),
      ...(falls && { falls }),
    };
    if (!isAcceptable(item)) return 'unreadable';
    this.#metrics++;
    const family: Family = {
      item,
      bounds,
      buckets: bounds.map(propertyName),
      monotone: type !== 'gauge' && !falls,
      byLabels: new Map(),
      sources: 0,
    };
    this.#byName.set(name, family);
    this.#book.news.push(item);
    return family;
  }
}

const slotOf = (series: Series | undefined): number => series?.slot ?? -1;

/** As V8 keeps it: found in an object without being made from the number each time. */
function propertyName(bound: number): string {
  return Object.keys({ [bound]: 0 })[0] as string;
}

function ascending(bounds: readonly number[]): readonly number[] {
  return [...new Set(bounds)].filter(Number.isFinite).sort((a, b) => a - b);
}
