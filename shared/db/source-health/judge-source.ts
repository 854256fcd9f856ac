/** The state of a source, from what is known of its boards. Pure. */
import { type SourceName, sourceInfo } from '../../sources.ts';

/** In the order in which they win: the first one that holds is the state. */
export const SOURCE_STATES = [
  'paused',
  'waiting for key',
  'out of quota',
  'failed',
  'suspect',
  'degraded',
  'healthy',
] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

export interface Judged {
  readonly state: SourceState;
  /** One sentence, with a full stop. */
  readonly sentence: string;
}

export interface SourceFacts {
  readonly source: SourceName;
  /** Why nobody reads it, as the end of "It is paused: ..."; undefined when it is read. */
  readonly paused?: string | undefined;
  /** Settings that are not set. */
  readonly missingKeys: readonly string[];
  /** What its breaker is open for; undefined while it is closed. */
  readonly breaker?:
    | { readonly kind: string | null; readonly reason: string | null; readonly until: Date | null }
    | undefined;
  /** Its budget has no request for a unit that came for one. */
  readonly quota?: { readonly says: string; readonly until: Date | null } | undefined;
  readonly boards: BoardSums;
  /** The last board that failed, was cut short or is in doubt, as "acme: it listed no posting". */
  readonly example: string | undefined;
  /** Many boards at once list less than in health. */
  readonly inDoubt: boolean;
  /** Newest date of any posting, and when it was first seen. */
  readonly newest: Date | null;
  readonly movedAt: Date | null;
  /** Postings for each board on earlier days, the oldest first. */
  readonly days: readonly number[];
  /** Postings that it listed for a board that surely does not exist. */
  readonly absentListed: number | null;
}

/** Boards that scans read; those that rest because they are not there count in `resting` only. */
export interface BoardSums {
  readonly total: number;
  readonly resting: number;
  readonly unread: number;
  readonly failing: number;
  readonly partial: number;
  readonly suspect: number;
  /** Boards that were read in health at least once, and what they listed then. */
  readonly counted: number;
  readonly found: number;
}

/** From this share of its boards on, a source has what they have. */
const MANY = 0.5;
/** Up to this share is the daily life of many boards: names change, servers restart. */
const FEW = 0.05;
/** Boards and days before the total of a source means anything. */
const BOARDS_MIN = 10;
const DAYS_MIN = 7;
const BOARDS_FOR_DATES = 20;
const HOUR_MS = 3_600_000;

export function judgeSource(facts: SourceFacts, now: Date): Judged {
  return (
    unread(facts) ??
    outOfQuota(facts, now) ??
    failed(facts) ??
    suspect(facts, now) ??
    degraded(facts) ?? { state: 'healthy', sentence: healthy(facts.boards) }
  );
}

type Unread = Pick<SourceFacts, 'source' | 'paused' | 'missingKeys'> & { readonly boards: Pick<BoardSums, 'total'> };

/** What holds whatever its boards are like; also asked by whoever knows settings that the judge did not. */
export function unread({ source, paused, missingKeys, boards }: Unread): Judged | undefined {
  if (paused !== undefined) return { state: 'paused', sentence: `It is paused: ${paused}.` };
  if (missingKeys.length > 0) {
    return { state: 'waiting for key', sentence: `It waits for ${missingKeys.join(' and ')} in the settings.` };
  }
  if (boards.total === 0) {
    const isBoard = sourceInfo(source).kind === 'board';
    return { state: 'paused', sentence: isBoard ? 'None of its boards is switched on.' : 'It is switched off.' };
  }
  return undefined;
}

/** Not for a failure of the source: it told us of its quota, or our own budget is spent. */
function outOfQuota({ breaker, quota }: SourceFacts, now: Date): Judged | undefined {
  if (breaker?.kind === 'quota' && isAhead(breaker.until, now)) {
    return {
      state: 'out of quota',
      sentence: `Its quota is used up${until(breaker.until)}${because(breaker.reason)}.`,
    };
  }
  if (quota === undefined || breaker !== undefined || !isAhead(quota.until, now)) return undefined;
  return { state: 'out of quota', sentence: `Not asked${until(quota.until)}: ${quota.says}.` };
}

const isAhead = (moment: Date | null, now: Date) => moment === null || moment > now;

function until(moment: Date | null): string {
  return moment === null ? '' : ` until ${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function failed({ breaker, boards, example }: SourceFacts): Judged | undefined {
  if (breaker?.kind === 'key') return { state: 'failed', sentence: `It refuses our key${because(breaker.reason)}.` };
  if (breaker?.kind === 'failures') return { state: 'failed', sentence: `It keeps failing${because(breaker.reason)}.` };
  const read = readable(boards);
  if (boards.failing === 0 || boards.failing < read * MANY) return undefined;
  return { state: 'failed', sentence: `${share(boards.failing, read, 'failed')}${because(example)}.` };
}

function suspect(facts: SourceFacts, now: Date): Judged | undefined {
  const { boards, example, absentListed, inDoubt } = facts;
  const read = readable(boards);
  const doubt =
    absentListed !== null && absentListed > 0
      ? `It listed ${absentListed} postings for a board that does not exist`
      : inDoubt || (boards.suspect > 0 && boards.suspect >= read * MANY)
        ? `${share(boards.suspect, read, 'in doubt')}${because(example)}`
        : (fewer(facts) ?? stale(facts, now));
  return doubt === undefined ? undefined : { state: 'suspect', sentence: `${doubt}.` };
}

/** Boards too small to be judged one by one add up. */
function fewer({ boards, days }: SourceFacts): string | undefined {
  if (boards.counted < BOARDS_MIN || days.length < DAYS_MIN) return undefined;
  const usual = middle(days);
  const each = boards.found / boards.counted;
  const spread = Math.max(1.4826 * middle(days.map((day) => Math.abs(day - usual))), usual / 10);
  if (each >= Math.min(usual / 2, usual - 6 * spread)) return undefined;
  return `Its boards list ${round(each)} postings each; in health about ${round(usual)}`;
}

/** Over many boards a newer posting comes within days; if none does, the source shows a copy. */
function stale({ source, boards, newest, movedAt }: SourceFacts, now: Date): string | undefined {
  const { kind, newestWithinHours } = sourceInfo(source);
  if (newestWithinHours === undefined || newest === null || movedAt === null) return undefined;
  if (kind === 'board' && boards.counted < BOARDS_FOR_DATES) return undefined;
  const limit = now.getTime() - newestWithinHours * HOUR_MS;
  if (newest.getTime() >= limit || movedAt.getTime() >= limit) return undefined;
  const day = newest.toISOString().slice(0, 10);
  return `Its newest posting is still of ${day}; in health a newer one comes within ${newestWithinHours} hours`;
}

function degraded({ boards, example }: SourceFacts): Judged | undefined {
  const read = readable(boards);
  if (boards.unread > 0 && boards.unread === boards.total - boards.resting) {
    return { state: 'degraded', sentence: 'It has not been read yet.' };
  }
  if (read === 0) return { state: 'degraded', sentence: `None of its ${boards.total} boards is there any more.` };
  const bad = boards.failing + boards.partial + boards.suspect;
  if (bad <= read * FEW) return undefined;
  return { state: 'degraded', sentence: `${share(bad, read, 'not read as it should be')}${because(example)}.` };
}

function healthy(boards: BoardSums): string {
  const read = readable(boards);
  if (boards.total === 1) return 'Its last read was complete and in line with those before.';
  const bad = boards.failing + boards.partial + boards.suspect;
  const rest = boards.resting > 0 ? `; ${boards.resting} are not there and rest` : '';
  const most = bad === 0 ? `All ${read} boards` : `${read - bad} of ${read} boards`;
  return `${most} were read completely and in line with the reads before${rest}.`;
}

const readable = ({ total, resting, unread: never }: BoardSums) => total - resting - never;

function share(some: number, all: number, are: string): string {
  if (all === 1)
    return are === 'failed'
      ? 'Its last read failed'
      : are === 'in doubt'
        ? 'Its last read is in doubt'
        : 'Its last read was cut short';
  return `${some} of ${all} boards ${are === 'failed' ? are : `${some === 1 ? 'is' : 'are'} ${are}`}`;
}

const because = (reason: string | null | undefined) => (reason ? `: ${reason.replace(/\.$/, '')}` : '');
const round = (value: number) => Number(value.toPrecision(2));

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
