/** Whether ours and the usual design find the same jobs. */
import { itemsOf } from '../../api/queries/search/whole-page.ts';
import type { Section } from '../kit/harness.ts';
import { asker } from './queries.ts';
import { ours, wideByDate } from './ways.ts';
import type { World } from './world.ts';

const RUNS_SAME = 20;

export function sameSection({ db, client }: World): Section {
  return {
    title: 'same answers',
    about: [`${RUNS_SAME} random searches a round: the first twenty are those of the wide table, in the same order.`],
    arms: {
      ours: async (round) => {
        const { ask } = asker(5000 + round);
        let same = 0;
        for (let i = 0; i < RUNS_SAME; i++) {
          const asked = ask('or by date');
          const [page, wide] = [await ours(db)(asked), await wideByDate(client, asked)];
          const ids = itemsOf(page.items).map((item) => (JSON.parse(item) as { id: string }).id);
          if (ids.length > 0 && ids.join() === wide.rows.map(({ id }) => id).join()) same++;
        }
        return { percent: (same / RUNS_SAME) * 100 };
      },
    },
    rows: [
      {
        id: 'S8',
        title: 'first twenty equal to the usual design',
        unit: '%',
        measure: 'percent',
        against: 'none',
        better: 'higher',
        goal: 100,
        floor: 100,
      },
    ],
  };
}
