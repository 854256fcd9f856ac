/**
 * The numbers of all members side by side: a row for each number, a column for each member that is there.
 *
 *               retired   member 0   member 1   member 2 ...        shown
 *     row 0        17         3          4          -      ──sum──▶   24
 *     row 1         0         -        0.5          1
 *
 * Sums are made anew from the row each time, in the same order, so nothing drifts. `retired` is what ended members left behind. `shown` is what
 * the last scrape saw: a row that may not fall is never shown below it, whatever happens to the members or to the last bit of a sum.
 */
import { AGGREGATORS, type Aggregator } from './definitions.ts';

export interface RowKind {
  readonly how: Aggregator;
  readonly mayFall: boolean;
  /** The sum of observations. It may fall as soon as it once did within one member: negative values are observed. */
  readonly isSum: boolean;
}

const FLOOR = 1;
const ADDED = 2;
const SUM = 4;
const LATEST = 8;

/** Numbers of 8 bytes in a line of the processor's cache. Columns become more by so many. */
const COLUMNS = 8;

export class Matrix {
  #rows = 0;
  #columns = COLUMNS;
  /** Row by row: all processes report the same few rows at the same time, and these are all that a scrape looks at. */
  #values = new Float64Array(64 * COLUMNS);
  #isThere = new Uint8Array(64 * COLUMNS);
  /** By column. */
  readonly #isUsed: boolean[] = [];
  // By row.
  #retired = new Float64Array(64);
  #shown = new Float64Array(64);
  #isRetired = new Uint8Array(64);
  #flags = new Uint8Array(64);
  #how = new Uint8Array(64);
  #isDirty = new Uint8Array(64);
  /** Columns with a value in this row, and one more when it has a retired value. */
  #holders = new Uint16Array(64);
  /** Those that may be shown differently, each once unless it was freed in between. */
  #dirty: number[] = [];
  readonly #freeRows: number[] = [];
  /** Order of the columns for `first`. */
  #ranks: readonly number[] = [];
  /** Rows of `latest` metrics: the columns, the one that changed last in front. */
  readonly #recent = new Map<number, number[]>();

  addRow({ how, mayFall, isSum }: RowKind): number {
    const row = this.#freeRows.pop() ?? this.#rows++;
    if (row >= this.#shown.length) this.#grow(this.#shown.length * 2);
    const isAdded = how === 'sum' || how === 'all';
    this.#flags[row] =
      (mayFall ? 0 : FLOOR) | (isAdded ? ADDED : 0) | (isSum ? SUM : 0) | (how === 'latest' ? LATEST : 0);
    this.#how[row] = AGGREGATORS.indexOf(how);
    return row;
  }

  /** The row must have no holders. */
  freeRow(row: number): void {
    this.#shown[row] = 0;
    this.#how[row] = 0;
    this.#isDirty[row] = 0;
    this.#recent.delete(row);
    this.#freeRows.push(row);
  }

  addColumn(): number {
    const free = this.#isUsed.indexOf(false);
    const column = free < 0 ? this.#isUsed.length : free;
    if (column >= this.#columns) this.#widen();
    this.#isUsed[column] = true;
    return column;
  }

  /** The column must have no values. */
  freeColumn(column: number): void {
    this.#isUsed[column] = false;
  }

  rank(ranks: readonly number[]): void {
    this.#ranks = ranks;
    for (let row = 0; row < this.#rows; row++) if (this.#how[row] === AGGREGATORS.indexOf('first')) this.#touch(row);
  }

  has(row: number, column: number): boolean {
    return this.#isThere[row * this.#columns + column] === 1;
  }

  /** NaN when there is none. */
  value(row: number, column: number): number {
    const at = row * this.#columns + column;
    return this.#isThere[at] === 1 ? (this.#values[at] as number) : Number.NaN;
  }

  isHeld(row: number): boolean {
    return this.#holders[row] !== 0;
  }

  /** Absolute, not an increment. Nothing was ever counted less than zero times: a damaged report does not take away what others counted. */
  put(row: number, column: number, value: number): void {
    if (!(value >= 0) && ((this.#flags[row] as number) & (FLOOR | SUM)) === FLOOR) return;
    const at = row * this.#columns + column;
    const before = this.#values[at] as number;
    if (this.#isThere[at] === 0) {
      this.#isThere[at] = 1;
      this.#holders[row] = (this.#holders[row] as number) + 1;
    } else if (value === before) return;
    this.#values[at] = value;
    this.#touch(row);
    const flags = this.#flags[row] as number;
    if ((flags & (SUM | LATEST)) === 0) return;
    if ((flags & SUM) !== 0 && value < before) this.#flags[row] = flags & ~FLOOR;
    if ((flags & LATEST) !== 0) this.#recent.set(row, [column, ...this.#others(row, column)]);
  }

  clear(row: number, column: number): void {
    const at = row * this.#columns + column;
    if (this.#isThere[at] === 0) return;
    this.#values[at] = 0;
    this.#isThere[at] = 0;
    this.#holders[row] = (this.#holders[row] as number) - 1;
    this.#touch(row);
    if (this.#recent.has(row)) this.#recent.set(row, this.#others(row, column));
  }

  /** Moves the value of a member that ended to `retired`. */
  retire(row: number, column: number): void {
    if (!this.has(row, column)) return;
    this.addRetired(row, this.value(row, column));
    this.clear(row, column);
  }

  addRetired(row: number, value: number): void {
    const before = this.#retired[row] as number;
    const how = AGGREGATORS[this.#how[row] as number];
    this.#touch(row);
    if (this.#isRetired[row] === 0) {
      this.#isRetired[row] = 1;
      this.#holders[row] = (this.#holders[row] as number) + 1;
      this.#retired[row] = value;
    } else if (how === 'max') this.#retired[row] = Math.max(before, value);
    else if (how === 'min') this.#retired[row] = Math.min(before, value);
    else this.#retired[row] = before + value;
  }

  /** NaN when no ended member left a value. */
  retired(row: number): number {
    return this.#isRetired[row] === 1 ? (this.#retired[row] as number) : Number.NaN;
  }

  /** Calls `visit` for each row that changed since the last time. */
  drain(visit: (row: number) => void): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const row of dirty) {
      if (this.#isDirty[row] === 0) continue;
      this.#isDirty[row] = 0;
      visit(row);
    }
  }

  /** What is shown for this row from now on. */
  show(row: number): number {
    const flags = this.#flags[row] as number;
    const total = (flags & ADDED) === 0 ? this.#combine(row) : this.#sum(row);
    const before = this.#shown[row] as number;
    if ((flags & FLOOR) !== 0 && total < before) return before;
    this.#shown[row] = total;
    return total;
  }

  shown(row: number): number {
    return this.#shown[row] as number;
  }

  /** After a restart: what an earlier hub showed. */
  setShown(row: number, value: number): void {
    this.#shown[row] = value;
    this.#touch(row);
  }

  /** By row, in the machine's byte order. */
  shownBytes(): Uint8Array {
    return new Uint8Array(this.#shown.buffer, 0, this.#rows * 8);
  }

  #touch(row: number): void {
    if (this.#isDirty[row] === 1) return;
    this.#isDirty[row] = 1;
    this.#dirty.push(row);
  }

  #sum(row: number): number {
    const first = row * this.#columns;
    let total = this.#retired[row] as number;
    for (let at = first; at < first + this.#isUsed.length; at++) total += this.#values[at] as number;
    return total;
  }

  #combine(row: number): number {
    const how = AGGREGATORS[this.#how[row] as number];
    if (how === 'latest') return this.value(row, this.#recent.get(row)?.[0] ?? 0);
    const isRetired = this.#isRetired[row] === 1;
    let count = isRetired ? 1 : 0;
    let total = isRetired ? (this.#retired[row] as number) : 0;
    let first = -1;
    for (let column = 0; column < this.#isUsed.length; column++) {
      if (!this.has(row, column)) continue;
      const value = this.value(row, column);
      if (count++ === 0) total = value;
      else if (how === 'min') total = Math.min(total, value);
      else if (how === 'max') total = Math.max(total, value);
      else total += value;
      if (first < 0 || (this.#ranks[column] ?? 0) < (this.#ranks[first] ?? 0)) first = column;
    }
    if (how === 'first') return count === 0 ? 0 : this.value(row, first);
    return how === 'average' && count > 0 ? total / count : total;
  }

  #others(row: number, column: number): number[] {
    return (this.#recent.get(row) ?? []).filter((other) => other !== column);
  }

  #grow(rows: number): void {
    this.#values = copied(this.#values, new Float64Array(rows * this.#columns));
    this.#isThere = copied(this.#isThere, new Uint8Array(rows * this.#columns));
    this.#retired = copied(this.#retired, new Float64Array(rows));
    this.#shown = copied(this.#shown, new Float64Array(rows));
    this.#isRetired = copied(this.#isRetired, new Uint8Array(rows));
    this.#flags = copied(this.#flags, new Uint8Array(rows));
    this.#how = copied(this.#how, new Uint8Array(rows));
    this.#isDirty = copied(this.#isDirty, new Uint8Array(rows));
    this.#holders = copied(this.#holders, new Uint16Array(rows));
  }

  #widen(): void {
    const [before, after, rows] = [this.#columns, this.#columns + COLUMNS, this.#shown.length];
    const [values, isThere] = [new Float64Array(rows * after), new Uint8Array(rows * after)];
    for (let row = 0; row < this.#rows; row++) {
      values.set(this.#values.subarray(row * before, (row + 1) * before), row * after);
      isThere.set(this.#isThere.subarray(row * before, (row + 1) * before), row * after);
    }
    [this.#values, this.#isThere, this.#columns] = [values, isThere, after];
  }
}

function copied<T extends Float64Array | Uint8Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
