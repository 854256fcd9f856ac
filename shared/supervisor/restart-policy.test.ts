import { describe, expect, test } from 'vitest';
import { RESTART_RULES, RestartPolicy } from './restart-policy.ts';

/** A process whose lives are given in milliseconds; answers what was decided after each. */
function verdicts(livesMs: readonly number[], random = 0.999_999) {
  let now = 1_000;
  const policy = new RestartPolicy(
    () => now,
    () => random,
  );
  return livesMs.map((livedMs) => {
    policy.started();
    now += livedMs;
    return policy.ended();
  });
}

describe('a process that ended', () => {
  test('comes back after half a second, then after twice as long each time, and never later than 30 s', () => {
    const lives = Array.from({ length: 9 }, () => 20_000);
    expect(verdicts(lives).map((v) => ('restartInMs' in v ? v.restartInMs : v))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  test('waits at least half of its delay whatever the dice say', () => {
    expect(verdicts([20_000, 20_000], 0)).toEqual([{ restartInMs: 250 }, { restartInMs: 500 }]);
  });

  test('starts again with the first delay once it lived a minute', () => {
    expect(verdicts([20_000, 20_000, 60_000])).toEqual([
      { restartInMs: 500 },
      { restartInMs: 1_000 },
      { restartInMs: 500 },
    ]);
  });

  test('keeps its longer delay when it lived just under a minute', () => {
    expect(verdicts([20_000, 59_999])[1]).toEqual({ restartInMs: 1_000 });
  });

  test('is given up after the fifth early end in a row', () => {
    const all = verdicts([9_999, 0, 0, 0, 0]);
    expect(all.slice(0, 4).every((v) => 'restartInMs' in v)).toBe(true);
    expect(all[4]).toEqual({ gaveUpAfter: RESTART_RULES.earlyEndsMax });
  });

  test('is not given up when one life in between was long enough', () => {
    const all = verdicts([0, 0, 0, 0, 10_000, 0, 0, 0, 0]);
    expect(all.every((v) => 'restartInMs' in v)).toBe(true);
  });
});
