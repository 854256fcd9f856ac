/** What a simulation shows: what was asked against what may be asked, and what is stored against what is true. */
import type { Database } from '../../shared/db/database.ts';
import type { SourcePolicy } from '../../shared/source-limits.ts';
import type { Asked, Internet } from './internet.ts';
import type { EmployerBoard, Opening, World } from './world.ts';

/** The ledger lets a request go up to a second after its moment, and the clock jumps by halves of one. */
const LATE_MS = 1_500;

export interface SourceUse {
  readonly requests: number;
  readonly bytes: number;
  readonly perSecondMax: number;
  readonly underWayMax: number;
  /** Requests that a pace, a ceiling or the calls at once did not allow. */
  readonly violations: number;
}

export function useOf(asked: Asked, policy: SourcePolicy): SourceUse {
  const { ms, burst, calls } = policy.source;
  const tooMany = calls !== null && asked.underWayMax > calls ? asked.underWayMax - calls : 0;
  const ceilings = policy.ceilings.map(({ period, ceiling }) => overCeiling(asked.times, ceiling, PERIOD_MS[period]));
  const paced = ms === null ? 0 : overPace(asked.times, ms, burst);
  return {
    requests: asked.times.length,
    bytes: asked.bytes,
    perSecondMax: largestWindow(asked.times, 10_000) / 10,
    underWayMax: asked.underWayMax,
    violations: tooMany + paced + ceilings.reduce((a, b) => a + b, 0),
  };
}

const PERIOD_MS = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_678_400_000,
  lifetime: Number.POSITIVE_INFINITY,
} as const;

/** A bucket that holds `burst` and gets one each `ms`; as late as the ledger allows. */
function overPace(times: readonly number[], ms: number, burst: number): number {
  let violations = 0;
  let next = Number.NEGATIVE_INFINITY;
  for (const at of times) {
    next = Math.max(next, at) + ms;
    if (next - at > burst * ms + ms + LATE_MS) violations++;
  }
  return violations;
}

function overCeiling(times: readonly number[], ceiling: number, periodMs: number): number {
  let violations = 0;
  for (const [i, at] of times.entries()) {
    const before = times[i - ceiling];
    if (before !== undefined && at - before < periodMs) violations++;
  }
  return violations;
}

function largestWindow(times: readonly number[], windowMs: number): number {
  let largest = 0;
  let from = 0;
  for (const [i, at] of times.entries()) {
    while ((times[from] as number) <= at - windowMs) from++;
    largest = Math.max(largest, i - from + 1);
  }
  return largest;
}

export interface Truth {
  /** Postings that were told to us, whole and truly, and are not stored as open. */
  readonly missed: number;
  /** Postings that were closed while they were open. */
  readonly wrongCloses: number;
  /** IAM postings that were open at some time, and those stored. */
  readonly openings: number;
  readonly stored: number;
  /** The first of those, in words. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 5;

export async function compareWithTruth(db: Database, world: World, internet: Internet, from: number): Promise<Truth> {
  const { rows } = await db.pool.query<{ native_id: string; closed: string | null; evidence: string | null }>(
    `select native_id, (extract(epoch from closed_at) * 1000)::text as closed, closed_evidence as evidence from posting`,
  );
  const evidence = new Map(rows.map((row) => [Number(row.native_id), row.evidence]));
  const examples: string[] = [];
  const stored = new Map(rows.map((row) => [Number(row.native_id), row.closed === null ? null : Number(row.closed)]));
  const say = ({ board, id }: Opening, at: number, what: string) => {
    const { source, token } = world.boards[board] as EmployerBoard;
    const hour = Math.round(((at - from) / 3_600_000) * 100) / 100;
    const faults = internet.oddities[board] ?? [];
    if (examples.length < EXAMPLES_MAX) {
      examples.push([`${source}/${token}: ${id} ${what}, hour ${hour}`, ...faults].join('; '));
    }
  };
  let missed = 0;
  let wrongCloses = 0;
  for (const opening of world.openings.values()) {
    const closedAt = stored.get(opening.id);
    const toldAt = internet.served[opening.board]?.trulyAt;
    if (toldAt !== undefined && wasListed(opening, toldAt) && closedAt !== null) {
      missed++;
      say(opening, toldAt, `is ${closedAt === undefined ? 'not stored' : 'closed'} though it was listed`);
    }
    if (typeof closedAt === 'number' && closedAt < (opening.until ?? Number.POSITIVE_INFINITY)) {
      wrongCloses++;
      say(opening, closedAt, `was closed while it was open: ${evidence.get(opening.id)}`);
    }
  }
  return { examples, missed, wrongCloses, openings: world.openings.size, stored: stored.size };
}

function wasListed({ from, until }: Opening, at: number): boolean {
  return from < at - SLACK_MS && (until ?? Number.POSITIVE_INFINITY) > at;
}

/** The answer was made up to so long before its body was taken. */
const SLACK_MS = 2_000;
