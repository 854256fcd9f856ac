/** How long a job has been on offer, told honestly: what we saw ourselves beside what the sources state. */

export interface JobAge {
  /** When we first saw any of its postings. */
  readonly firstSeenAt: string | null;
  /** The earliest date that any source ever stated. */
  readonly statedAt: string | null;
  /** How often it was listed again: under a new number, with a later date, or after it was closed. */
  readonly reposts: number;
  /** Whole days of the longest time without a break in which one of its postings was listed. */
  readonly longestRunDays: number;
}

export interface AgePosting {
  readonly id: string;
  readonly firstSeenAt: string | null;
  readonly statedAt: string | null;
  readonly closedAt: string | null;
  /** Later dates that its source told for it. */
  readonly reposts: number;
}

/** A posting was closed, or listed again. In the order in which it happened. */
export interface AgeEvent {
  readonly postingId: string;
  readonly kind: 'close' | 'reopen';
  readonly at: string;
}

const DAY_MS = 86_400_000;

/** @param anew postings that list the opening again under a number of their own */
export function ageOf(postings: readonly AgePosting[], events: readonly AgeEvent[], anew: number, now: Date): JobAge {
  const runs = postings.flatMap((posting) => runsOf(posting, events, now));
  const reopened = events.filter(({ kind }) => kind === 'reopen').length;
  const stated = postings.flatMap(({ statedAt }) => statedAt ?? []);
  return {
    firstSeenAt: earliest(postings.flatMap(({ firstSeenAt }) => firstSeenAt ?? [])),
    statedAt: earliest(stated),
    reposts: postings.reduce((sum, { reposts }) => sum + reposts, 0) + reopened + anew,
    longestRunDays: Math.floor(longest(runs) / DAY_MS),
  };
}

type Run = readonly [from: number, to: number];

function runsOf({ id, firstSeenAt, closedAt }: AgePosting, events: readonly AgeEvent[], now: Date): Run[] {
  if (firstSeenAt === null) return [];
  const runs: Run[] = [];
  let from: number | undefined = Date.parse(firstSeenAt);
  for (const { kind, at } of events.filter(({ postingId }) => postingId === id)) {
    if (kind === 'close' && from !== undefined) runs.push([from, Date.parse(at)]);
    if (kind === 'close') from = undefined;
    else from ??= Date.parse(at);
  }
  if (from !== undefined) runs.push([from, closedAt === null ? now.getTime() : Date.parse(closedAt)]);
  return runs;
}

/** Of the union: another posting of the same opening bridges the gap of the first one. */
function longest(runs: readonly Run[]): number {
  let most = 0;
  let [from, to] = [Number.NaN, Number.NEGATIVE_INFINITY];
  for (const [start, end] of runs.toSorted((a, b) => a[0] - b[0])) {
    if (start > to) [from, to] = [start, end];
    else to = Math.max(to, end);
    most = Math.max(most, to - from);
  }
  return most;
}

function earliest(dates: readonly string[]): string | null {
  return dates.reduce<string | null>(
    (first, date) => (first === null || Date.parse(date) < Date.parse(first) ? date : first),
    null,
  );
}
