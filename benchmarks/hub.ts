/** What the hub of the metrics bus costs the process that it lives in, beside it and in a thread of its own. */
import type { Benchmark, Measures, RowSpec, Section } from './kit/harness.ts';
import type { Way } from './scrape/control.ts';
import { type Cell, type Group, type Processes, startGroup, startProcesses } from './scrape/group.ts';

export const benchmark: Benchmark = {
  title: 'The hub of the metrics bus',
  // The lines of a process that is large.
  rowsDefault: 20_000,
  async run({ rows: lines, wants }, measure) {
    if (wants('M1')) await measureFirst(lines, measure);
    if (wants('M2')) await measureNext(lines, measure);
    if (wants('M3', 'M4')) await measureScrapes(['M3', 'M4'], { workers: 8, lines: lines / 4 }, measure);
    if (wants('M5', 'M6')) await measureScrapes(['M5', 'M6'], { workers: 2, lines: lines / 40 }, measure);
  },
};

const BLOCK =
  'Block: processor time of the longest turn of the event loop that calls the hub, from when the process joins until its numbers are on a page: its report, lines that are written anew, the checkpoint. baseline: the hub in a thread.';

async function measureFirst(lines: number, measure: (section: Section) => Promise<void>): Promise<void> {
  await measure({
    title: 'the first one',
    about: [BLOCK, 'The hub is new each time, and its code still cold.'],
    arms: { ours: () => firstJoins('ours', lines), baseline: () => firstJoins('threaded', lines) },
    rows: [block('M1', `the first process, with ${lines} lines, joins`)],
  });
}

async function firstJoins(way: Way, lines: number): Promise<Measures> {
  const processes = await startProcesses(way, { workers: 1, lines });
  try {
    return { turnMs: await joinTurn(processes) };
  } finally {
    processes.close();
  }
}

/** The last of the workers joins. */
async function joinTurn({ supervisor, workers }: Processes): Promise<number> {
  await supervisor.order('turning');
  await workers.at(-1)?.order('join');
  await supervisor.order('warmUp');
  return supervisor.order<number>('turned');
}

/** The eighth comes and goes. */
async function measureNext(lines: number, measure: (section: Section) => Promise<void>): Promise<void> {
  const groups: Processes[] = [];
  const start = async (way: Way) => {
    const processes = await startProcesses(way, { workers: 8, lines });
    groups.push(processes);
    for (const worker of processes.workers.slice(0, -1)) await worker.order('join');
    for (let n = 0; n < WARM_UP; n++) await supervised(processes);
    return processes;
  };
  const supervised = async (processes: Processes) => {
    const turnMs = await joinTurn(processes);
    await processes.workers.at(-1)?.order('leave');
    await processes.supervisor.order('warmUp');
    return { turnMs };
  };
  try {
    const [ours, threaded] = [await start('ours'), await start('threaded')];
    await measure({
      title: 'one more',
      about: [BLOCK],
      arms: { ours: () => supervised(ours), baseline: () => supervised(threaded) },
      rows: [block('M2', `one more process, beside seven with ${lines} lines each, joins`)],
    });
  } finally {
    for (const group of groups) group.close();
  }
}

const WARM_UP = 5;

async function measureScrapes(
  [cpu, latency]: readonly [string, string],
  cell: Cell,
  measure: (section: Section) => Promise<void>,
): Promise<void> {
  const groups: Group[] = [];
  try {
    for (const way of ['ours', 'threaded'] as const) groups.push(await startGroup(way, cell));
    for (const group of groups) await group.warmUp(WARM_UP_MS);
    const [ours, threaded] = groups;
    const scrapes = async (group: Group | undefined): Promise<Measures> => (await group?.measure(SCRAPES)) ?? {};
    const name = `${cell.workers} x ${cell.lines}`;
    await measure({
      title: name,
      about: ['As in `scrape`. baseline: the hub in a thread.'],
      arms: { ours: () => scrapes(ours), baseline: () => scrapes(threaded) },
      rows: [less(cpu, `${name}: CPU of a scrape`, 'cpuMs'), less(latency, `${name}: latency`, 'latencyMs')],
    });
  } finally {
    for (const group of groups) group.close();
  }
}

const WARM_UP_MS = 5000;
const SCRAPES = 8;

function block(id: string, title: string): RowSpec {
  return { id, title, unit: 'ms', measure: 'turnMs', against: 'none', better: 'lower', goal: null, floor: null };
}

function less(id: string, title: string, measure: string): RowSpec {
  return {
    id,
    title: `${title}, thread / none`,
    unit: 'ms',
    measure,
    against: 'baseline',
    isTimesLess: true,
    better: 'higher',
    goal: null,
    floor: null,
  };
}
