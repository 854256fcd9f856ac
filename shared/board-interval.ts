/**
 * How soon a board is worth another look: learnt from what it changed, never sooner than its server or its source's own rule
 * allows, never later than a day while it answers. Pure: the time and the chance come from outside.
 */

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const WEEK_S = 7 * DAY_S;

/** Bounds of the interval of a board that answers. */
export const INTERVAL_MIN_S = HOUR_S / 2;
export const INTERVAL_MAX_S = DAY_S;

/** Jitter on each side: boards that were read together drift apart. */
const JITTER = 0.1;
/** A change counts half after two weeks. */
const HALF_LIFE_S = 2 * WEEK_S;
/** What a board is taken for until it has been watched: a day with 4 changes, which is a look every six hours. */
const START: Pace = { changes: 4, overS: DAY_S };
/** Between the first two looks at a board that nothing is known of. */
export const FIRST_INTERVAL_S = START.overS / START.changes;
/** After so many reads in a row that found no such board, it rests: it is looked at once a day, later once a week. */
export const ABSENCES_UNTIL_REST = 5;
const ABSENCES_UNTIL_WEEKLY = 12;
/** A watch longer than this (a machine that was off for months) tells no more of the rate than this. */
const WATCH_MAX_S = 4 * WEEK_S;

/** How often a board changes, as far as it was watched. */
export interface Pace {
  /** Postings that came, went or changed; older ones count less. */
  readonly changes: number;
  /** Seconds over which they were seen, weighted the same way. */
  readonly overS: number;
}

/** What is remembered of a board's reads. */
export interface BoardPace extends Pace {
  /** Reads in a row that failed. */
  readonly failures: number;
  /** Reads in a row that found that there is no such board. */
  readonly absences: number;
  /** For how long the server said its answer is good; null when it did not say. */
  readonly hintS: number | null;
  readonly lastCompleteAt: Date | null;
}

export interface CheckEnd {
  /**
   * - `complete`: everything was read, so its changes are known.
   * - `incomplete`: some of it was read; this says nothing of the rate.
   * - `failed`: nothing was read.
   * - `absent`: the source says that there is no such board.
   */
  readonly outcome: 'complete' | 'incomplete' | 'failed' | 'absent';
  /** Postings that came, went or changed since the last complete read. */
  readonly changes: number;
  /** What this answer said of how long it is good, in seconds; undefined: it said nothing. */
  readonly hintS?: number | undefined;
  /** What a refusal asked us to wait, in seconds. */
  readonly retryAfterS?: number | undefined;
}

export interface NextCheck {
  readonly after: Omit<BoardPace, 'lastCompleteAt'>;
  /** What was aimed at; the moment itself has jitter. */
  readonly intervalS: number;
  readonly at: Date;
}

/**
 * @param minIntervalS the source's own rule; 0 when it has none
 * @param chance from 0 to 1: where in the jitter the next check lies
 */
export function afterCheck(
  before: BoardPace,
  end: CheckEnd,
  now: Date,
  minIntervalS: number,
  chance: number,
): NextCheck {
  const answered = end.outcome === 'complete' || end.outcome === 'incomplete';
  const pace =
    end.outcome === 'complete' ? learn(before, end.changes, secondsSince(before.lastCompleteAt, now)) : before;
  const after = {
    changes: pace.changes,
    overS: pace.overS,
    failures: answered ? 0 : before.failures + 1,
    absences: end.outcome === 'absent' ? before.absences + 1 : answered ? 0 : before.absences,
    hintS: answered ? atMostADay(end.hintS) : before.hintS,
  };
  const intervalS = spread(answered ? paced(after, minIntervalS) : backedOff(after, minIntervalS, end.retryAfterS));
  const seconds = intervalS * (1 - JITTER + 2 * JITTER * chance);
  return { after, intervalS: Math.round(intervalS), at: new Date(now.getTime() + Math.round(seconds * 1000)) };

  /** Jitter stays within the bounds: the floor is never undercut, and a board that is due daily is read daily. */
  function spread(wanted: number): number {
    const low = floorOf(after, minIntervalS) / (1 - JITTER);
    const high = Math.max(low, (rests(after) ? restS(after.absences) : INTERVAL_MAX_S) / (1 + JITTER));
    return Math.min(Math.max(wanted, low), high);
  }
}

/** Changes of a week, by what was seen of it until now. */
export function weeklyChanges(pace: Pace): number {
  const { changes, overS } = pace.overS > 0 ? pace : START;
  return (changes / overS) * WEEK_S;
}

export function rests({ absences }: Pick<BoardPace, 'absences'>): boolean {
  return absences >= ABSENCES_UNTIL_REST;
}

/**
 * Why the next check is when it is, as one sentence for people.
 * @param board `intervalS` as stored; null before the first read
 */
export function whyNextCheck(
  board: BoardPace & { readonly intervalS: number | null; readonly enabled: boolean },
  minIntervalS: number,
): string {
  if (!board.enabled) return 'never: it is switched off';
  if (board.intervalS === null) return 'as soon as possible: it was not read yet';
  const every = `every ${durationInWords(board.intervalS)}`;
  if (rests(board)) return `${every}: it rests, because the source had no such board ${board.absences} times in a row`;
  if (board.absences > 0)
    return `after ${durationInWords(board.intervalS)}: the source says that there is no such board`;
  if (board.failures > 0) {
    return `after ${durationInWords(board.intervalS)}: ${board.failures === 1 ? 'the last read' : `${board.failures} reads in a row`} failed`;
  }
  const weekly = Math.round(weeklyChanges(board));
  const changes = `about ${weekly} ${weekly === 1 ? 'change' : 'changes'} a week`;
  if (board.overS === 0) return `${every}: how often it changes is not known yet`;
  const wanted = wantedS(board);
  if (wanted >= floorOf(board, minIntervalS)) return `${every}: ${changes}`;
  if (minIntervalS >= (board.hintS ?? 0) && minIntervalS > INTERVAL_MIN_S) {
    return `${every}, which is the source's own rule: ${changes}`;
  }
  return (board.hintS ?? 0) > INTERVAL_MIN_S
    ? `${every}, for which the server says its answer is good: ${changes}`
    : `${every}, the shortest of all: ${changes}`;
}

/** A first read teaches nothing: everything is new in it. */
function learn(before: Pace, changes: number, elapsedS: number | undefined): Pace {
  const { changes: seen, overS } = before.overS > 0 ? before : START;
  if (elapsedS === undefined || elapsedS <= 0) return { changes: seen, overS };
  const watched = Math.min(elapsedS, WATCH_MAX_S);
  const kept = 0.5 ** (watched / HALF_LIFE_S);
  return { changes: seen * kept + Math.max(0, changes), overS: overS * kept + watched };
}

function paced(after: BoardOf, minIntervalS: number): number {
  return Math.max(wantedS(after), floorOf(after, minIntervalS));
}

/** Longer after each failure, and never longer than a day: a board is not given up. One that is not there rests. */
function backedOff(after: BoardOf, minIntervalS: number, retryAfterS: number | undefined): number {
  if (rests(after)) return restS(after.absences);
  const doubled = INTERVAL_MIN_S * 2 ** Math.min(after.failures - 1, 10);
  return Math.max(doubled, paced(after, minIntervalS), atMostADay(retryAfterS) ?? 0);
}

type BoardOf = Omit<BoardPace, 'lastCompleteAt'>;

function wantedS(pace: Pace): number {
  const weekly = weeklyChanges(pace);
  return weekly <= WEEK_S / INTERVAL_MAX_S ? INTERVAL_MAX_S : WEEK_S / weekly;
}

function floorOf({ hintS }: Pick<BoardPace, 'hintS'>, minIntervalS: number): number {
  return Math.max(INTERVAL_MIN_S, minIntervalS, hintS ?? 0);
}

function restS(absences: number): number {
  return absences >= ABSENCES_UNTIL_WEEKLY ? WEEK_S : DAY_S;
}

/** What servers say is believed within reason: one that asks for a month would never be asked again. */
function atMostADay(seconds: number | undefined): number | null {
  return seconds === undefined || !(seconds > 0) ? null : Math.min(seconds, DAY_S);
}

function secondsSince(then: Date | null, now: Date): number | undefined {
  return then === null ? undefined : (now.getTime() - then.getTime()) / 1000;
}

/** "33 min", "6 h", "3 days". */
export function durationInWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(seconds / HOUR_S);
  return hours < 48 ? `${hours} h` : `${Math.round(seconds / DAY_S)} days`;
}
