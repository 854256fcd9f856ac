import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ArmName, type Measures, measureSection, median, type Section } from '../../benchmarks/kit/harness.ts';

const options = { rows: 1, rounds: 5, say: () => undefined };

/** A section whose arms answer from a list, and that notes the order in which they were asked. */
function section(arms: Partial<Record<ArmName, readonly number[]>>, spec = {}): { section: Section; order: string[] } {
  const order: string[] = [];
  const arm = (name: ArmName, values: readonly number[]) => async (round: number) => {
    order.push(`${round}:${name}`);
    return { speed: values[Math.max(0, round)] ?? Number.NaN } satisfies Measures;
  };
  const row = {
    id: 'X1',
    title: 'x',
    unit: 'rows/s',
    measure: 'speed',
    against: 'baseline',
    better: 'higher',
    goal: 2,
    floor: 1,
  };
  return {
    order,
    section: {
      title: 'made up',
      about: [],
      arms: Object.fromEntries(Object.entries(arms).map(([name, values]) => [name, arm(name as ArmName, values)])),
      rows: [{ ...row, ...spec } as Section['rows'][number]],
    },
  };
}

describe('a benchmark', () => {
  test('interleaves its arms, turned round each time, after a warm-up that does not count', async () => {
    const made = section({ ours: [9, 2, 2, 2, 2], baseline: [1, 1, 1, 1, 1], limit: [4, 4, 4, 4, 4] });
    const [row] = await measureSection(made.section, options);
    expect(made.order.slice(0, 9)).toEqual([
      '-1:limit',
      '-1:baseline',
      '-1:ours',
      '0:ours',
      '0:baseline',
      '0:limit',
      '1:limit',
      '1:baseline',
      '1:ours',
    ]);
    expect(row).toMatchObject({ ours: 2, baseline: 1, limit: 4, ratio: 2, spread: [2, 9], rounds: 5, verdict: 'PASS' });
  });

  test('takes the ratio of each round and then their median, not the ratio of the medians', async () => {
    const made = section({ ours: [10, 20, 30, 40, 50], baseline: [10, 10, 10, 40, 50] });
    const [row] = await measureSection(made.section, { ...options });
    expect(row).toMatchObject({ ours: 30, baseline: 10, limit: null, ratio: 1, spread: [1, 3], rounds: 5 });
  });

  test('can hold our own figure against a goal', async () => {
    const made = section({ ours: [0, 0, 0, 0, 0] }, { against: 'none', better: 'lower', goal: 0, floor: 0 });
    expect((await measureSection(made.section, options))[0]).toMatchObject({ ratio: 0, verdict: 'PASS' });
  });
});

test('the median of nothing is nothing', () => {
  expect([median([]), median([3]), median([4, 1]), median([5, 1, 3])]).toEqual([undefined, 3, 2.5, 3]);
});

test('a name that is no benchmark is answered with the names that are, and exit code 64', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['cli/bench.ts', ...args], {
      cwd: join(import.meta.dirname, '..', '..'),
      encoding: 'utf8',
      timeout: 30_000,
    });
  for (const [args, words] of [
    [['nonsense'], 'ingest'],
    [[], 'Name one benchmark'],
    [['ingest', '--rows', 'many'], '--rows must be a whole number'],
    [['ingest', '--rounds', '2'], '--rounds must be a whole number from 5'],
    [['ingest', '--data', 'somewhere'], '--data is not for ingest'],
  ] as const) {
    const { status, stderr } = run(...args);
    expect(stderr).toContain(words);
    expect(status).toBe(64);
  }
});
