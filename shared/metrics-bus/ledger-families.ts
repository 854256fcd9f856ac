/**
 * The families that a page shows, and which rows of the matrix a series has.
 *
 * Two processes may cut a histogram differently, in a rolling deploy for example. Rows are kept for the bounds of both; shown are those that all
 * have had. Counts are not cumulative in the rows, so what is added up for a shared bound is exact. Where they are not added up they are: the largest
 * of each bucket alone, added up, would be a count that no process has.
 */
import { type ExemplarItem, type MetricItem, type MetricType, slotsOf } from './definitions.ts';
import { labelsKey, labelsText } from './labels.ts';
import type { Lines } from './lines.ts';
import type { Matrix, RowKind } from './matrix.ts';

/**
 * One name, two definitions. `type`, `aggregator`: the later member's metric is left out. `buckets`: counted, shown as far as both agree.
 * `overflow`: a label set too many.
 */
export type Conflict = 'type' | 'aggregator' | 'buckets' | 'overflow';

export interface LedgerSeries {
  readonly family: LedgerFamily;
  readonly key: string;
  readonly labels: readonly string[];
  /** One for each bound of the family, +Inf and the sum; or the only one; or sum and count of a summary. */
  readonly rows: number[];
  /** The only one, without a look at the list; -1 where there are several. */
  readonly row: number;
  /** By row; the newest that any process sent. */
  exemplars: Map<number, ExemplarItem> | undefined;
  firstLine: number;
  /** The last refresh that wrote its lines. */
  round: number;
}

export class LedgerFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly how: MetricItem['agg'];
  readonly falls: boolean;
  /** Values of several members are added up. */
  readonly isAdded: boolean;
  /** A member that ends leaves its value behind. For `first`, `average` and `latest` that has no meaning. */
  readonly isKept: boolean;
  /** Rows of buckets hold cumulative counts. For `latest` the buckets may be those of different processes, and would not ascend. */
  readonly isStacked: boolean;
  readonly series = new Map<string, LedgerSeries>();
  /** All bounds that any member ever had, and those that all had. */
  bounds: readonly number[];
  common: readonly number[];
  /** The sample lines; undefined when a series came or went. */
  lines: Lines | undefined;
  /** What stands before them, once it was asked for; with the name of another family in mind, so families that come make it anew. */
  heads: Partial<Record<'text' | 'openmetrics', Buffer>> = {};
  hasExemplars = false;
  /** It had no series, and another definition has the name now. */
  isReplaced = false;

  constructor({ name, help, type, agg, falls, le = [], common }: MetricItem) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.how = agg;
    this.falls = falls === true;
    this.isAdded = agg === 'sum' || agg === 'all';
    this.isKept = type !== 'gauge' && !this.falls && (this.isAdded || agg === 'max' || agg === 'min');
    this.isStacked = type === 'histogram' && !this.isAdded && agg !== 'latest';
    this.bounds = le;
    this.common = common === undefined ? le : le.filter((bound) => common.includes(bound));
  }

  conflictWith(item: MetricItem): 'type' | 'aggregator' | undefined {
    if (this.type !== item.type) return 'type';
    return this.how !== item.agg || this.falls !== (item.falls === true) ? 'aggregator' : undefined;
  }

  get linesPerSeries(): number {
    return this.type === 'histogram' ? this.common.length + 3 : slotsOf(this.type, 0);
  }

  /** As a member would define it. */
  item(m: number): MetricItem {
    const { name, help, type, how } = this;
    return {
      m,
      name,
      help,
      type,
      agg: how,
      ...(type === 'histogram' && { le: this.bounds }),
      // Or the fleet would take the bounds of one process for those of all.
      ...(this.common.length < this.bounds.length && { common: this.common }),
      ...(this.isStacked && { stacked: true }),
      ...(this.falls && { falls: true }),
    };
  }

  open(labels: readonly string[], matrix: Matrix): LedgerSeries {
    const key = labelsKey(labels);
    const rows = Array.from({ length: slotsOf(this.type, this.bounds.length) }, (_, i) =>
      matrix.addRow(this.#kindOf(i)),
    );
    const row = rows.length === 1 ? (rows[0] as number) : -1;
    const series: LedgerSeries = { family: this, key, labels, rows, row, exemplars: undefined, firstLine: 0, round: 0 };
    this.series.set(key, series);
    this.lines = undefined;
    return series;
  }

  /** The rows that a member with these bounds fills. */
  rowsFor(series: LedgerSeries, bounds: readonly number[]): number[] {
    if (this.type !== 'histogram' || bounds.length === this.bounds.length) return [...series.rows];
    const own = bounds.map((bound) => series.rows[this.bounds.indexOf(bound)] as number);
    return [...own, ...series.rows.slice(this.bounds.length)];
  }

  /** Makes room for these bounds; `shared` are those at which all counted that the newcomer stands for. Answers whether they differ from the others'. */
  admit(bounds: readonly number[], matrix: Matrix, shared = bounds): boolean {
    const added = bounds.filter((bound) => !this.bounds.includes(bound));
    const common = this.common.filter((bound) => shared.includes(bound));
    if (added.length === 0 && common.length === this.common.length) return bounds.length !== this.bounds.length;
    const all = [...this.bounds, ...added].sort((a, b) => a - b);
    for (const series of this.series.values()) {
      const rows = all.map((bound) => series.rows[this.bounds.indexOf(bound)] ?? matrix.addRow(this.#kindOf(0, false)));
      series.rows.splice(0, this.bounds.length, ...rows);
    }
    [this.bounds, this.common, this.lines] = [all, common, undefined];
    return true;
  }

  /** What the lines of a series start with, in their order. */
  prefixes({ labels }: LedgerSeries): string[] {
    const text = labelsText(labels);
    const braces = text === '' ? '' : `{${text}}`;
    if (this.type === 'summary') return [`${this.name}_sum${braces} `, `${this.name}_count${braces} `];
    if (this.type !== 'histogram') return [`${this.name}${braces} `];
    const rest = text === '' ? '' : `,${text}`;
    const bounds = [...this.common.map(String), '+Inf'];
    const buckets = bounds.map((bound) => `${this.name}_bucket{le="${bound}"${rest}} `);
    return [...buckets, `${this.name}_sum${braces} `, `${this.name}_count${braces} `];
  }

  /** Which of its lines shows this row with an exemplar: a counter's, or a bucket's. */
  lineOf(series: LedgerSeries, row: number): number | undefined {
    const at = series.rows.indexOf(row);
    if (this.type !== 'histogram') return at;
    if (at === this.bounds.length) return this.common.length;
    const line = this.common.indexOf(this.bounds[at] as number);
    return line < 0 ? undefined : line;
  }

  /** Puts the numbers of those lines, as shown from now on, into `target` and answers how many there are. */
  show({ rows, row }: LedgerSeries, matrix: Matrix, target: number[]): number {
    if (row >= 0) {
      target[0] = matrix.show(row);
      return 1;
    }
    if (this.type === 'histogram') return this.#showHistogram(rows, matrix, target);
    for (let i = 0; i < rows.length; i++) target[i] = matrix.show(rows[i] as number);
    return rows.length;
  }

  #showHistogram(rows: readonly number[], matrix: Matrix, target: number[]): number {
    const beyond = rows.length - 2;
    let count = 0;
    let lines = 0;
    for (let i = 0; i <= beyond; i++) {
      const shown = matrix.show(rows[i] as number);
      count = this.isStacked ? shown : count + shown;
      // Shown are +Inf and the bounds that all have.
      if (i === beyond || this.common === this.bounds || this.common.includes(this.bounds[i] as number))
        target[lines++] = count;
    }
    target[lines++] = matrix.show(rows[beyond + 1] as number);
    target[lines++] = count;
    return lines;
  }

  #kindOf(place: number, isSum = place === (this.type === 'summary' ? 0 : this.bounds.length + 1)): RowKind {
    const mayFall = !this.isKept || this.how === 'min';
    return { how: this.how, mayFall, isSum: isSum && (this.type === 'histogram' || this.type === 'summary') };
  }
}
