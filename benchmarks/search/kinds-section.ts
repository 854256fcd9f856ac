/** Every kind of search, among all jobs. */
import { countFacets, countJobs } from '../../api/queries/search/counts.ts';
import type { RowSpec, Section } from '../kit/harness.ts';
import { type Asked, asker, KINDS, type Kind } from './queries.ts';
import { p95, RUNS, timesOf } from './times.ts';
import { ours } from './ways.ts';
import type { World } from './world.ts';

const OTHER_RUNS = 40;

/** @param limitMs what the slowest kind of search may take */
export function kindsSection({ db }: World, limitMs: number): Section {
  const others: Readonly<Record<string, (ask: (kind: Kind) => Asked) => Promise<unknown>>> = {
    'page of 100': (ask) => ours(db)({ query: { ...ask('term by date').query, limit: 100 } }),
    'count to 1,000': (ask) => countJobs(db, ask('or by date').query, new Date()),
    facets: (ask) => countFacets(db, ask('or by date').query, ['all'], new Date()),
  };
  return {
    title: 'every kind',
    about: [
      'p95 of each kind of search; S5 is the worst of those that list jobs. Facets and counts are told beside them.',
    ],
    arms: {
      ours: async (round) => {
        const { ask } = asker(3000 + round);
        const measures: Record<string, number> = {};
        for (const kind of KINDS) measures[kind] = p95(await timesOf(RUNS, () => ask(kind), ours(db)));
        const worst = Math.max(...Object.values(measures));
        for (const [name, run] of Object.entries(others))
          measures[name] = p95(await timesOf(OTHER_RUNS, () => ask, run));
        return { ...measures, worst };
      },
    },
    rows: [
      {
        id: 'S5',
        title: 'slowest kind of search, p95',
        unit: 'ms',
        measure: 'worst',
        against: 'none',
        better: 'lower',
        goal: limitMs,
        floor: limitMs,
      },
      ...[...KINDS, ...Object.keys(others)].map(told),
    ],
  };
}

const told = (name: string): RowSpec => ({
  id: `S5 ${name}`,
  title: `${name}, p95`,
  unit: 'ms',
  measure: name,
  against: 'none',
  better: 'lower',
  goal: null,
  floor: null,
});
