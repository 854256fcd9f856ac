import { expect, test } from 'vitest';
import type { SimulationResult } from '../../cli/simulate/result.ts';
import { run } from './run.ts';

test('hours over a few boards break no budget, miss no posting and close none wrongly', async () => {
  const ran = await run('cli/simulate.ts', ['--boards', '40', '--hours', '16', '--json']);
  expect(ran.stderr).not.toContain('"level":50');
  const result = JSON.parse(ran.stdout) as SimulationResult;
  expect(result).toMatchObject({ boards: 40, hours: 16, violations: 0, missed: 0, wrongCloses: 0, neverRead: 0 });
  expect(result.worstWaitIntervals).toBeLessThanOrEqual(2);
  expect(result.secondSweepShare).toBeLessThan(0.05);
  // It measured something: postings were stored, and boards were read more than once.
  expect(result.stored).toBeGreaterThan(0);
  expect(result.units).toBeGreaterThan(60);
  expect(ran.code).toBe(0);
}, 180_000);

test.each([
  [['--boards', '0'], '--boards is a whole number from 1'],
  [['--boards', '1e9'], '--boards is a whole number from 1'],
  [['--days', '3'], '--days'],
])('%j is refused with the usage', async (args, says) => {
  const ran = await run('cli/simulate.ts', args);
  expect(ran).toMatchObject({ code: 64, stdout: '' });
  expect(ran.stderr).toContain(says);
});
