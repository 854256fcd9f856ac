/** Employers whose boards change by themselves: what is true, whatever anybody reads of it. */
import { createRandom } from '../../benchmarks/kit/random.ts';

export const BOARD_SOURCES = ['greenhouse', 'lever', 'ashby'] as const;
export type BoardSource = (typeof BOARD_SOURCES)[number];

/** How many of ten boards are at each source. */
const SHARES: Readonly<Record<BoardSource, number>> = { greenhouse: 5, ashby: 3, lever: 2 };
const WEEK_MS = 7 * 86_400_000;
const POSTINGS_MEAN = 12;
const IAM_SHARE = 0.05;
/** Boards that go away in a week, and those whose server knows neither ETags nor dates. */
const GONE_A_WEEK = 0.004;
const WITHOUT_ETAG = 0.02;

export interface Listed {
  readonly id: number;
  readonly isIam: boolean;
  readonly at: number;
}

/** One IAM posting of the truth. */
export interface Opening {
  readonly board: number;
  readonly id: number;
  readonly from: number;
  /** Undefined: it is open. */
  until: number | undefined;
}

export interface EmployerBoard {
  readonly index: number;
  readonly source: BoardSource;
  readonly token: string;
  readonly hasEtag: boolean;
  /** Changes of a week. */
  readonly rate: number;
  readonly goneAt: number;
  /** Raised by every change. */
  version: number;
  nextChangeAt: number;
  listed: Listed[];
}

export interface World {
  readonly boards: readonly EmployerBoard[];
  readonly openings: ReadonlyMap<number, Opening>;
  /** The board as it is at that moment; moments must not go back. */
  board(token: string, at: number): EmployerBoard | undefined;
}

export function createWorld(count: number, start: number, seed: number): World {
  const random = createRandom(seed);
  const openings = new Map<number, Opening>();
  let lastId = 1_000_000;

  const post = (board: EmployerBoard, at: number) => {
    const listed = { id: ++lastId, isIam: random() < IAM_SHARE, at };
    board.listed.push(listed);
    if (listed.isIam) openings.set(listed.id, { board: board.index, id: listed.id, from: at, until: undefined });
  };
  const change = (board: EmployerBoard, at: number) => {
    board.version++;
    if (board.listed.length > 0 && random() < 0.5) {
      const [gone] = board.listed.splice(Math.floor(random() * board.listed.length), 1);
      const opening = gone === undefined ? undefined : openings.get(gone.id);
      if (opening !== undefined) opening.until = at;
    } else post(board, at);
    board.nextChangeAt = at + (exponential(random) * WEEK_MS) / board.rate;
  };
  const make = (index: number): EmployerBoard => {
    // Most boards change twice a week, a few every hour.
    const rate = Math.min(200, Math.max(0.05, 2 * Math.exp(1.2 * normal(random))));
    const isGone = random() < GONE_A_WEEK;
    const board: EmployerBoard = {
      index,
      source: sourceOf(random() * 10),
      token: `b${index}`,
      hasEtag: random() >= WITHOUT_ETAG,
      rate,
      goneAt: isGone ? start + random() * WEEK_MS : Number.POSITIVE_INFINITY,
      version: 0,
      nextChangeAt: start + (exponential(random) * WEEK_MS) / rate,
      listed: [],
    };
    const postings = Math.min(150, Math.floor(exponential(random) * POSTINGS_MEAN));
    for (let i = 0; i < postings; i++) post(board, start - random() * 30 * 86_400_000);
    return board;
  };
  const boards = Array.from({ length: count }, (_, index) => make(index));
  return {
    boards,
    openings,
    board: (token, at) => {
      const board = boards[Number(token.slice(1))];
      if (board?.token !== token) return undefined;
      while (board.nextChangeAt <= at) change(board, board.nextChangeAt);
      return board;
    },
  };
}

function sourceOf(ten: number): BoardSource {
  let sum = 0;
  for (const source of BOARD_SOURCES) {
    sum += SHARES[source];
    if (ten < sum) return source;
  }
  return 'greenhouse';
}

function exponential(random: () => number): number {
  return -Math.log(1 - random());
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
