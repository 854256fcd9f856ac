/** The bus's metrics about itself, in the shape that it reads everybody else's (`client-metrics.ts`): it reports as one more process. */
import type { Entry, Labels } from './client-metrics.ts';
import type { Aggregator, MetricType } from './definitions.ts';

/** One label set. */
export interface Cell {
  readonly labels: Labels;
  value: number;
}

abstract class OwnMetric {
  readonly name: string;
  readonly help: string;
  abstract readonly type: MetricType;
  readonly aggregator: Aggregator;
  hashMap: Record<string, Entry> = {};

  constructor(name: string, help: string, aggregator: Aggregator = 'sum') {
    this.name = name;
    this.help = help;
    this.aggregator = aggregator;
  }
}

/** Labels of one metric have always the same names, and values without line breaks. */
abstract class OwnCells extends OwnMetric {
  /** Bare: a role may be called `constructor`. */
  override hashMap: Record<string, Cell> = Object.create(null);

  /** It is there from now on. */
  cell(labels: Labels): Cell {
    const key = Object.values(labels).join('\n');
    this.hashMap[key] ??= { labels, value: 0 };
    return this.hashMap[key];
  }
}

export class OwnCounter extends OwnCells {
  readonly type = 'counter';
  add(labels: Labels, value = 1): void {
    this.cell(labels).value += value;
  }
}

export class OwnGauge extends OwnCells {
  readonly type = 'gauge';
  set(labels: Labels, value: number): void {
    this.cell(labels).value = value;
  }
  remove(cell: Cell): void {
    delete this.hashMap[Object.values(cell.labels).join('\n')];
  }
  clear(): void {
    this.hashMap = Object.create(null);
  }
}

export class OwnHistogram extends OwnMetric {
  readonly type = 'histogram';
  readonly upperBounds: readonly number[];
  readonly #entry: { labels: Labels; sum: number; count: number; bucketValues: Record<string, number> };

  constructor(name: string, help: string, bounds: readonly number[]) {
    super(name, help);
    this.upperBounds = bounds;
    this.#entry = { labels: {}, sum: 0, count: 0, bucketValues: Object.fromEntries(bounds.map((bound) => [bound, 0])) };
    this.hashMap = { '': this.#entry };
  }

  observe(value: number): void {
    const bound = this.upperBounds.find((bound) => value <= bound);
    if (bound !== undefined) this.#entry.bucketValues[bound] = (this.#entry.bucketValues[bound] ?? 0) + 1;
    this.#entry.count++;
    this.#entry.sum += value;
  }
}
