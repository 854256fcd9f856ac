/**
 * What all members show together. On a host the members are its processes; in a fleet they are the hosts.
 *
 *     member's slots ──▶ rows of the matrix ──▶ families ──▶ lines of text
 *
 * A member (`member.ts`) says what it has and leaves: its counters stay in the totals, its gauges go with it.
 */
import type { ExemplarItem, MetricItem } from './definitions.ts';
import { labelsKey } from './labels.ts';
import { type Conflict, LedgerFamily, type LedgerSeries } from './ledger-families.ts';
import { Lines } from './lines.ts';
import { Matrix } from './matrix.ts';
import { Member } from './member.ts';
import { OVERFLOW_LABEL } from './slot-book.ts';

export interface LedgerOptions {
  /** Sample lines in all. Label sets beyond are added up in one overflow series of their metric; gauges are left out. */
  readonly maxLines: number;
  /** Numbers of one member. */
  readonly maxSlots: number;
  readonly onConflict: (metric: string, kind: Conflict) => void;
}
/** Members that ended without a goodbye and may come back: a socket that was cut for longer than the grace. */
const REMEMBERED = 64;

export class Ledger {
  readonly families = new Map<string, LedgerFamily>();
  readonly members = new Map<string, Member>();
  readonly matrix = new Matrix();
  readonly options: LedgerOptions;
  /** Another number after each change of the text. */
  version = 0;
  lineCount = 0;
  /** Another number after a member or series came or went. */
  shape = 0;
  readonly #byRow: LedgerSeries[] = [];
  #round = 0;
  /** The numbers of one series, on their way to its lines. */
  readonly #numbers: number[] = [];
  readonly #ended = new Map<string, Map<number, number>>();

  constructor(options: LedgerOptions) {
    this.options = options;
  }

  /**
   * `id` is unique and never used again by another; `name`, like `api-2`, gives the order for `first`. `seenBefore`: some hub has shown this
   * member's values.
   */
  join(id: string, name: string, seenBefore: boolean): Member {
    const member = new Member(this, id, name, this.matrix.addColumn());
    member.base = this.#ended.get(id);
    member.isBaseline = seenBefore && member.base === undefined;
    this.#ended.delete(id);
    this.members.set(id, member);
    this.shape++;
    this.#rank();
    return member;
  }

  /** `mayReturn`: it did not say goodbye, and must not be counted twice if it comes back. */
  leave(member: Member, mayReturn: boolean): void {
    if (mayReturn) {
      this.#ended.set(member.id, member.counted());
      for (const id of this.#ended.keys()) if (this.#ended.size > REMEMBERED) this.#ended.delete(id);
    }
    this.#remove(member, true);
  }

  /** Its totals are counted elsewhere from now on. */
  drop(member: Member): void {
    this.#remove(member, false);
  }

  /** Brings the lines up to date. From now on these numbers count as shown. */
  refresh(): void {
    for (const family of this.families.values()) if (family.lines === undefined) this.#rewrite(family);
    this.#round++;
    this.matrix.drain((row) => {
      const series = this.#byRow[row] as LedgerSeries;
      if (series.round === this.#round) return;
      series.round = this.#round;
      const lines = series.family.lines as Lines;
      const count = series.family.show(series, this.matrix, this.#numbers);
      for (let i = 0; i < count; i++) if (lines.set(series.firstLine + i, this.#numbers[i] as number)) this.version++;
    });
  }

  /** Undefined when another definition holds the name. */
  familyFor(item: MetricItem): LedgerFamily | undefined {
    const known = this.families.get(item.name);
    if (known === undefined || (known.series.size === 0 && known.conflictWith(item))) {
      if (known !== undefined) known.isReplaced = true;
      const family = new LedgerFamily(item);
      this.families.set(item.name, family);
      for (const other of this.families.values()) other.heads = {};
      return family;
    }
    const conflict = known.conflictWith(item);
    if (conflict !== undefined) {
      this.options.onConflict(item.name, conflict);
      return undefined;
    }
    const before = known.linesPerSeries;
    if (known.admit(item.le ?? [], this.matrix, item.common)) this.options.onConflict(item.name, 'buckets');
    this.lineCount += (known.linesPerSeries - before) * known.series.size;
    for (const series of known.series.values()) this.#own(series);
    return known;
  }

  /** The series of these labels, or undefined when there is no room for one more. */
  seriesFor(family: LedgerFamily, labels: readonly string[]): LedgerSeries | undefined {
    const known = family.series.get(labelsKey(labels));
    if (known !== undefined) return known;
    const isFull = this.lineCount + family.linesPerSeries > this.options.maxLines;
    if (isFull && labels[0] !== OVERFLOW_LABEL) return undefined;
    return this.#open(family, labels);
  }

  /** Of a checkpoint. It was shown, so there is room for it: overflow series come on top of the limit and must not push out others. */
  restoredSeries(family: LedgerFamily, labels: readonly string[]): LedgerSeries {
    return family.series.get(labelsKey(labels)) ?? this.#open(family, labels);
  }

  exemplify(row: number, exemplar: ExemplarItem): void {
    const series = this.#byRow[row] as LedgerSeries;
    series.exemplars ??= new Map();
    series.family.hasExemplars = true;
    const known = series.exemplars.get(row);
    if (known !== undefined && known[3] > exemplar[3]) return;
    series.exemplars.set(row, exemplar);
    this.version++;
  }

  /** Takes a member's values out of these rows, and leaves them in the totals when they may be `kept`. */
  take(series: LedgerSeries, rows: readonly number[], column: number, kept: boolean): void {
    for (const row of rows) {
      if (kept && series.family.isKept) this.matrix.retire(row, column);
      else this.matrix.clear(row, column);
    }
    if (!series.rows.some((row) => this.matrix.isHeld(row))) this.#close(series);
  }

  #open(family: LedgerFamily, labels: readonly string[]): LedgerSeries {
    this.lineCount += family.linesPerSeries;
    this.shape++;
    return this.#own(family.open(labels, this.matrix));
  }

  #own(series: LedgerSeries): LedgerSeries {
    for (const row of series.rows) this.#byRow[row] = series;
    return series;
  }

  #remove(member: Member, kept: boolean): void {
    member.end(kept);
    this.matrix.freeColumn(member.column);
    this.members.delete(member.id);
    this.shape++;
    this.#rank();
  }

  #close(series: LedgerSeries): void {
    const { family } = series;
    if (family.series.get(series.key) !== series) return;
    for (const row of series.rows) this.matrix.freeRow(row);
    family.series.delete(series.key);
    family.lines = undefined;
    this.lineCount -= family.linesPerSeries;
    this.version++;
    if (family.series.size > 0) return;
    for (const member of this.members.values()) member.freed(family.name);
  }

  #rewrite(family: LedgerFamily): void {
    this.version++;
    const lines = [...family.series.values()].flatMap((series) => {
      family.show(series, this.matrix, this.#numbers);
      return family.prefixes(series).map((prefix, i) => ({ prefix, value: this.#numbers[i] as number, series }));
    });
    for (const [i, { series }] of lines.entries()) if (lines[i - 1]?.series !== series) series.firstLine = i;
    family.lines = new Lines(lines);
    // A family without series stays known for as long as a member defines it; its heads are not shown.
  }

  /** By name, so that `first` is the same process in every scrape. */
  #rank(): void {
    const order = [...this.members.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const ranks: number[] = [];
    for (const [rank, member] of order.entries()) ranks[member.column] = rank;
    this.matrix.rank(ranks);
  }
}
