/** What reading a board will cost its source, in requests. Pure. */
import { INTERVAL_MAX_S, INTERVAL_MIN_S, weeklyChanges } from '../../shared/board-interval.ts';
import type { BoardCost } from '../../shared/boards/candidate.ts';

const DAY_S = 24 * 3600;
/** What a unit asks for at the most (worker/details.ts). */
const TEXTS_MAX = 100;

export interface TrialRead {
  readonly perCheck: number;
  readonly atLeast: boolean;
  /** Postings whose text the first check will ask for. */
  readonly texts: number;
}

/** @param minIntervalS the source's own rule; 0 when it has none */
export function costOf(read: TrialRead, minIntervalS: number): BoardCost {
  const { perCheck, atLeast } = read;
  const checks = (intervalS: number) => Math.ceil((DAY_S / Math.max(intervalS, minIntervalS)) * perCheck - 1e-6);
  const startS = (7 * DAY_S) / weeklyChanges({ changes: 0, overS: 0 });
  return {
    perCheck,
    atLeast,
    firstCheck: perCheck + Math.min(read.texts, TEXTS_MAX),
    perDay: { atFirst: checks(startS), least: checks(INTERVAL_MAX_S), most: checks(INTERVAL_MIN_S) },
  };
}
