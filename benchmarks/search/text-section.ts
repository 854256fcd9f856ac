/** Words of descriptions: ours chooses its way by how many adverts have the word, the usual design lets the planner choose. */
import type pg from 'pg';
import type { Section } from '../kit/harness.ts';
import { type Asked, asker } from './queries.ts';
import { p50, p95, RUNS, timesOf } from './times.ts';
import { ours, wideByDate, wideByDateCheapFirst } from './ways.ts';
import type { World } from './world.ts';

export async function textSection({ db, client }: World): Promise<Section> {
  const words = await wordsOfDescriptions(client);
  const each = (ask: (asked: Asked) => Promise<unknown>) => async (round: number) => {
    const { text } = asker(4000 + round);
    const times = await timesOf(RUNS, () => text(words), ask);
    return { p95: p95(times), p50: p50(times) };
  };
  const row = { unit: 'ms', better: 'lower' } as const;
  return {
    title: 'words of descriptions',
    about: [
      `One of ${words.length} words of descriptions, as many rare as common ones, remote only, the first twenty, newest first.`,
      'baseline: the planner chooses between the GIN index and the index by date of the wide table.',
      'successor: the same with the condition on words behind all others, which the planner does not see to by itself.',
    ],
    arms: {
      ours: each(ours(db)),
      baseline: each((asked) => wideByDate(client, asked)),
      successor: each((asked) => wideByDateCheapFirst(client, asked)),
    },
    rows: [
      {
        id: 'S6',
        title: 'words of descriptions, p95: ours / planner',
        measure: 'p95',
        against: 'baseline',
        goal: 0.25,
        floor: 0.35,
        ...row,
      },
      {
        id: 'S6 p50',
        title: 'the same, p50',
        measure: 'p50',
        against: 'baseline',
        goal: null,
        floor: null,
        ...row,
      },
      {
        id: 'S6 order',
        title: 'p95: ours / planner with conditions in the best order',
        measure: 'p95',
        against: 'successor',
        goal: null,
        floor: null,
        ...row,
      },
    ],
  };
}

/** As many words of each frequency, from nearly every advert to one of ten thousand. */
async function wordsOfDescriptions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ word: string }>(`select word from (
      select word, row_number() over (partition by width_bucket(ln(ndoc), 0, ln(20000), 8) order by md5(word)) as place
      from ts_stat('select words from description') where ndoc between 2 and 19999 and length(word) > 2
    ) as w where place <= 12 order by md5(word)`);
  return rows.map(({ word }) => word);
}
