/** A ledger's totals in the form in which a process reports its own: that is how a host is a member of the fleet. */
import { type Changes, type MetricItem, type SchemaItem, type SeriesItem, slotsOf } from './definitions.ts';
import { labelsKey, withLabel } from './labels.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerFamily, LedgerSeries } from './ledger-families.ts';

/** What is counted elsewhere already: of one number each. */
export type Base = readonly (readonly [key: string, value: number])[];

interface Reported {
  readonly family: LedgerFamily;
  readonly metric: MetricItem;
  readonly item: SeriesItem;
}

export class LedgerReport {
  readonly #ledger: Ledger;
  readonly #host: string;
  readonly #reported = new Map<LedgerSeries, Reported>();
  readonly #metrics = new Map<LedgerFamily, MetricItem>();
  /** By name, labels and place in the series: what is counted elsewhere already. */
  readonly #base: Map<string, number>;
  #sent: number[] = [];
  #slots = 0;
  #nextMetric = 0;
  readonly #free = new Map<number, number[]>();

  constructor(ledger: Ledger, host: string, base: Base = []) {
    this.#ledger = ledger;
    this.#host = host;
    this.#base = new Map(base);
  }

  get base(): Base {
    return [...this.#base];
  }

  /** From now on only what comes on top of this, and of what was told before. */
  countFrom({ schema, slots, values }: Changes): void {
    const bySlot = new Map([...slots].map((slot, i) => [slot, values[i] as number]));
    const metrics = new Map(schema.flatMap((item) => ('name' in item ? [[item.m, item] as const] : [])));
    for (const item of schema) {
      const metric = 's' in item ? metrics.get(item.m) : undefined;
      if (metric === undefined || !('s' in item) || !isAddedUp(metric)) continue;
      for (const [i, name] of placesOf(metric).entries()) {
        const key = `${metric.name} ${name} ${labelsKey(item.l)}`;
        // These values are themselves on top of an earlier base.
        this.#base.set(key, (this.#base.get(key) ?? 0) + (bySlot.get(item.s + i) ?? 0));
      }
    }
    this.#reported.clear();
    this.#metrics.clear();
    this.#free.clear();
    [this.#sent, this.#slots] = [[], 0];
  }

  /** Since the last call. `ledger.refresh()` must have been called. */
  changes(): Changes {
    const schema: SchemaItem[] = [];
    const slots: number[] = [];
    const values: number[] = [];
    this.#forgetEnded(schema);
    for (const family of this.#ledger.families.values()) {
      for (const series of family.series.values()) {
        const { item } = this.#reported.get(series) ?? this.#open(family, series, schema);
        for (const [i, row] of series.rows.entries()) {
          const value = this.#ledger.matrix.shown(row) - (this.#base.size === 0 ? 0 : this.#baseOf(family, item, i));
          const slot = item.s + i;
          if (Object.is(value, this.#sent[slot])) continue;
          this.#sent[slot] = value;
          slots.push(slot);
          values.push(value);
        }
      }
    }
    return { schema, exemplars: [], slots: Uint32Array.from(slots), values: Float64Array.from(values) };
  }

  /** As last reported by `changes`. */
  everything(): Changes {
    const items = [...this.#reported.values()].map(({ item }) => item);
    const slots = [...this.#reported]
      .flatMap(([series, { item }]) => series.rows.map((_, i) => item.s + i))
      .sort((a, b) => a - b);
    const values = Float64Array.from(slots, (slot) => this.#sent[slot] ?? 0);
    return { schema: [...this.#metrics.values(), ...items], exemplars: [], slots: Uint32Array.from(slots), values };
  }

  #baseOf(family: LedgerFamily, item: SeriesItem, i: number): number {
    const place = placesOf(family.item(0))[i];
    return this.#base.get(`${family.name} ${place} ${labelsKey(item.l)}`) ?? 0;
  }

  /** Also a histogram whose bounds became more, or fewer that all have: it is reported anew. */
  #forgetEnded(schema: SchemaItem[]): void {
    for (const [series, { family, metric, item }] of this.#reported) {
      if (family.series.get(series.key) === series && isCurrent(metric, family)) continue;
      const width = slotsOf(family.type, metric.le?.length ?? 0);
      this.#sent.fill(Number.NaN, item.s, item.s + width);
      this.#free.set(width, [...(this.#free.get(width) ?? []), item.s]);
      this.#reported.delete(series);
      schema.push({ d: item.s });
    }
  }

  #open(family: LedgerFamily, series: LedgerSeries, schema: SchemaItem[]): Reported {
    const known = this.#metrics.get(family);
    const metric = known !== undefined && isCurrent(known, family) ? known : this.#define(family, schema);
    // One series for each process: their names are the same on every host.
    const labels = family.how === 'all' ? withLabel(series.labels, 'host', this.#host) : series.labels;
    const slot = this.#free.get(series.rows.length)?.pop() ?? this.#slots;
    if (slot === this.#slots) this.#slots += series.rows.length;
    const item: SeriesItem = { s: slot, m: metric.m, l: labels };
    const reported = { family, metric, item };
    this.#reported.set(series, reported);
    schema.push(item);
    return reported;
  }

  #define(family: LedgerFamily, schema: SchemaItem[]): MetricItem {
    const item = family.item(this.#nextMetric++);
    const metric: MetricItem = family.how === 'all' ? { ...item, agg: 'sum' } : item;
    this.#metrics.set(family, metric);
    schema.push(metric);
    return metric;
  }
}

/** Bounds only become more, and those that all have fewer. */
function isCurrent({ le, common = le }: MetricItem, family: LedgerFamily): boolean {
  return le === undefined || (le.length === family.bounds.length && common?.length === family.common.length);
}

/** Of the others the retired have nothing that comes on top: a largest value is the larger of both, and what may fall went with its host. */
function isAddedUp({ type, agg, falls }: MetricItem): boolean {
  return type !== 'gauge' && agg === 'sum' && falls !== true;
}

/** What the slots of a series are, in their order. */
function placesOf({ type, le = [] }: MetricItem): readonly string[] {
  if (type === 'histogram') return [...le.map(String), '+Inf', 'sum'];
  return type === 'summary' ? ['sum', 'count'] : [''];
}
