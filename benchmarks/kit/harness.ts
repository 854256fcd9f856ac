/**
 * Measures ours, a named baseline and a limit in the same rounds of the same run, because on a shared machine only ratios
 * taken close together mean anything.
 */
import { loadavg } from 'node:os';
import { judge, type Verdict } from './verdict.ts';

/** What one arm measured in one round, by name ("rowsPerSecond", "walBytesPerRow"). */
export type Measures = Readonly<Record<string, number>>;
/** `successor`: a second baseline, the first one's newer version. */
export type ArmName = 'ours' | 'baseline' | 'successor' | 'limit';
const ARMS: readonly ArmName[] = ['ours', 'baseline', 'successor', 'limit'];

export interface RowSpec {
  /** Short and stable; runs are compared by it. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Of several, the one with the worst ratio counts in each round. */
  readonly measure: string | readonly string[];
  /** What ours is divided by; `none` takes our own figure as it is. */
  readonly against: Exclude<ArmName, 'ours'> | 'none';
  /** "So many times less": the other's figure is divided by ours instead. */
  readonly isTimesLess?: true;
  readonly better: 'higher' | 'lower';
  /** Null: the figure is said for people and judged by nobody. */
  readonly goal: number | null;
  /** What must hold even on a bad day; the goal is what we want. */
  readonly floor: number | null;
}

export interface Section {
  readonly title: string;
  /** Said under the table: what exactly the baseline and the limit are. */
  readonly about: readonly string[];
  readonly arms: Readonly<Partial<Record<ArmName, (round: number) => Promise<Measures>>>>;
  readonly rows: readonly RowSpec[];
}

export interface BenchOptions {
  /** Size of the preloaded tables. */
  readonly rows: number;
  readonly rounds: number;
  /** Folder in which what is loaded stays for the next run; only where the benchmark `canKeep`. */
  readonly data?: string;
  /**
   * Whether a row whose id begins so is asked for; everything is unless somebody named some. Spares the preparation of what nobody
   * asked for; its sections are left out in any case.
   */
  readonly wants: (...beginnings: readonly string[]) => boolean;
  /** One line of progress; goes to standard error. */
  readonly say: (line: string) => void;
}

/** What a file in `benchmarks/` exports as `benchmark`. */
export interface Benchmark {
  readonly title: string;
  readonly rowsDefault: number;
  /** What it loads can be kept and measured again. */
  readonly canKeep?: true;
  /** Prepares, hands each section to `measure`, and cleans up whatever happens. */
  run(options: BenchOptions, measure: (section: Section) => Promise<void>): Promise<void>;
}

export interface ResultRow {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Medians of the rounds; null where there is no such arm. */
  readonly ours: number | null;
  readonly baseline: number | null;
  readonly limit: number | null;
  /** Median of the ratios of each round. */
  readonly ratio: number;
  readonly goal: number | null;
  readonly floor: number | null;
  readonly verdict: Verdict;
  /** Smallest and largest ratio of a round. */
  readonly spread: readonly [number, number];
  readonly rounds: number;
}

/** Fewer say nothing about the spread. */
export const ROUNDS_MIN = 5;
const ROUNDS_WARM_UP = 1;

export async function measureSection(
  section: Section,
  options: Pick<BenchOptions, 'rounds' | 'say'>,
): Promise<ResultRow[]> {
  const names = ARMS.filter((name) => section.arms[name] !== undefined);
  const samples: Record<ArmName, Measures[]> = { ours: [], baseline: [], successor: [], limit: [] };
  let loadMax = 0;
  for (let round = -ROUNDS_WARM_UP; round < options.rounds; round++) {
    // A-B-C, then C-B-A: what drifts during a run hits every arm alike.
    const order = Math.abs(round) % 2 === 0 ? names : [...names].reverse();
    for (const name of order) {
      const measures = await section.arms[name]?.(round);
      if (round >= 0 && measures !== undefined) samples[name].push(measures);
    }
    loadMax = Math.max(loadMax, loadavg()[0] ?? 0);
    options.say(`${section.title}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${options.rounds}`}`);
  }
  return section.rows.map((spec) => resultRow(spec, samples, loadMax));
}

function resultRow(spec: RowSpec, samples: Record<ArmName, Measures[]>, loadMax: number): ResultRow {
  const measures = typeof spec.measure === 'string' ? [spec.measure] : spec.measure;
  const values = (name: ArmName, measure = measures[0] as string) =>
    samples[name].map((round) => round[measure]).filter((v) => v !== undefined);
  const ours = values('ours');
  const worst = spec.better === 'higher' ? Math.min : Math.max;
  const ratios = ours.map((_, i) => worst(...measures.map((measure) => ratioOf(spec, values, measure, i))));
  const ratio = median(ratios) ?? Number.NaN;
  const { id, title, unit, goal, floor } = spec;
  return {
    id,
    title,
    unit,
    ours: rounded(median(ours)),
    baseline: rounded(median(values(spec.against === 'successor' ? 'successor' : 'baseline'))),
    limit: rounded(median(values('limit'))),
    ratio: rounded(ratio) ?? Number.NaN,
    goal,
    floor,
    verdict: judge(spec, ratio, ratios, loadMax),
    spread: [rounded(Math.min(...ratios)) ?? 0, rounded(Math.max(...ratios)) ?? 0],
    rounds: ratios.length,
  };
}

function ratioOf(
  { against, isTimesLess }: RowSpec,
  values: (name: ArmName, measure: string) => readonly number[],
  measure: string,
  round: number,
): number {
  const ours = values('ours', measure)[round] ?? Number.NaN;
  if (against === 'none') return ours;
  const other = values(against, measure)[round] ?? Number.NaN;
  return isTimesLess ? other / ours : ours / other;
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Four figures that mean something. */
const rounded = (value: number | undefined) => (value === undefined ? null : Number(value.toPrecision(4)));
