import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ABSENCES_UNTIL_REST,
  afterCheck,
  type BoardPace,
  type CheckEnd,
  INTERVAL_MAX_S,
  INTERVAL_MIN_S,
  rests,
  weeklyChanges,
  whyNextCheck,
} from './board-interval.ts';

const NEW: BoardPace = { changes: 0, overS: 0, failures: 0, absences: 0, hintS: null, lastCompleteAt: null };
const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const START_MS = Date.parse('2026-11-22T00:00:00Z');

/** Reads a board again and again, each time when it is due. @param changesOf over the seconds since the last read */
function live(days: number, changesOf: (elapsedS: number) => number, more: { minS?: number; hintS?: number } = {}) {
  let board = NEW;
  let now = new Date(START_MS);
  const intervals: number[] = [];
  while (now.getTime() < START_MS + days * DAY * 1000) {
    const elapsed = board.lastCompleteAt === null ? 0 : (now.getTime() - board.lastCompleteAt.getTime()) / 1000;
    const end: CheckEnd = { outcome: 'complete', changes: changesOf(elapsed), hintS: more.hintS };
    const next = afterCheck(board, end, now, more.minS ?? 0, 0.5);
    intervals.push(next.intervalS);
    board = { ...next.after, lastCompleteAt: now };
    now = next.at;
  }
  return { board, intervals, last: intervals.at(-1)! };
}

describe('the interval of a board', () => {
  test.each([
    [28, 6 * HOUR],
    [84, 2 * HOUR],
    [14, 12 * HOUR],
  ])('with %i changes a week settles near a week over that', (weekly, expected) => {
    const { last } = live(60, (elapsed) => (elapsed / WEEK) * weekly);
    expect(last / expected).toBeGreaterThan(0.85);
    expect(last / expected).toBeLessThan(1.15);
  });

  test('that never changes grows to a day, and no further', () => {
    const { intervals, last } = live(60, () => 0);
    expect(last).toBeGreaterThan(0.9 * INTERVAL_MAX_S);
    expect(Math.max(...intervals) * 1.1).toBeLessThanOrEqual(INTERVAL_MAX_S + 1);
  });

  test('that changes all the time shrinks to half an hour, and no further', () => {
    const { intervals, last } = live(10, (elapsed) => elapsed);
    expect(last).toBeLessThan(1.2 * INTERVAL_MIN_S);
    expect(Math.min(...intervals) * 0.9).toBeGreaterThanOrEqual(INTERVAL_MIN_S - 1);
  });

  test('follows a board that wakes up within days', () => {
    let quiet = live(60, () => 0).board;
    let now = quiet.lastCompleteAt!.getTime();
    let intervalS = INTERVAL_MAX_S;
    const end = now + 7 * DAY * 1000;
    while (now < end) {
      now += intervalS * 1000;
      const next = afterCheck(quiet, { outcome: 'complete', changes: intervalS / HOUR }, new Date(now), 0, 0.5);
      quiet = { ...next.after, lastCompleteAt: new Date(now) };
      intervalS = next.intervalS;
    }
    expect(intervalS).toBeLessThan(6 * HOUR);
  });

  test('never undercuts the rule of its source, nor what the server said of its answer', () => {
    expect(live(10, (elapsed) => elapsed, { minS: 6 * HOUR }).last * 0.9).toBeGreaterThanOrEqual(6 * HOUR - 1);
    expect(live(10, (elapsed) => elapsed, { hintS: 2 * HOUR }).last * 0.9).toBeGreaterThanOrEqual(2 * HOUR - 1);
  });
});

describe('a board that fails', () => {
  const failing = (count: number, end: Partial<CheckEnd> = {}) => {
    let board = NEW;
    const intervals: number[] = [];
    for (let i = 0; i < count; i++) {
      const next = afterCheck(board, { outcome: 'failed', changes: 0, ...end }, new Date(START_MS), 0, 0.5);
      intervals.push(next.intervalS);
      board = { ...next.after, lastCompleteAt: null };
    }
    return { board, intervals };
  };

  test('is tried less and less often, and at least once a day for ever', () => {
    const { intervals } = failing(40);
    expect(intervals).toEqual(intervals.toSorted((a, b) => a - b));
    expect(Math.max(...intervals) * 1.1).toBeLessThanOrEqual(DAY + 1);
  });

  test('waits for as long as it was told to, up to a day', () => {
    expect(failing(1, { retryAfterS: 10 * HOUR }).intervals[0]).toBe(10 * HOUR);
    expect(failing(1, { retryAfterS: 90 * DAY }).intervals[0]! * 1.1).toBeLessThanOrEqual(DAY + 1);
  });

  test('is read at its own pace again after the first answer', () => {
    const { board } = failing(20);
    const { after, intervalS } = afterCheck(board, { outcome: 'complete', changes: 0 }, new Date(START_MS), 0, 0.5);
    expect(after).toMatchObject({ failures: 0, absences: 0 });
    expect(intervalS).toBe(6 * HOUR);
  });

  test('because it does not exist rests: daily after five times, weekly after twelve', () => {
    const { intervals, board } = failing(20, { outcome: 'absent' });
    expect(rests({ absences: ABSENCES_UNTIL_REST })).toBe(true);
    expect(intervals[5]! / DAY).toBeGreaterThan(0.9);
    expect(intervals[5]!).toBeLessThanOrEqual(DAY);
    expect(intervals.at(-1)! / WEEK).toBeGreaterThan(0.9);
    expect(whyNextCheck({ ...board, intervalS: intervals.at(-1)!, enabled: true }, 0)).toBe(
      'every 6 days: it rests, because the source had no such board 20 times in a row',
    );
  });

  test('in another way meanwhile does not forget that it was not there', () => {
    const { board } = failing(5, { outcome: 'absent' });
    expect(afterCheck(board, { outcome: 'failed', changes: 0 }, new Date(), 0, 0.5).after.absences).toBe(5);
  });
});

test('whatever happens, the next check lies between the floor and a day, or a week for one that rests', () => {
  const end = fc.record({
    outcome: fc.constantFrom<CheckEnd['outcome']>('complete', 'incomplete', 'failed', 'absent'),
    changes: fc.oneof(fc.nat(5), fc.nat(100_000)),
    hintS: fc.option(fc.double({ min: -10, max: 1e9 }), { nil: undefined }),
    retryAfterS: fc.option(fc.double({ min: -10, max: 1e9 }), { nil: undefined }),
  });
  const step = fc.record({ end, waitS: fc.nat(40 * DAY), chance: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(0, HOUR, 6 * HOUR, DAY),
      (steps, minS) => {
        let board = NEW;
        let now = START_MS;
        for (const { end, waitS, chance } of steps) {
          now += waitS * 1000;
          const next = afterCheck(board, end, new Date(now), minS, chance);
          const waits = (next.at.getTime() - now) / 1000;
          expect(waits).toBeGreaterThanOrEqual(Math.max(INTERVAL_MIN_S, minS) - 1);
          expect(waits).toBeLessThanOrEqual((rests(next.after) ? WEEK : DAY) * (1.1 / 0.9) + 1);
          if (minS < DAY / 2 && !rests(next.after) && (next.after.hintS ?? 0) < DAY / 2) {
            expect(waits).toBeLessThanOrEqual(DAY + 1);
          }
          expect(Number.isFinite(weeklyChanges(next.after))).toBe(true);
          board = { ...next.after, lastCompleteAt: end.outcome === 'complete' ? new Date(now) : board.lastCompleteAt };
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('boards that were read in one moment drift apart', () => {
  const at = (chance: number) => afterCheck(NEW, { outcome: 'complete', changes: 0 }, new Date(START_MS), 0, chance).at;
  const spreadS = (at(1).getTime() - at(0).getTime()) / 1000;
  expect(spreadS).toBeGreaterThan(HOUR);
});

test('why a board is read when it is, in words', () => {
  const why = (board: Partial<BoardPace>, intervalS: number | null, minS = 0, enabled = true) =>
    whyNextCheck({ ...NEW, ...board, intervalS, enabled }, minS);
  expect(why({}, null)).toBe('as soon as possible: it was not read yet');
  expect(why({}, 100, 0, false)).toBe('never: it is switched off');
  expect(why({}, 6 * HOUR)).toBe('every 6 h: how often it changes is not known yet');
  expect(why({ changes: 28, overS: WEEK }, 6 * HOUR)).toBe('every 6 h: about 28 changes a week');
  expect(why({ changes: 1, overS: WEEK }, 22 * HOUR)).toBe('every 22 h: about 1 change a week');
  expect(why({ changes: 100, overS: WEEK }, 7 * HOUR, 6 * HOUR)).toBe(
    "every 7 h, which is the source's own rule: about 100 changes a week",
  );
  expect(why({ changes: 100, overS: WEEK, hintS: 5 * HOUR }, 5 * HOUR)).toBe(
    'every 5 h, for which the server says its answer is good: about 100 changes a week',
  );
  expect(why({ changes: 1000, overS: WEEK }, 33 * 60)).toBe(
    'every 33 min, the shortest of all: about 1000 changes a week',
  );
  expect(why({ failures: 1 }, 33 * 60)).toBe('after 33 min: the last read failed');
  expect(why({ failures: 4 }, 4 * HOUR)).toBe('after 4 h: 4 reads in a row failed');
  expect(why({ failures: 2, absences: 2 }, HOUR)).toBe('after 60 min: the source says that there is no such board');
});
