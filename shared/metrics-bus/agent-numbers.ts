/**
 * One process's numbers, each in its slot, and what of them the hub does not know yet.
 *
 *     raw + base ──changes──▶ slots and values to send (`sent` remembers)
 *
 * `raw` is what a metric object shows now, `base` what it showed before a `reset()` or `remove()`. raw + base of a counter or histogram never
 * falls, which is what lets the hub add processes up without ever showing a total that goes down.
 */
import type { ClientExemplar, Entry } from './client-metrics.ts';
import type { ExemplarItem } from './definitions.ts';
import { exemplarItem } from './exemplars.ts';
import { MAX_SLOT } from './frames.ts';
import type { Series } from './slot-book.ts';

/** Numbers and their slots, and what was observed with them. */
export interface Numbers {
  readonly exemplars: readonly ExemplarItem[];
  readonly slots: Uint32Array;
  readonly values: Float64Array;
}

export class AgentNumbers {
  /** By slot. */
  raw = new Float64Array(256);
  #base = new Float64Array(256);
  #sent = new Float64Array(256);
  /** Where changes are gathered: each slot changes at most once. */
  #slots = new Uint32Array(256);
  #values = new Float64Array(256);
  /** Slots of which the number may have changed since the last `changes`. */
  #touched: number[] = [];
  /** Some number has a base. Where none has, which is usual, the memory of the bases is not gone through. */
  #hasBase = false;
  readonly #exemplars = new Map<number, { labels: object; item: ExemplarItem }>();
  readonly #newExemplars = new Map<number, ExemplarItem>();

  /** The metric object shows this now, and no less than before if it must not fall. */
  set(slot: number, value: number): void {
    if (this.raw[slot] === value) return;
    this.raw[slot] = value;
    this.#touched.push(slot);
  }

  note(slot: number, exemplar: ClientExemplar): void {
    const known = this.#exemplars.get(slot);
    if (known?.labels === exemplar.labelSet && known.item[3] === exemplar.timestamp) return;
    const item = exemplarItem(slot, exemplar);
    if (item === undefined) return;
    this.#exemplars.set(slot, { labels: exemplar.labelSet, item });
    this.#newExemplars.set(slot, item);
  }

  /** What was shown so far stays, and the metric object starts again at 0. */
  rebase(series: Series): void {
    this.#hasBase = true;
    for (let slot = series.slot; slot < series.slot + series.width; slot++) {
      this.#touched.push(slot);
      if (series.family.monotone) this.#base[slot] = (this.#base[slot] as number) + (this.raw[slot] as number);
      this.raw[slot] = 0;
    }
    series.entry = undefined;
    series.count = 0;
  }

  /** The reverse, for a metric object that is here again: what it had shown is not counted twice. */
  takeBack(series: Series, entry: Entry, numbers: Float64Array): void {
    this.#hasBase = true;
    for (const [i, number] of numbers.entries()) {
      const slot = series.slot + i;
      this.#base[slot] = (this.#base[slot] as number) - number;
      this.raw[slot] = (this.raw[slot] as number) + number;
    }
    if (!series.shared) series.entry = entry;
  }

  /** Several label sets in one series: when their sum fell, one of them was reset or removed. */
  settle(series: Series): void {
    this.#hasBase = true;
    for (let i = 0; i < series.width; i++) {
      const slot = series.slot + i;
      this.#touched.push(slot);
      const fell = (this.raw[slot] as number) - (series.sums[i] as number);
      if (series.family.monotone && fell > 0) this.#base[slot] = (this.#base[slot] as number) + fell;
      this.raw[slot] = series.sums[i] as number;
    }
  }

  /** What is new since the last call; slots and values are memory that the next call writes to. */
  changes(): Numbers {
    const found = { slots: this.#slots, values: this.#values };
    let count = 0;
    for (const slot of this.#touched) {
      const value = (this.raw[slot] as number) + (this.#hasBase ? (this.#base[slot] as number) : 0);
      const sent = this.#sent[slot] as number;
      if (value === sent || (Number.isNaN(value) && Number.isNaN(sent))) continue;
      this.#sent[slot] = value;
      found.slots[count] = slot;
      found.values[count++] = value;
    }
    this.#touched = [];
    const exemplars = [...this.#newExemplars.values()];
    this.#newExemplars.clear();
    return { exemplars, slots: found.slots.subarray(0, count), values: found.values.subarray(0, count) };
  }

  /** All of these series, as `changes` left them. */
  everything(all: Iterable<Series>): Numbers {
    const used = [...all].flatMap(({ slot, width }) => Array.from({ length: width }, (_, i) => slot + i));
    const slots = Uint32Array.from(used).sort();
    const values = Float64Array.from(slots, (slot) => this.#sent[slot] as number);
    return { exemplars: [...this.#exemplars.values()].map(({ item }) => item), slots, values };
  }

  reserve(series: Series): void {
    const end = series.slot + series.width;
    if (end > MAX_SLOT) throw new RangeError(`more than ${MAX_SLOT} numbers in one process`);
    if (end > this.raw.length) {
      const size = Math.max(end, this.raw.length * 2);
      [this.raw, this.#base, this.#sent] = [grown(this.raw, size), grown(this.#base, size), grown(this.#sent, size)];
      [this.#slots, this.#values] = [new Uint32Array(size), new Float64Array(size)];
    }
    this.clear(series);
  }

  clear(series: Series): void {
    for (let slot = series.slot; slot < series.slot + series.width; slot++) {
      this.raw[slot] = this.#base[slot] = this.#sent[slot] = 0;
      this.#exemplars.delete(slot);
      this.#newExemplars.delete(slot);
    }
  }
}

function grown(numbers: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(numbers);
  return larger;
}
