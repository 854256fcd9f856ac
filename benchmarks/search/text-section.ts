/** Words of descriptions: ours chooses its way by how many adverts have the word, the usual design lets the planner choose. */
import type pg from 'pg';
import type { Section } from '../kit/harness.ts';
import { type Asked, asker } from './queries.ts';
import { p50, p95, RUNS, timesOf, timesWithin, withTimeout } from './times.ts';
import { ours, plainByDate, wideByDate, wideByDateCheapFirst } from './ways.ts';
import type { World } from './world.ts';

/** Searches a round at the most, and how long they may take together: among a million jobs the planner takes seconds for some. */
const USUAL = { runs: 100, budgetMs: 15_000 };
const TOLD = { runs: 60, budgetMs: 8000 };
/** What the others' searches are cut off at. They count as this long, so that the ratio is better than is said. */
const CUT_OFF_MS = 2000;
const row = { unit: 'ms', better: 'lower' } as const;
const told = { goal: null, floor: null, ...row };

export async function textSections({ db, client }: World): Promise<readonly Section[]> {
  const words = await wordsOfDescriptions(client);
  const each = (runs: number) => async (round: number) => {
    const { text } = asker(4000 + round);
    const times = await timesOf(runs, () => text(words), ours(db));
    return { p95: p95(times), p50: p50(times), inTime: 100 };
  };
  const others = (most: typeof USUAL, ask: (client: pg.Client, asked: Asked) => Promise<unknown>) => (round: number) =>
    withTimeout(client, CUT_OFF_MS, async () => {
      const { text } = asker(4000 + round);
      const { times, cutOff } = await timesWithin(
        most.budgetMs,
        most.runs,
        () => text(words),
        (asked) => ask(client, asked),
      );
      return { p95: p95(times), p50: p50(times), inTime: (1 - cutOff / times.length) * 100 };
    });
  const about = `One of ${words.length} words of descriptions, as many rare as common ones, remote only, the first twenty, newest first. What takes others more than ${CUT_OFF_MS / 1000} s is cut off and counts as that: ours / others is then less than is said.`;
  return [
    {
      title: 'words of descriptions',
      about: [
        about,
        'baseline: the planner chooses between the GIN index and the index by date of the wide table.',
        'successor: the same with the condition on words behind all others, which the planner does not see to by itself.',
      ],
      arms: {
        ours: each(RUNS),
        baseline: others(USUAL, wideByDate),
        successor: others(TOLD, wideByDateCheapFirst),
      },
      rows: [
        {
          ...row,
          id: 'S6',
          title: 'words of descriptions, p95: ours / planner',
          measure: 'p95',
          against: 'baseline',
          goal: 0.25,
          floor: 0.35,
        },
        {
          ...told,
          id: 'S6 in time',
          title: `searches within ${CUT_OFF_MS / 1000} s: ours / planner`,
          unit: '%',
          better: 'higher',
          measure: 'inTime',
          against: 'baseline',
        },
        { ...told, id: 'S6 p50', title: 'the same, p50', measure: 'p50', against: 'baseline' },
        {
          ...told,
          id: 'S6 order',
          title: 'p95: ours / planner, conditions in the best order',
          measure: 'p95',
          against: 'successor',
        },
      ],
    },
    {
      title: 'words of descriptions, same tables',
      about: [about, "baseline: the planner, asked by a plain query over the product's own tables."],
      arms: {
        ours: each(TOLD.runs),
        baseline: others(TOLD, plainByDate),
      },
      rows: [
        {
          ...told,
          id: 'S6 same tables',
          title: 'p95: ours / plain query over the same tables',
          measure: 'p95',
          against: 'baseline',
        },
      ],
    },
  ];
}

/** As many words of each frequency, from nearly every advert to one of ten thousand. */
async function wordsOfDescriptions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ word: string }>(`select word from (
      select word, row_number() over (partition by width_bucket(ln(ndoc), 0, ln(20000), 8) order by md5(word)) as place
      from ts_stat('select words from description') where ndoc between 2 and 19999 and length(word) > 2
    ) as w where place <= 12 order by md5(word)`);
  return rows.map(({ word }) => word);
}
