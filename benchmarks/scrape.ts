/** What a scrape costs: the metrics bus against prom-client's own way to add up the workers of a cluster, old and new. */
import type { Benchmark, BenchOptions, RowSpec, Section } from './kit/harness.ts';
import { wrongSamples } from './scrape/compare.ts';
import type { Way } from './scrape/control.ts';
import { type Cell, type Group, startGroup } from './scrape/group.ts';
import { startWriters, type Writers } from './scrape/writing.ts';

export const benchmark: Benchmark = {
  title: 'Scrapes of many processes',
  // The lines of a process; the table of goals is for this.
  rowsDefault: 5000,
  async run(options, measure) {
    const wrong: number[] = [];
    const wantsValues = options.wants('B9');
    for (const spec of specs(options.rows)) {
      if (wantsValues || options.wants(...spec.rows.map(({ id }) => id)))
        await measureCell(spec, options, measure, wrong);
    }
    if (wantsValues) await measure(valuesSection(wrong));
    if (!options.wants('B8')) return;
    const writers = await startWriters();
    await measure(writeSection(writers)).finally(() => writers.close());
  },
};

interface CellSpec extends Cell {
  readonly ways: readonly Way[];
  readonly scrapes: number;
  /** For each way before the rounds: services run for days. */
  readonly warmUpMs: number;
  readonly rows: readonly RowSpec[];
}

const ARMS = { ours: 'ours', stock: 'baseline', successor: 'successor', threaded: 'limit' } as const;
const COUNTED = [
  'CPU: all threads of the process that answers, from the order to scrape until 15 ms after its bytes are there, mean of the scrapes, less what as long a time without a scrape costs. Latency: until they are there. No HTTP, no gzip.',
  'Between scrapes each worker changes a tenth of its label sets, ordered past the channels that are measured. Ours asks every process at the scrape, as the others do, and writes its checkpoint.',
  'Block of a worker: the longest turn of its event loop, from the first call in it until the loop looks for what else has come, by the clock (scrapes of their own); of the workers and of the scrapes, the median. Block of the supervisor: processor time of the longest turn of its loop, seen by turning it (scrapes of their own).',
  'Bytes: all that the workers send and receive for one scrape. Before the rounds, every way is scraped for as long as the others.',
  'baseline: prom-client 15.1.3 AggregatorRegistry; for B2 @prometheus-io/client 0.16.1.',
];

function specs(lines: number): CellSpec[] {
  return [
    {
      workers: 8,
      lines,
      ways: ['ours', 'stock', 'successor'],
      scrapes: 8,
      warmUpMs: 12_000,
      rows: [
        less('B1', 'CPU of a scrape', 'ms', 'cpuMs', 60, 40),
        { ...less('B2', 'CPU of a scrape, to 0.16', 'ms', 'cpuMs', 25, 18), against: 'successor' },
        less('B3', 'latency', 'ms', 'latencyMs', 40, 30),
        less('B4', 'between processes', 'bytes', 'bytes', 150, 120),
        less('B5', "longest block of a worker's loop", 'ms', 'workerTurnMs', 40, 30),
      ],
    },
    {
      workers: 32,
      lines,
      ways: ['ours', 'stock'],
      scrapes: 4,
      warmUpMs: 12_000,
      rows: [less('B6', 'CPU of a scrape', 'ms', 'cpuMs', 100, 60)],
    },
    {
      workers: 2,
      lines: lines / 10,
      ways: ['ours', 'stock', 'successor'],
      scrapes: 30,
      warmUpMs: 6_000,
      rows: [less('B7', 'the worse of CPU and latency', 'ms (CPU)', ['cpuMs', 'latencyMs'], 4, 2)],
    },
    {
      workers: 8,
      lines: lines * 4,
      ways: ['ours', 'stock'],
      scrapes: 2,
      warmUpMs: 4_000,
      rows: [
        {
          id: 'B10',
          title: "longest block of the supervisor's loop",
          unit: 'ms',
          measure: 'supervisorTurnMs',
          against: 'none',
          better: 'lower',
          goal: 10,
          floor: 15,
        },
      ],
    },
  ];
}

function less(
  id: string,
  title: string,
  unit: string,
  measure: RowSpec['measure'],
  goal: number,
  floor: number,
): RowSpec {
  return { id, title, unit, measure, against: 'baseline', isTimesLess: true, better: 'higher', goal, floor };
}

async function measureCell(
  spec: CellSpec,
  options: BenchOptions,
  measure: (section: Section) => Promise<void>,
  wrong: number[],
): Promise<void> {
  const name = `${spec.workers} x ${spec.lines}`;
  const groups: Group[] = [];
  try {
    // Side by side: of groups that start one after the other the last has the better place in memory, which makes a tenth of its latency.
    groups.push(...(await startAll(spec)));
    for (const group of groups) await group.warmUp(spec.warmUpMs);
    const steps = Math.max(...groups.map((group) => group.steps()));
    for (const group of groups) await group.catchUp(steps);
    options.say(`${name}: ${groups.length * (spec.workers + 1)} processes are warm`);
    await measure({
      title: name,
      about: COUNTED,
      rows: spec.rows.map((row) => ({ ...row, title: `${name}: ${row.title}` })),
      arms: Object.fromEntries(groups.map((group) => [ARMS[group.way], () => group.measure(spec.scrapes)])),
    });
    for (let n = 0; n < options.rounds; n++) wrong[n] = (wrong[n] ?? 0) + (await wrongOf(groups));
  } finally {
    for (const group of groups) group.close();
  }
}

async function startAll(spec: CellSpec): Promise<Group[]> {
  const started = await Promise.allSettled(spec.ways.map((way) => startGroup(way, spec)));
  const groups = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed === undefined) return groups;
  for (const group of groups) group.close();
  throw failed.reason;
}

/** All groups have had the same changes. */
async function wrongOf([ours, ...others]: readonly Group[]): Promise<number> {
  const page = (await ours?.page()) ?? '';
  let wrong = 0;
  for (const other of others) wrong += wrongSamples(page, await other.page(), other.way === 'stock');
  return wrong;
}

function valuesSection(wrong: readonly number[]): Section {
  return {
    title: 'values',
    about: [
      'Every sample of every page above against prom-client 15.1.3 and 0.16.1 after the same changes, further off than the last bit of a float sum. `first` only against 0.16.1: 15.1.3 shows whoever answers first.',
    ],
    arms: { ours: async (round) => ({ wrong: wrong[Math.max(0, round)] ?? Number.NaN }) },
    rows: [
      {
        id: 'B9',
        title: 'samples with a wrong value',
        unit: 'samples',
        measure: 'wrong',
        against: 'none',
        better: 'lower',
        goal: 0,
        floor: 0,
      },
    ],
  };
}

function writeSection(writers: Writers): Section {
  let running: ReturnType<Writers['measure']> | undefined;
  const half = async (name: 'on' | 'off') => {
    const both = running ?? writers.measure();
    running = running === undefined ? both : undefined;
    return (await both)[name];
  };
  return {
    title: 'writing',
    about: [
      'B8: processor time of one call in a process with 5,000 series while its agent is on / off, which changes every second or so: two processes never lay out their memory alike, which alone makes several per cent. The median of turns of 8,000 calls, the worse of inc and observe.',
    ],
    arms: { ours: () => half('on'), baseline: () => half('off') },
    rows: [
      {
        id: 'B8',
        title: 'cost of inc and observe, agent on / off',
        unit: 'ns (inc)',
        measure: ['inc', 'observe'],
        against: 'baseline',
        better: 'lower',
        goal: 1.02,
        floor: 1.03,
      },
    ],
  };
}
