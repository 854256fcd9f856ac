/**
 * One process's numbers, each in a fixed slot, and what of them the hub does not know yet.
 *
 *     metric objects ──scan──▶ raw + base ──changes──▶ slots and values to send (`sent` remembers)
 *
 * `raw` is what a metric object shows now, `base` what it showed before a `reset()` or `remove()`. raw + base of a counter or histogram never
 * falls, which is what lets the hub add processes up without ever showing a total that goes down.
 */
import { AgentFamilies, type Source, type TableOptions } from './agent-families.ts';
import {
  type ClientExemplar,
  type ClientMetric,
  containerOf,
  type Entry,
  entryOf,
  keepsEntries,
  keysOf,
  totalsOf,
} from './client-metrics.ts';
import type { Changes, ExemplarItem } from './definitions.ts';
import { exemplarItem } from './exemplars.ts';
import { MAX_SLOT } from './frames.ts';
import { type Series, SlotBook } from './slot-book.ts';

export class AgentTable {
  readonly #families: AgentFamilies;
  readonly #book: SlotBook;
  #raw = new Float64Array(256);
  #base = new Float64Array(256);
  #sent = new Float64Array(256);
  /** Where changes are gathered: each slot changes at most once. */
  #slots = new Uint32Array(256);
  #values = new Float64Array(256);
  /** Series of which a number may have changed since the last `changes`. */
  #touched: Series[] = [];
  readonly #exemplars = new Map<number, { labels: object; item: ExemplarItem }>();
  readonly #newExemplars = new Map<number, ExemplarItem>();

  constructor(options: TableOptions) {
    this.#book = new SlotBook({
      born: (series) => this.#reserve(series),
      ended: (series) => this.#clear(series),
      reset: (series) => this.#rebase(series),
    });
    this.#families = new AgentFamilies(options, this.#book);
  }

  /**
   * Reads every metric object; about 0.1 ms for 1,000 label sets. `quick` takes a tenth of that: metrics with many label sets, to which none was
   * added for some time, are not looked through for new ones.
   */
  scan(quick = false): void {
    this.#families.refresh();
    do {
      this.#book.changed = false;
      for (const series of this.#book.shared) series.sums.fill(0);
      for (const source of this.#families.sources.values()) {
        if (quick && isSettled(source)) this.#readKnown(source);
        else this.#readAll(source);
      }
    } while (this.#book.changed);
    for (const series of this.#book.shared) this.#settle(series);
  }

  /** What the scans since the last call found. The caller gets it to the hub, or starts again with `everything`. */
  changes(): Changes {
    const found = { slots: this.#slots, values: this.#values };
    let count = 0;
    for (const { slot: first, width } of this.#touched) {
      for (let slot = first; slot < first + width; slot++) {
        const value = (this.#raw[slot] as number) + (this.#base[slot] as number);
        const sent = this.#sent[slot] as number;
        if (value === sent || (Number.isNaN(value) && Number.isNaN(sent))) continue;
        this.#sent[slot] = value;
        found.slots[count] = slot;
        found.values[count++] = value;
      }
    }
    this.#touched = [];
    const schema = this.#book.news.splice(0);
    const exemplars = [...this.#newExemplars.values()];
    this.#newExemplars.clear();
    return { schema, exemplars, slots: found.slots.slice(0, count), values: found.values.slice(0, count) };
  }

  /** All that is known, for a hub that knows nothing. */
  everything(): Changes {
    this.changes();
    const used = [...this.#families.series()].flatMap(({ slot, width }) =>
      Array.from({ length: width }, (_, i) => slot + i),
    );
    const slots = Uint32Array.from(used).sort();
    const values = Float64Array.from(slots, (slot) => this.#sent[slot] as number);
    const exemplars = [...this.#exemplars.values()].map(({ item }) => item);
    return { schema: this.#families.schema(), exemplars, slots, values };
  }

  #readAll(source: Source): void {
    const { metric } = source;
    const keys = keysOf(metric);
    source.quiet++;
    source.container = containerOf(metric);
    if (!startsWith(keys, source.keys)) this.#families.rearrange(source, keys);
    const holds = keepsEntries(metric);
    for (let i = 0; i < keys.length; i++) {
      const entry = entryOf(metric, keys[i]);
      if (entry === undefined) continue;
      if (i >= source.keys.length) this.#families.append(source, keys[i], entry);
      if (holds && source.entries[i] !== entry) {
        source.entries[i] = entry;
        source.marks[i] = Number.NaN;
      }
      const mark = markOf(entry);
      if (mark !== source.marks[i] || this.#book.shared.size > 0) this.#read(source, i, entry, mark);
    }
  }

  /**
   * Most label sets are not touched between two looks, and one comparison tells. Series that several label sets share are added up anew each time.
   * One loop for each kind of object: only so is it as fast as memory is.
   */
  #readKnown(source: Source): void {
    const { metric, keys, entries, marks } = source;
    const isShared = this.#book.shared.size > 0;
    if (entries.length < keys.length) {
      for (let i = 0; i < keys.length; i++) {
        const entry = entryOf(metric, keys[i]);
        if (entry !== undefined && (entry.value !== marks[i] || isShared)) this.#read(source, i, entry, markOf(entry));
      }
    } else if (metric.type === 'counter' || metric.type === 'gauge') {
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i] as Entry;
        if (entry.value !== marks[i] || isShared) this.#read(source, i, entry, markOf(entry));
      }
    } else {
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i] as Entry;
        if (entry.count !== marks[i] || isShared) this.#read(source, i, entry, markOf(entry));
      }
    }
  }

  #read({ metric, series: all, marks }: Source, i: number, entry: Entry, mark: number): void {
    marks[i] = mark;
    const series = all[i];
    if (series === undefined) return;
    if (!series.shared) this.#touched.push(series);
    const { type } = series.family.item;
    if (type === 'histogram') this.#readHistogram(metric, series, entry);
    else if (type === 'summary') this.#readSummary(series, entry);
    else this.#readNumber(series, entry);
  }

  #readNumber(series: Series, entry: Entry): void {
    const value = entry.value as number;
    if (series.shared) series.sums[0] = (series.sums[0] as number) + value;
    else {
      if (series.family.monotone && value < (this.#raw[series.slot] as number)) this.#rebase(series);
      this.#raw[series.slot] = value;
    }
    if (entry.exemplar) this.#note(series.slot, entry.exemplar);
  }

  #readHistogram(metric: ClientMetric, series: Series, entry: Entry): void {
    const { count = 0 } = entry;
    const { bounds, buckets } = series.family;
    if (series.shared) addHistogram(series.sums, 0, buckets, entry);
    else {
      if (entry === series.entry && count === series.count) return;
      // Another object, or fewer observations than before: reset() or remove() came between.
      if (series.entry !== undefined && (entry !== series.entry || count < series.count)) this.#rebase(series);
      series.entry = entry;
      series.count = count;
      this.#raw.fill(0, series.slot, series.slot + series.width);
      addHistogram(this.#raw, series.slot, buckets, entry);
    }
    if (!metric.enableExemplars || !entry.bucketExemplars) return;
    for (let i = 0; i <= bounds.length; i++) {
      const exemplar = entry.bucketExemplars[bounds[i] ?? -1];
      if (exemplar) this.#note(series.slot + i, exemplar);
    }
  }

  #readSummary(series: Series, entry: Entry): void {
    const { sum, count } = totalsOf(entry);
    if (series.shared) {
      series.sums[0] = (series.sums[0] as number) + sum;
      series.sums[1] = (series.sums[1] as number) + count;
    } else {
      if (count < (this.#raw[series.slot + 1] as number)) this.#rebase(series);
      this.#raw[series.slot] = sum;
      this.#raw[series.slot + 1] = count;
    }
  }

  /** Several label sets in one series: when their sum fell, one of them was reset or removed. */
  #settle(series: Series): void {
    this.#touched.push(series);
    for (let i = 0; i < series.width; i++) {
      const slot = series.slot + i;
      const fell = (this.#raw[slot] as number) - (series.sums[i] as number);
      if (series.family.monotone && fell > 0) this.#base[slot] = (this.#base[slot] as number) + fell;
      this.#raw[slot] = series.sums[i] as number;
    }
  }

  /** What was shown so far stays, and the metric object starts again at 0. */
  #rebase(series: Series): void {
    this.#touched.push(series);
    for (let slot = series.slot; slot < series.slot + series.width; slot++) {
      if (series.family.monotone) this.#base[slot] = (this.#base[slot] as number) + (this.#raw[slot] as number);
      this.#raw[slot] = 0;
    }
    series.entry = undefined;
    series.count = 0;
  }

  #note(slot: number, exemplar: ClientExemplar): void {
    const known = this.#exemplars.get(slot);
    if (known?.labels === exemplar.labelSet && known.item[3] === exemplar.timestamp) return;
    const item = exemplarItem(slot, exemplar);
    if (item === undefined) return;
    this.#exemplars.set(slot, { labels: exemplar.labelSet, item });
    this.#newExemplars.set(slot, item);
  }

  #reserve(series: Series): void {
    const end = series.slot + series.width;
    if (end > MAX_SLOT) throw new RangeError(`more than ${MAX_SLOT} numbers in one process`);
    if (end > this.#raw.length) {
      const size = Math.max(end, this.#raw.length * 2);
      [this.#raw, this.#base, this.#sent] = [grown(this.#raw, size), grown(this.#base, size), grown(this.#sent, size)];
      [this.#slots, this.#values] = [new Uint32Array(size), new Float64Array(size)];
    }
    this.#clear(series);
  }

  #clear(series: Series): void {
    for (let slot = series.slot; slot < series.slot + series.width; slot++) {
      this.#raw[slot] = this.#base[slot] = this.#sent[slot] = 0;
      this.#exemplars.delete(slot);
      this.#newExemplars.delete(slot);
    }
  }
}

/** Buckets are not cumulative here, and the last one is what lies beyond all bounds: one observation changes one of them and the sum. */
function addHistogram(target: Float64Array, at: number, buckets: readonly string[], entry: Entry): void {
  const { count = 0, sum = 0, bucketValues = {} } = entry;
  let beyond = count;
  for (let i = 0; i < buckets.length; i++) {
    const inBucket = bucketValues[buckets[i] as string] ?? 0;
    target[at + i] = (target[at + i] as number) + inBucket;
    beyond -= inBucket;
  }
  const last = at + buckets.length;
  target[last] = (target[last] as number) + beyond;
  target[last + 1] = (target[last + 1] as number) + sum;
}

/** Few label sets are quickly looked through. */
const FEW = 64;
const QUIET_SCANS = 10;

function isSettled({ metric, keys, quiet, container }: Source): boolean {
  return keys.length > FEW && quiet >= QUIET_SCANS && container === containerOf(metric);
}

function markOf({ value, count }: Entry): number {
  return count ?? (typeof value === 'object' ? value.count : (value ?? 0));
}

function startsWith(keys: readonly unknown[], held: readonly unknown[]): boolean {
  if (held.length > keys.length) return false;
  for (let i = 0; i < held.length; i++) if (held[i] !== keys[i]) return false;
  return true;
}

function grown(numbers: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(numbers);
  return larger;
}
