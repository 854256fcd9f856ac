import { expect, test } from 'vitest';
import type { SimulationResult } from './result.ts';
import { verdictLines, verdictsOf } from './verdicts.ts';

const GOOD: Omit<SimulationResult, 'verdicts'> = {
  boards: 1,
  hours: 1,
  units: 1,
  scans: 1,
  sources: {},
  sourcesAsked: 4,
  violations: 0,
  worstWaitIntervals: 2,
  neverRead: 0,
  secondSweepShare: 0.0499,
  queueMax: 800,
  faults: {},
  rssPeakMb: 2000,
  transactionsPerUnit: 10,
  cpuMsPerUnit: 3,
  seconds: 1,
  missed: 0,
  wrongCloses: 0,
  openings: 1,
  stored: 1,
  examples: [],
};
const failed = (result: Partial<SimulationResult>) =>
  verdictsOf({ ...GOOD, ...result })
    .filter(({ met }) => !met)
    .map(({ name }) => name);

test('everything at its bound is met', () => {
  expect(failed({})).toEqual([]);
});

test.each([
  ['violations', 1],
  ['worstWaitIntervals', 2.01],
  ['missed', 1],
  ['wrongCloses', 1],
  ['secondSweepShare', 0.05],
  ['queueMax', 801],
  ['rssPeakMb', 2001],
] as const)('%s of %d is not', (name, seen) => {
  expect(failed({ [name]: seen })).toEqual([name]);
  const line = verdictLines(verdictsOf({ ...GOOD, [name]: seen })).find((one) => one.startsWith('FAILED'));
  expect(line).toContain(String(seen));
});

test('a simulation that is too short for a second read says that there was none', () => {
  expect(failed({ secondSweepShare: null })).toEqual([]);
  expect(verdictLines(verdictsOf({ ...GOOD, secondSweepShare: null })).join('\n')).toContain('not seen');
});
