/** Boards of which nine postings in ten are as they were, and boards that nobody has read before. */
import pLimit from 'p-limit';
import type { Measures, RowSpec, Section } from '../kit/harness.ts';
import { POSTINGS } from './adverts.ts';
import { fetchJson } from './bare.ts';
import { readNaively } from './naive.ts';
import { stepsOf } from './steps.ts';
import { CONCURRENCY, spent, type UnitBoard, type UnitWorld } from './world.ts';

const BOARDS = 20;

const ABOUT = [
  `${BOARDS} Greenhouse boards of ${POSTINGS} adverts of 6 KB, one advert in five is IAM work, ${CONCURRENCY} boards at once, from a server in another process; processor time is that of all threads of the worker process, without PostgreSQL's.`,
  'baseline: undici, JSON.parse, zod, sanitise and score every posting with a pattern for each phrase, MikroORM find, assign and flush what is IAM work into a wide table.',
  'limit: the same pages through bare undici and JSON.parse.',
];

/** Ten in a hundred postings change, come or go before each round; all arms read the same bytes. */
export function steadySection(world: UnitWorld): Section {
  let boards: UnitBoard[] | undefined;
  let changedFor: number | undefined;
  const boardsOf = async (round: number) => {
    if (boards === undefined) {
      boards = await world.addBoards(BOARDS);
      await readOurs(world, boards);
      await readBaseline(world, boards);
    }
    if (changedFor !== round) await world.source.change();
    changedFor = round;
    return boards;
  };
  return {
    title: '90 % unchanged',
    about: ABOUT,
    arms: armsOf(world, boardsOf),
    rows: [
      row('P1', '90 % unchanged, CPU of a posting: usual way / ours', 'baseline', 30, 20),
      row('P2', '90 % unchanged, CPU of a posting: bare undici and JSON.parse / ours', 'limit'),
      speed('P3', '90 % unchanged, postings per second: ours / usual way'),
      ...STEPS.map(([name, title]) => step(`P4.${name}`, `90 % unchanged: ${title}`, name)),
    ],
  };
}

export function newSection(world: UnitWorld): Section {
  let fresh: UnitBoard[] = [];
  let madeFor: number | undefined;
  const boardsOf = async (round: number) => {
    if (madeFor !== round) fresh = await world.addBoards(BOARDS);
    madeFor = round;
    return fresh;
  };
  return {
    title: '100 % new',
    about: ['The same with boards that nobody has read before.'],
    arms: armsOf(world, boardsOf),
    rows: [
      row('N1', '100 % new, CPU of a posting: usual way / ours', 'baseline'),
      row('N2', '100 % new, CPU of a posting: bare undici and JSON.parse / ours', 'limit'),
      speed('N3', '100 % new, postings per second: ours / usual way'),
      ...STEPS.map(([name, title]) => step(`N4.${name}`, `100 % new: ${title}`, name)),
    ],
  };
}

/** What a posting costs in each step, on the average over all postings that were read. */
const STEPS = [
  ['fetch', 'fetching through the door, parsing, checking'],
  ['hash', 'hashing'],
  ['words', 'mapping what is new or changed, and reading its words'],
  ['score', 'scoring them'],
  ['normalise', 'normalising what is IAM work'],
  ['rest', 'storing, the rows of units and boards'],
] as const;

function armsOf(world: UnitWorld, boardsOf: (round: number) => Promise<UnitBoard[]>): Section['arms'] {
  return {
    ours: async (round) => {
      const boards = await boardsOf(round);
      const before = await stepsOf(world, boards);
      const whole = await readOurs(world, boards);
      const steps = Object.values(before).reduce((sum, one) => sum + one, 0);
      return { ...whole, ...before, rest: (whole.cpu ?? 0) - steps };
    },
    baseline: async (round) => readBaseline(world, await boardsOf(round)),
    limit: async (round) => {
      const boards = await boardsOf(round);
      return each(boards, (board) => fetchJson(world.agent, world.urlOf(board)));
    },
  };
}

async function readOurs(world: UnitWorld, boards: readonly UnitBoard[]): Promise<Measures> {
  return each(await world.unitsOf(boards), world.run);
}

function readBaseline(world: UnitWorld, boards: readonly UnitBoard[]): Promise<Measures> {
  return each(boards, (board) => readNaively(world.agent, world.urlOf(board), board.id, world.wide));
}

async function each<T>(list: readonly T[], read: (one: T) => Promise<unknown>): Promise<Measures> {
  const lane = pLimit(CONCURRENCY);
  const { cpu, seconds } = await spent(() => Promise.all(list.map((one) => lane(read, one))));
  const postings = list.length * POSTINGS;
  return { cpu: cpu / postings, perSecond: postings / seconds };
}

function row(id: string, title: string, against: 'baseline' | 'limit', goal?: number, floor?: number): RowSpec {
  const measured = { unit: 'µs', measure: 'cpu', against, isTimesLess: true, better: 'higher' } as const;
  return { id, title, ...measured, goal: goal ?? null, floor: floor ?? null };
}

function speed(id: string, title: string): RowSpec {
  const measured = { unit: 'postings/s', measure: 'perSecond', against: 'baseline', better: 'higher' } as const;
  return { id, title, ...measured, goal: null, floor: null };
}

function step(id: string, title: string, measure: string): RowSpec {
  return { id, title, unit: 'µs', measure, against: 'none', better: 'lower', goal: null, floor: null };
}
