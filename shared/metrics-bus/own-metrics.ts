/** The bus's metrics about itself, in the shape that it reads everybody else's (`client-metrics.ts`): it reports as one more process. */
import type { Entry, Labels } from './client-metrics.ts';
import type { Aggregator, MetricType } from './definitions.ts';

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

export class OwnCounter extends OwnMetric {
  readonly type = 'counter';
  add(labels: Labels, value = 1): void {
    const key = JSON.stringify(labels);
    const before = this.hashMap[key]?.value as number | undefined;
    this.hashMap[key] = { labels, value: (before ?? 0) + value };
  }
}

export class OwnGauge extends OwnMetric {
  readonly type = 'gauge';
  set(labels: Labels, value: number): void {
    this.hashMap[JSON.stringify(labels)] = { labels, value };
  }
  clear(): void {
    this.hashMap = {};
  }
}

export class OwnHistogram extends OwnMetric {
  readonly type = 'histogram';
  readonly upperBounds: readonly number[];
  readonly #entry: { labels: Labels; sum: number; count: number; bucketValues: Record<number, number> };

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
