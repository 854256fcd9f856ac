/** Which slots belong to which label set of this process, and the news about it for the hub. A removed gauge's slots are used again. */
import type { Entry } from './client-metrics.ts';
import { type MetricItem, type SchemaItem, type SeriesItem, slotsOf } from './definitions.ts';
import { labelsKey } from './labels.ts';

/** The label that marks the series which takes what is beyond the limit, so that totals stay right. */
export const OVERFLOW_LABEL = 'metrics_bus_overflow';
export const OVERFLOW: readonly string[] = [OVERFLOW_LABEL, 'true'];

export interface Family {
  readonly item: MetricItem;
  readonly bounds: readonly number[];
  /** The same as names of properties. */
  readonly buckets: readonly string[];
  /** Its values never fall: what a reset or a removal takes away is remembered. */
  readonly monotone: boolean;
  readonly byLabels: Map<string, Series>;
  /** Metric objects of this name. */
  sources: number;
}

export interface Series {
  readonly family: Family;
  readonly item: SeriesItem;
  readonly key: string;
  readonly slot: number;
  readonly width: number;
  /** Label sets of metric objects that end up here. More than one makes it `shared`: their values are added up in `sums`. */
  owners: number;
  shared: boolean;
  sums: Float64Array;
  /** Object as last read, gauges apart, and a histogram's count. */
  entry: Entry | undefined;
  count: number;
}

interface Hooks {
  readonly born: (series: Series) => void;
  readonly ended: (series: Series) => void;
  readonly reset: (series: Series) => void;
}

export class SlotBook {
  readonly shared = new Set<Series>();
  /** A series became shared, so what was read of it until now is incomplete. */
  changed = false;
  /** All slots in use are below this. */
  slots = 0;
  readonly news: SchemaItem[] = [];
  readonly #hooks: Hooks;
  readonly #free = new Map<number, number[]>();

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** The series of these labels, for one more owner; undefined when the family has `limit` of them already. */
  claim(family: Family, labels: readonly string[], limit: number): Series | undefined {
    const key = labelsKey(labels);
    const series = family.byLabels.get(key);
    if (series !== undefined) return this.#join(series, series.owners > 0);
    return family.byLabels.size < limit ? this.#join(this.#open(family, key, labels), false) : undefined;
  }

  claimOverflow(family: Family): Series {
    const key = labelsKey(OVERFLOW);
    return this.#join(family.byLabels.get(key) ?? this.#open(family, key, OVERFLOW), true);
  }

  /** One owner less. The last total of a counter stays, unless the same numbers `moved` to other labels. */
  release(series: Series, moved = false): void {
    if (--series.owners > 0) return;
    if (series.family.monotone && !moved) {
      this.#hooks.reset(series);
      return;
    }
    series.family.byLabels.delete(series.key);
    this.shared.delete(series);
    this.news.push({ d: series.slot });
    this.#hooks.ended(series);
    const free = this.#free.get(series.width);
    if (free === undefined) this.#free.set(series.width, [series.slot]);
    else free.push(series.slot);
  }

  #join(series: Series, share: boolean): Series {
    series.owners++;
    if (share && !series.shared) {
      series.shared = true;
      series.sums = new Float64Array(series.width);
      this.shared.add(series);
      this.changed = true;
    }
    return series;
  }

  #open(family: Family, key: string, labels: readonly string[]): Series {
    const width = slotsOf(family.item.type, family.bounds.length);
    const slot = this.#free.get(width)?.pop() ?? this.slots;
    if (slot === this.slots) this.slots += width;
    const item: SeriesItem = { s: slot, m: family.item.m, l: labels };
    const empty = { owners: 0, shared: false, sums: new Float64Array(0), entry: undefined, count: 0 };
    const series: Series = { family, item, key, slot, width, ...empty };
    family.byLabels.set(key, series);
    this.news.push(item);
    this.#hooks.born(series);
    return series;
  }
}
