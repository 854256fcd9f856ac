import { describe, expect, test } from 'vitest';
import { APPLIED, mayMove, movesFrom, rankOf, STATES } from './states.ts';

describe('the states of a tracked job', () => {
  test('lead from saved over applied, interviewing and offer to each end', () => {
    const path = ['new', 'saved', 'applied', 'interviewing', 'offer', 'accepted'] as const;
    for (const [i, from] of path.slice(0, -1).entries()) expect(mayMove(from, path[i + 1]!), from).toBe(true);
    for (const from of ['applied', 'interviewing', 'offer'] as const) {
      expect(movesFrom(from)).toEqual(expect.arrayContaining(['rejected', 'withdrawn']));
    }
  });

  test.each([
    ['saved', 'offer'],
    ['new', 'accepted'],
    ['applied', 'saved'],
    ['applied', 'new'],
    ['interviewing', 'hidden'],
    ['rejected', 'offer'],
    ['hidden', 'interviewing'],
  ] as const)('do not lead from %s to %s', (from, to) => {
    expect(mayMove(from, to)).toBe(false);
  });

  test('each lead somewhere, never to themselves, and every one can be reached', () => {
    for (const state of STATES) {
      expect(movesFrom(state).length, state).toBeGreaterThan(0);
      expect(movesFrom(state)).not.toContain(state);
    }
    const reached = new Set(STATES.flatMap(movesFrom));
    expect([...reached].sort()).toEqual([...STATES].sort());
  });

  test('what was sent is never forgotten by a move: from there no move leads to new, saved or hidden', () => {
    for (const state of APPLIED) for (const to of movesFrom(state)) expect(APPLIED).toContain(to);
  });

  test('each has a rank of its own', () => {
    expect(new Set(STATES.map(rankOf)).size).toBe(STATES.length);
    expect(Math.min(...STATES.map(rankOf))).toBe(0);
  });
});
