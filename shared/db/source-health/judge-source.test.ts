import { describe, expect, test } from 'vitest';
import { type BoardSums, judgeSource, SOURCE_STATES, type SourceFacts } from './judge-source.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;

function facts(boards: Partial<BoardSums>, more: Partial<SourceFacts> = {}): SourceFacts {
  const sums = { total: 100, resting: 0, unread: 0, failing: 0, partial: 0, suspect: 0, counted: 100, found: 3000 };
  return {
    source: 'lever',
    missingKeys: [],
    boards: { ...sums, ...boards },
    example: 'acme: it listed no posting',
    inDoubt: false,
    newest: NOW,
    movedAt: NOW,
    days: [],
    absentListed: null,
    ...more,
  };
}

const judged = (boards: Partial<BoardSums>, more: Partial<SourceFacts> = {}) => judgeSource(facts(boards, more), NOW);

describe('boards of a source', () => {
  test.each<[string, Partial<BoardSums>, string]>([
    ['healthy', {}, 'All 100 boards were read completely and in line with the reads before.'],
    ['healthy', { failing: 3, suspect: 2 }, '95 of 100 boards were read completely and in line with the reads before.'],
    [
      'healthy',
      { resting: 40 },
      'All 60 boards were read completely and in line with the reads before; 40 are not there and rest.',
    ],
    [
      'degraded',
      { failing: 4, partial: 2 },
      '6 of 100 boards are not read as it should be: acme: it listed no posting.',
    ],
    ['degraded', { unread: 100 }, 'It has not been read yet.'],
    ['degraded', { resting: 100 }, 'None of its 100 boards is there any more.'],
    ['failed', { failing: 50 }, '50 of 100 boards failed: acme: it listed no posting.'],
    ['failed', { failing: 5, unread: 92 }, '5 of 8 boards failed: acme: it listed no posting.'],
    ['suspect', { suspect: 50 }, '50 of 100 boards are in doubt: acme: it listed no posting.'],
    ['failed', { failing: 50, suspect: 50 }, '50 of 100 boards failed: acme: it listed no posting.'],
    ['failed', { total: 1, failing: 1 }, 'Its last read failed: acme: it listed no posting.'],
    ['degraded', { total: 1, partial: 1 }, 'Its last read was cut short: acme: it listed no posting.'],
    ['paused', { total: 0 }, 'None of its boards is switched on.'],
  ])('make it %s: %j', (state, boards, sentence) => {
    expect(judged(boards)).toEqual({ state, sentence });
  });
});

describe('a source', () => {
  test('is in the first state that holds', () => {
    const everything: Partial<SourceFacts> = {
      paused: 'an operator holds it',
      missingKeys: ['A', 'B'],
      breaker: { kind: 'quota', reason: 'it said so.', until: new Date(NOW.getTime() + DAY_MS) },
      inDoubt: true,
    };
    const bad = { failing: 60, suspect: 40 };
    expect(judged(bad, everything).state).toBe('paused');
    expect(judged(bad, { ...everything, paused: undefined })).toEqual({
      state: 'waiting for key',
      sentence: 'It waits for A and B in the settings.',
    });
    expect(judged(bad, { ...everything, paused: undefined, missingKeys: [] })).toEqual({
      state: 'out of quota',
      sentence: 'Its quota is used up until 2026-11-23 12:00 UTC: it said so.',
    });
    expect(judged(bad, { inDoubt: true }).state).toBe('failed');
    expect(judged({}, { inDoubt: true }).state).toBe('suspect');
    expect(SOURCE_STATES).toHaveLength(7);
  });

  test('is out of quota only until its quota is back', () => {
    const breaker = { kind: 'quota', reason: null, until: NOW };
    expect(judged({}, { breaker }).state).toBe('healthy');
    expect(judged({}, { breaker: { ...breaker, until: null } })).toEqual({
      state: 'out of quota',
      sentence: 'Its quota is used up.',
    });
  });

  test('that refuses our key, or keeps failing, has failed whatever its boards say', () => {
    const breaker = (kind: string) => ({ breaker: { kind, reason: 'Reed answered 401', until: null } });
    expect(judged({}, breaker('key'))).toEqual({ state: 'failed', sentence: 'It refuses our key: Reed answered 401.' });
    expect(judged({}, breaker('failures'))).toEqual({
      state: 'failed',
      sentence: 'It keeps failing: Reed answered 401.',
    });
  });

  test('that lists postings for a board that does not exist is suspect', () => {
    expect(judged({}, { absentListed: 12 }).state).toBe('suspect');
    expect(judged({}, { absentListed: 0 }).state).toBe('healthy');
  });

  test('that lists fewer postings for each board than on other days is suspect, and one that only scatters is not', () => {
    const calm = [30, 31, 29, 30, 30, 32, 30];
    expect(judged({ found: 900 }, { days: calm })).toEqual({
      state: 'suspect',
      sentence: 'Its boards list 9 postings each; in health about 30.',
    });
    expect(judged({ found: 900 }, { days: calm.slice(1) }).state).toBe('healthy');
    expect(judged({ found: 900 }, { days: [30, 8, 40, 12, 25, 9, 31] }).state).toBe('healthy');
    expect(judged({ found: 90, counted: 9, total: 9 }, { days: calm }).state).toBe('healthy');
  });

  test('whose newest posting is old is suspect when many boards or a feed say so, and not on its first day', () => {
    const old = new Date(NOW.getTime() - 20 * DAY_MS);
    expect(judged({}, { newest: old, movedAt: old }).state).toBe('suspect');
    expect(judged({}, { newest: old, movedAt: NOW }).state).toBe('healthy');
    expect(judged({ total: 5, counted: 5, found: 50 }, { newest: old, movedAt: old }).state).toBe('healthy');
    expect(judged({ total: 1, counted: 1 }, { source: 'remoteok', newest: old, movedAt: old }).state).toBe('suspect');
    expect(judged({ total: 1, counted: 1 }, { source: 'jobicy', newest: old, movedAt: old }).state).toBe('healthy');
  });
});
