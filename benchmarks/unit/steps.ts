/** The steps of a unit one by one, on the same pages and in the same functions, because nothing can be timed inside the whole. */

import type { SourcePosting } from '../../worker/posting.ts';
import { normalise, type Words, wordsOf } from '../../worker/steps/normalise/normalise.ts';
import { score } from '../../worker/steps/score/score.ts';
import { openRejected } from '../../worker/store/rejected.ts';
import { contentHash, openBoardStore } from '../../worker/store.ts';
import { POSTINGS } from './adverts.ts';
import { spent, type UnitBoard, type UnitWorld } from './world.ts';

/** Processor time in microseconds for each posting that was read, whether it went through the step or not. */
export interface Steps {
  readonly fetch: number;
  readonly hash: number;
  readonly words: number;
  readonly score: number;
  readonly normalise: number;
}

export async function stepsOf(world: UnitWorld, boards: readonly UnitBoard[]): Promise<Steps> {
  const { means, db } = world;
  const connector = means.connectors.greenhouse;
  const sums = { fetch: 0, hash: 0, words: 0, score: 0, normalise: 0 };
  const add = async (step: keyof Steps, work: () => unknown) => {
    sums[step] += (await spent(async () => work())).cpu;
  };
  for (const { id, token } of boards) {
    const board = { token, region: '', company: null };
    const items: unknown[] = [];
    await add('fetch', async () => {
      const fetch = means.http.fetchFor('greenhouse', { signal: new AbortController().signal });
      for await (const page of connector.read(board, means.settingsOf('greenhouse'), fetch)) items.push(...page.items);
    });
    const now = () => new Date();
    const store = await openBoardStore(db, { unitId: '', boardId: id, source: 'greenhouse', startedAt: now(), now });
    const rejected = await openRejected(db, id, means.version);
    const touched: unknown[] = [];
    await add('hash', () => {
      for (const item of items) {
        const hash = contentHash(connector.stable(item));
        const known = store.lookup(connector.nativeId(item), hash) === 'unchanged' || rejected.has(hash);
        if (!known) touched.push(item);
      }
    });
    const read: { stated: SourcePosting; words: Words }[] = [];
    await add('words', () => {
      for (const item of touched) {
        const stated = connector.toPosting(item, board);
        read.push({ stated, words: wordsOf(stated) });
      }
    });
    let relevant: typeof read = [];
    await add('score', () => {
      relevant = read.filter(({ words }) => score(words).relevant);
    });
    await add('normalise', () => {
      for (const { stated, words } of relevant) normalise(stated, 'greenhouse', words);
    });
  }
  const per = boards.length * POSTINGS;
  return {
    fetch: sums.fetch / per,
    hash: sums.hash / per,
    words: sums.words / per,
    score: sums.score / per,
    normalise: sums.normalise / per,
  };
}
