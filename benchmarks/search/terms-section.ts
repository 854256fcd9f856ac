/** IAM terms, by date and by relevance, against the usual design. */
import type { Section } from '../kit/harness.ts';
import { asker } from './queries.ts';
import { p50, p95, RUNS, timesOf, timesWithin } from './times.ts';
import { ours, wideByDate, wideByRank } from './ways.ts';
import type { World } from './world.ts';

/** Ranking every match takes the usual design up to seconds: so many a round, or as many as there is time for. */
const RANK_RUNS = 40;
const RANKS_MS = 15_000;

/**
 * Before the first round: V8 goes on compiling for some thousand searches, and by then a server has long been answering. The server of
 * the usual design has nothing of the kind.
 */
const WARM_UP_RUNS = 20 * RUNS;

const ONE = { name: 'bench-one', text: 'select 1' };

export function termsSection({ db, client }: World): Section {
  const drawn = (round: number) => asker(1000 + round).ask;
  return {
    title: 'IAM terms',
    about: [
      'Any of two to five IAM terms, remote and open only, the first twenty, newest first; and the same by relevance.',
      'baseline: a wide table, GIN over a tsvector of title, company and description, index by date; by ts_rank.',
      'limit: `select 1` through the same pool, each after a search.',
      `Ours is warmed up by ${WARM_UP_RUNS.toLocaleString('en')} searches of each kind.`,
    ],
    arms: {
      ours: async (round) => {
        const ask = drawn(round);
        const runs = round < 0 ? WARM_UP_RUNS : RUNS;
        const dates = await timesOf(runs, () => ask('or by date'), ours(db));
        const ranks = await timesOf(runs, () => ask('or by match'), ours(db));
        return { datesP95: p95(dates), ranksP95: p95(ranks), p50: p50(dates) };
      },
      baseline: async (round) => {
        const ask = drawn(round);
        const dates = await timesOf(
          RUNS,
          () => ask('or by date'),
          (asked) => wideByDate(client, asked),
        );
        const { times: ranks } = await timesWithin(
          RANKS_MS,
          RANK_RUNS,
          () => ask('or by match'),
          (asked) => wideByRank(client, asked),
        );
        return { datesP95: p95(dates), ranksP95: p95(ranks), p50: p50(dates) };
      },
      limit: async (round) => {
        const { ask } = asker(1000 + round);
        const times: number[] = [];
        // In turns with searches: two hundred of them in a row find everything awake and in its cache, which no search does.
        for (let i = 0; i < RUNS; i++) {
          await ours(db)(ask('or by date'));
          const startedAt = performance.now();
          await db.pool.query(ONE);
          times.push(performance.now() - startedAt);
        }
        return { p50: p50(times) };
      },
    },
    rows: [
      {
        id: 'S1',
        title: 'any of several terms by date, p95: GIN / ours',
        unit: 'ms',
        measure: 'datesP95',
        against: 'baseline',
        isTimesLess: true,
        better: 'higher',
        goal: 20,
        floor: 12,
      },
      {
        id: 'S2',
        title: 'the same by relevance, p95: ts_rank / ours',
        unit: 'ms',
        measure: 'ranksP95',
        against: 'baseline',
        isTimesLess: true,
        better: 'higher',
        goal: 500,
        floor: 200,
      },
      {
        id: 'S4',
        title: 'by date, p50: ours / select 1',
        unit: 'ms',
        measure: 'p50',
        against: 'limit',
        better: 'lower',
        goal: 5,
        floor: 7,
      },
    ],
  };
}
