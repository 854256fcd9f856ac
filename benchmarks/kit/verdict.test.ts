import { describe, expect, test } from 'vitest';
import { judge } from './verdict.ts';

const higher = { better: 'higher', goal: 2 } as const;
const lower = { better: 'lower', goal: 0 } as const;

describe('a result', () => {
  test('passes at its goal, in its own direction, however noisy it was', () => {
    expect(judge(higher, 2, [1, 2, 9], 20)).toBe('PASS');
    expect(judge(lower, 0, [0, 0, 0], 0)).toBe('PASS');
  });

  test('fails below it on a quiet machine', () => {
    expect(judge(higher, 1.9, [1.8, 1.9, 2], 1)).toBe('FAIL');
    expect(judge(lower, 1, [1, 1, 1], 1)).toBe('FAIL');
  });

  test('is noisy instead, when the rounds differ more than twofold or the machine is loaded', () => {
    expect(judge(higher, 1.5, [1, 1.5, 2.1], 1)).toBe('NOISY');
    expect(judge(higher, 1.5, [1.4, 1.5, 1.6], 4.1)).toBe('NOISY');
  });
});
