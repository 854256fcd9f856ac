/** What a metric is, as agent and hub tell each other. Names and limits are checked here, once, for everything that comes from outside. */
import { MAX_SLOT } from './frames.ts';

export const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/**
 * How the values of several processes become one. The first six mean what they mean in prom-client, except that `first` is the process with
 * the lowest name and not the one that answered first. `latest` is the value that changed last; `all` keeps one series for each process.
 */
export const AGGREGATORS = ['sum', 'first', 'min', 'max', 'average', 'omit', 'latest', 'all'] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

/** Items of the `schema` list. They are carried out in order; slots may be used again after `d`. */
export interface MetricItem {
  readonly m: number;
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly agg: Exclude<Aggregator, 'omit'>;
  /** Upper bounds of a histogram without +Inf, ascending. */
  readonly le?: readonly number[];
  /** Totals of several processes: those of `le` at which all of them counted. Without it all are. */
  readonly common?: readonly number[];
  /** The counts of its buckets have those of the smaller buckets in them. */
  readonly stacked?: true;
  /** The values may go down: the owner asked that `reset()` and `remove()` be shown. */
  readonly falls?: true;
}
export interface SeriesItem {
  /** First slot. A counter or gauge has one; a histogram its bounds, +Inf and the sum; a summary sum and count. */
  readonly s: number;
  readonly m: number;
  /** name, value, name, value, ... by ascending name; a label without a value is left out, as Prometheus treats both alike. */
  readonly l: readonly string[];
}
export interface GoneItem {
  /** First slot of a series that is no longer there. */
  readonly d: number;
}
export type SchemaItem = MetricItem | SeriesItem | GoneItem;

/** slot, labels as name, value, ..., value, Unix seconds */
export type ExemplarItem = readonly [slot: number, labels: readonly string[], value: number, seconds: number];

/** What a process, or a host, has to tell: new series, and numbers that changed. */
export interface Changes {
  readonly schema: readonly SchemaItem[];
  readonly exemplars: readonly ExemplarItem[];
  readonly slots: Uint32Array;
  readonly values: Float64Array;
}

export function slotsOf(type: MetricType, bounds: number): number {
  if (type === 'histogram') return bounds + 2;
  return type === 'summary' ? 2 : 1;
}

/** Characters of one label value; longer ones are cut by the agent and refused by the hub. */
export const MAX_LABEL_LENGTH = 1024;
const MAX_LABELS = 64;
export const MAX_BOUNDS = 500;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,254}$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,254}$/;

/** The other side said something that does not fit; its connection is closed. */
export class SchemaError extends Error {
  override name = 'SchemaError';
}

/** Throws SchemaError unless `value` is a list of well-formed items. */
export function parseSchema(value: unknown): readonly SchemaItem[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new SchemaError('the schema is not a list');
  for (const item of value) {
    if (!isRecord(item)) throw new SchemaError('a schema item is not an object');
    if ('name' in item) checkMetric(item);
    else if ('s' in item) checkSeries(item);
    else checkWhole(item.d, 'd');
  }
  return value as SchemaItem[];
}

/** Whether the other side would take it. One that it does not take costs the whole connection. */
export function isAcceptable(item: MetricItem | SeriesItem): boolean {
  try {
    parseSchema([item]);
    return true;
  } catch {
    return false;
  }
}

export const isLabelName = (name: string): boolean => LABEL_NAME.test(name);

function checkMetric(item: Record<string, unknown>): void {
  checkWhole(item.m, 'm');
  if (typeof item.name !== 'string' || !METRIC_NAME.test(item.name)) throw new SchemaError('not a metric name');
  if (typeof item.help !== 'string' || item.help.length > 4 * MAX_LABEL_LENGTH)
    throw new SchemaError('not a help text');
  if (!METRIC_TYPES.includes(item.type as MetricType)) throw new SchemaError('not a type of metric');
  if (item.agg === 'omit' || !AGGREGATORS.includes(item.agg as Aggregator)) throw new SchemaError('not an aggregator');
  if (item.type !== 'histogram') return;
  checkBounds(item.le);
  if (item.common !== undefined) checkBounds(item.common);
}

function checkBounds(bounds: unknown): void {
  if (!Array.isArray(bounds) || bounds.length > MAX_BOUNDS) throw new SchemaError('not a list of bounds');
  for (const [i, bound] of bounds.entries()) {
    if (!Number.isFinite(bound) || (i > 0 && bound <= bounds[i - 1])) throw new SchemaError('bounds do not ascend');
  }
}

function checkSeries(item: Record<string, unknown>): void {
  checkWhole(item.s, 's');
  checkWhole(item.m, 'm');
  const labels = item.l;
  if (!isLabelList(labels)) throw new SchemaError('not a list of labels');
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    if (!isLabelName(name) || (i > 0 && name <= (labels[i - 2] as string)))
      throw new SchemaError('not a label name in order');
  }
}

/** name, value, name, value; every value short and well-formed. */
export function isLabelList(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length % 2 !== 0 || value.length > 2 * MAX_LABELS) return false;
  return value.every((text) => typeof text === 'string' && text.length <= MAX_LABEL_LENGTH && text.isWellFormed());
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkWhole(value: unknown, name: string): void {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > MAX_SLOT)
    throw new SchemaError(`${name} is not a slot`);
}
