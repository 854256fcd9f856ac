/** The same search among more jobs and fewer. */
import type { Database } from '../../shared/db/database.ts';
import type { Section } from '../kit/harness.ts';
import { asker } from './queries.ts';
import { p50, RUNS, timesOf } from './times.ts';
import { ours } from './ways.ts';
import type { World } from './world.ts';

/** @param times how many times fewer jobs the small one has */
export function sizeSection(main: World, small: World, times: number): Section {
  const each = (db: Database) => async (round: number) => {
    const { ask } = asker(2000 + round);
    return { p50: p50(await timesOf(RUNS, () => ask('or by date'), ours(db))) };
  };
  return {
    title: 'size',
    about: [`Any of two to five IAM terms by date. baseline: ours with ${times} times fewer jobs.`],
    arms: { ours: each(main.db), baseline: each(small.db) },
    rows: [
      {
        id: 'S3',
        title: `p50 / with ${times} times fewer jobs`,
        unit: 'ms',
        measure: 'p50',
        against: 'baseline',
        better: 'lower',
        goal: 1.2,
        floor: 1.5,
      },
    ],
  };
}
