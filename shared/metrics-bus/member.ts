/** One member of a ledger: which of its slots is which row, and what of its values was counted before. */
import {
  type Changes,
  type ExemplarItem,
  type MetricItem,
  SchemaError,
  type SchemaItem,
  type SeriesItem,
  slotsOf,
} from './definitions.ts';
import { withLabel } from './labels.ts';
import type { Conflict, LedgerFamily, LedgerSeries } from './ledger-families.ts';
import type { Matrix } from './matrix.ts';
import { OVERFLOW, OVERFLOW_LABEL } from './slot-book.ts';

/** What a member needs of its ledger. */
export interface MemberLedger {
  readonly members: ReadonlyMap<string, Member>;
  readonly matrix: Matrix;
  readonly options: { readonly maxSlots: number; readonly onConflict: (metric: string, kind: Conflict) => void };
  familyFor(item: MetricItem): LedgerFamily | undefined;
  seriesFor(family: LedgerFamily, labels: readonly string[]): LedgerSeries | undefined;
  exemplify(row: number, exemplar: ExemplarItem): void;
  take(series: LedgerSeries, rows: readonly number[], column: number, kept: boolean): void;
}

interface Held {
  readonly series: LedgerSeries;
  /** In the order of the slots. */
  readonly rows: readonly number[];
}

interface Metric {
  readonly item: MetricItem;
  /** Undefined when another definition has the name. */
  readonly family: LedgerFamily | undefined;
}

interface Stack {
  readonly below: number | undefined;
  /** Its own row and those of larger buckets. */
  readonly rows: readonly number[];
}

const UNKNOWN = -1;
const LEFT_OUT = -2;

export class Member {
  readonly id: string;
  readonly name: string;
  readonly column: number;
  /** By row: what is counted already, because the member was given up and came back. */
  base: Map<number, number> | undefined;
  /** All of its first report is counted already, by a hub of which nothing is left. */
  isBaseline = false;
  /** What is applied are series of this hub from before it was started again: they have the member's name. */
  isRestoring = false;
  /** A name is free that another definition had: what was left out can be shown, but it is not known here. */
  wantsFull = false;
  readonly #ledger: MemberLedger;
  readonly #metrics = new Map<number, Metric>();
  /** Names that another definition has. */
  readonly #leftOut = new Set<string>();
  /** By first slot; undefined when the series is left out. */
  readonly #held = new Map<number, Held | undefined>();
  #rowOf = new Int32Array(0);
  /** Other members have the same list; it is copied before it changes. */
  #isShared = false;
  /** What its overflow slots had is counted already, and not known for each of them. */
  #overflowIsCounted = false;
  /** Slots whose row takes several of them (overflow), and their last value. */
  readonly #shared = new Map<number, number>();
  /** Slots of buckets that count alone, for rows that have the smaller buckets in them. */
  readonly #stacks = new Map<number, Stack>();

  constructor(ledger: MemberLedger, id: string, name: string, column: number) {
    this.#ledger = ledger;
    this.id = id;
    this.name = name;
    this.column = column;
  }

  /** `full`: what is not in there is gone. Throws SchemaError when the member contradicts itself; it must then leave. */
  apply({ schema, slots, values, exemplars }: Changes, full: boolean): void {
    const before = full ? [...this.#held.values()] : [];
    if (full) this.#forget();
    if (this.isBaseline || this.base !== undefined) this.#overflowIsCounted ||= full;
    for (const item of schema) this.#define(item);
    if (full) this.#drop(before);
    if (full && this.isBaseline) this.#countFrom(slots, values);
    for (let i = 0; i < slots.length; i++) this.#put(slots[i] as number, values[i] as number);
    if (full) this.#overflowIsCounted = false;
    if (full) this.#shareRows();
    for (const exemplar of exemplars) {
      const row = this.#rowOf[exemplar[0]] ?? UNKNOWN;
      if (row >= 0) this.#ledger.exemplify(row, exemplar);
    }
  }

  /** What was applied came from a checkpoint; the next full report is the member's own. */
  restored(): void {
    this.isRestoring = false;
    this.#shared.clear();
    this.#overflowIsCounted = true;
  }

  /** The member is silent: its gauges tell nothing any more. They come back with its next full report. */
  hideGauges(): void {
    for (const [slot, held] of this.#held) {
      if (held?.series.family.type !== 'gauge') continue;
      this.#ledger.take(held.series, held.rows, this.column, false);
      this.#held.set(slot, undefined);
      this.#setRow(slot, LEFT_OUT);
    }
  }

  /** Nobody has a series of that name any more. */
  freed(name: string): void {
    if (this.#leftOut.has(name)) this.wantsFull = true;
  }

  /** `kept`: its counters stay in the totals. */
  end(kept: boolean): void {
    for (const { series, rows } of this.samples()) this.#ledger.take(series, rows, this.column, kept);
  }

  /** By row, what the totals keep of this member: its values since it started. */
  counted(): Map<number, number> {
    const counted = new Map<number, number>();
    for (const { series, rows } of this.samples()) {
      if (!series.family.isKept || !series.family.isAdded) continue;
      for (const row of rows)
        counted.set(row, this.#ledger.matrix.value(row, this.column) + (this.base?.get(row) ?? 0));
    }
    return counted;
  }

  *samples(): Generator<Held> {
    for (const held of this.#held.values()) if (held !== undefined) yield held;
  }

  #forget(): void {
    this.#held.clear();
    this.#metrics.clear();
    this.#stacks.clear();
    this.#leftOut.clear();
    this.wantsFull = false;
    this.#rowOf = new Int32Array(this.#rowOf.length).fill(UNKNOWN);
    this.#isShared = false;
  }

  #define(item: SchemaItem): void {
    if ('name' in item) this.#meet(item);
    else if ('s' in item) this.#hold(item);
    else this.#release(item.d);
  }

  #meet(item: MetricItem): Metric {
    const metric = { item, family: this.#ledger.familyFor(item) };
    if (metric.family === undefined) this.#leftOut.add(item.name);
    this.#metrics.set(item.m, metric);
    return metric;
  }

  #hold({ s: slot, m, l }: SeriesItem): void {
    const known = this.#metrics.get(m);
    const metric = known?.family?.isReplaced ? this.#meet(known.item) : known;
    if (metric === undefined || this.#held.has(slot)) throw new SchemaError(`slot ${slot} cannot be defined`);
    const width = slotsOf(metric.item.type, metric.item.le?.length ?? 0);
    this.#reserve(slot + width);
    const series = metric.family && this.#seriesFor(metric.family, l);
    const rows = series?.family.rowsFor(series, metric.item.le ?? []);
    this.#held.set(slot, series && rows && { series, rows });
    for (let i = 0; i < width; i++) this.#setRow(slot + i, rows?.[i] ?? LEFT_OUT);
    for (const row of rows ?? [])
      if (!this.#ledger.matrix.has(row, this.column)) this.#ledger.matrix.put(row, this.column, 0);
    if (rows !== undefined && metric.family?.isStacked && !metric.item.stacked) this.#stack(slot, rows.slice(0, -1));
    if (!series?.labels.includes(OVERFLOW_LABEL)) return;
    const last = this.#overflowIsCounted ? Number.NaN : 0;
    for (let i = slot; i < slot + width; i++) if (!this.#shared.has(i)) this.#shared.set(i, last);
  }

  #stack(slot: number, rows: readonly number[]): void {
    for (let i = 0; i < rows.length; i++) this.#stacks.set(slot + i, { below: rows[i - 1], rows: rows.slice(i) });
  }

  #seriesFor(family: LedgerFamily, labels: readonly string[]): LedgerSeries | undefined {
    const own = family.how === 'all' && !this.isRestoring ? withLabel(labels, 'proc', this.name) : labels;
    const series = this.#ledger.seriesFor(family, own);
    if (series !== undefined) return series;
    this.#ledger.options.onConflict(family.name, 'overflow');
    return family.type === 'gauge' ? undefined : this.#ledger.seriesFor(family, OVERFLOW);
  }

  #release(slot: number): void {
    const held = this.#held.get(slot);
    if (!this.#held.delete(slot)) throw new SchemaError(`slot ${slot} is not defined`);
    for (const [i, row] of (held?.rows ?? [0]).entries()) {
      if (this.#shared.has(slot + i)) this.#putShared(slot + i, row, 0);
      else if (held !== undefined && i === 0) this.#ledger.take(held.series, held.rows, this.column, false);
      this.#shared.delete(slot + i);
      this.#stacks.delete(slot + i);
      this.#setRow(slot + i, UNKNOWN);
    }
  }

  /** Series of an earlier full report that the new one does not have. */
  #drop(before: readonly (Held | undefined)[]): void {
    const now = new Set([...this.samples()].map((held) => held.series));
    for (const held of before) {
      if (held !== undefined && !now.has(held.series)) this.#ledger.take(held.series, held.rows, this.column, true);
    }
  }

  #countFrom(slots: Uint32Array, values: Float64Array): void {
    const base = new Map<number, number>();
    const added = new Set(
      [...this.samples()]
        .filter(({ series }) => series.family.isKept && series.family.isAdded)
        .flatMap(({ rows }) => rows),
    );
    for (const [i, slot] of slots.entries()) {
      const row = this.#rowOf[slot] ?? UNKNOWN;
      if (added.has(row)) base.set(row, values[i] as number);
    }
    this.base = base;
    this.isBaseline = false;
  }

  #put(slot: number, value: number): void {
    const row = this.#rowOf[slot] ?? UNKNOWN;
    if (row === LEFT_OUT) return;
    if (row === UNKNOWN) throw new SchemaError(`slot ${slot} has a value and no series`);
    if (this.#shared.size > 0 && this.#shared.has(slot)) this.#putShared(slot, row, value);
    else if (this.#stacks.size > 0 && this.#stacks.has(slot)) this.#putStacked(slot, row, value);
    else this.#ledger.matrix.put(row, this.column, this.base === undefined ? value : value - (this.base.get(row) ?? 0));
  }

  /** NaN: what the slot had when it was last seen is counted, and not known; so it starts from here. */
  #putShared(slot: number, row: number, value: number): void {
    const last = this.#shared.get(slot) as number;
    this.#shared.set(slot, value);
    const step = Number.isNaN(last) ? 0 : value - last;
    this.#raise(slot, row, step);
  }

  /** What the bucket alone had is what its row has more than the one below. */
  #putStacked(slot: number, row: number, value: number): void {
    const below = this.#stacks.get(slot)?.below;
    const last = this.#valueOf(row) - (below === undefined ? 0 : this.#valueOf(below));
    if (value >= 0) this.#raise(slot, row, value - last);
  }

  #raise(slot: number, row: number, step: number): void {
    for (const each of this.#stacks.get(slot)?.rows ?? [row])
      this.#ledger.matrix.put(each, this.column, this.#valueOf(each) + step);
  }

  #valueOf(row: number): number {
    return this.#ledger.matrix.value(row, this.column);
  }

  #reserve(slots: number): void {
    if (slots > this.#ledger.options.maxSlots)
      throw new SchemaError(`more than ${this.#ledger.options.maxSlots} slots`);
    if (slots <= this.#rowOf.length) return;
    const larger = new Int32Array(Math.max(slots, this.#rowOf.length * 2, 256)).fill(UNKNOWN);
    larger.set(this.#rowOf);
    this.#rowOf = larger;
    this.#isShared = false;
  }

  #setRow(slot: number, row: number): void {
    if (this.#isShared) {
      this.#rowOf = this.#rowOf.slice();
      this.#isShared = false;
    }
    this.#rowOf[slot] = row;
  }

  /** Processes of one kind have the same slots. One list for all of them stays in the processor's cache while their reports come in. */
  #shareRows(): void {
    for (const other of this.#ledger.members.values()) {
      if (other === this || !isSame(other.#rowOf, this.#rowOf)) continue;
      this.#rowOf = other.#rowOf;
      this.#isShared = other.#isShared = true;
      return;
    }
  }
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
