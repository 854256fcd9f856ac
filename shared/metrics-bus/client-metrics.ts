/**
 * How the metric objects of prom-client 15 and of its successor @prometheus-io/client 0.16 look from outside. They are only read: nothing
 * is wrapped, so `inc`, `set` and `observe` cost what they cost without the bus. prom-client 15 keeps its values in a plain object `hashMap`, the
 * successor in `store`, a map of entries.
 */

/** What a registry of either library offers; also ours. */
export interface MetricRegistry {
  getMetricsAsArray(): readonly object[];
}

export type Labels = Readonly<Record<string, unknown>>;

export interface ClientMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator?: string;
  /** Histograms only. */
  readonly upperBounds?: readonly number[];
  readonly enableExemplars?: boolean;
  collect?(): unknown;
  readonly hashMap?: Readonly<Record<string, Entry>>;
  readonly store?: { values(): Iterable<Entry> };
}

/** One label set of a metric. */
export interface Entry {
  readonly labels: Labels;
  /** The number of a counter or gauge; in 0.16 also the state of a summary. */
  readonly value?: number | Totals;
  readonly exemplar?: ClientExemplar | null;
  readonly sum?: number;
  readonly count?: number;
  readonly bucketValues?: Readonly<Record<string, number>>;
  readonly bucketExemplars?: Readonly<Record<string, ClientExemplar | null>>;
}
export interface Totals {
  readonly sum: number;
  readonly count: number;
}
export interface ClientExemplar {
  readonly labelSet: Labels;
  readonly value: number;
  readonly timestamp?: number;
}

export const isReadable = (metric: ClientMetric): boolean =>
  (typeof metric.hashMap === 'object' && metric.hashMap !== null) || typeof metric.store?.values === 'function';

/** One key for each label set, always in the same order while none is added or removed. In 0.16 an entry is its own key. */
export function keysOf(metric: ClientMetric): readonly unknown[] {
  return metric.hashMap === undefined ? [...(metric.store?.values() ?? [])] : Object.keys(metric.hashMap);
}

export function entryOf(metric: ClientMetric, key: unknown): Entry | undefined {
  return metric.hashMap === undefined ? (key as Entry) : metric.hashMap[key as string];
}

/** Another object after a `reset()`. */
export const containerOf = (metric: ClientMetric): object | undefined => metric.hashMap ?? metric.store;

/** Each `set` of a gauge of prom-client 15 makes a new entry; all others are changed in place. */
export const keepsEntries = (metric: ClientMetric): boolean => metric.hashMap === undefined || metric.type !== 'gauge';

export function totalsOf(entry: Entry): Totals {
  return typeof entry.value === 'object' ? entry.value : { sum: entry.sum ?? 0, count: entry.count ?? 0 };
}

/** Both libraries keep the labels of `setDefaultLabels` here, and a new object after each call. */
export function defaultLabelsOf(registry: MetricRegistry): Labels {
  return (registry as { _defaultLabels?: Record<string, unknown> })._defaultLabels ?? NONE;
}
const NONE = {};
