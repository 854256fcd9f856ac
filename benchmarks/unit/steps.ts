/** The steps of a unit one by one, on the same pages and in the same functions, because nothing can be timed inside the whole. */
import { normalise } from '../../worker/steps/normalise/normalise.ts';
import { score } from '../../worker/steps/score/score.ts';
import { contentHash, openBoardStore } from '../../worker/store.ts';
import { POSTINGS } from './adverts.ts';
import { spent, type UnitBoard, type UnitWorld } from './world.ts';

/** Processor time in microseconds for each posting that was read, whether it went through the step or not. */
export interface Steps {
  readonly fetch: number;
  readonly hash: number;
  readonly normalise: number;
  readonly score: number;
}

export async function stepsOf(world: UnitWorld, boards: readonly UnitBoard[]): Promise<Steps> {
  const { means, db } = world;
  const connector = means.connectors.greenhouse;
  const sums = { fetch: 0, hash: 0, normalise: 0, score: 0 };
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
    const touched: unknown[] = [];
    await add('hash', () => {
      for (const item of items) {
        const hash = contentHash(connector.stable(item));
        if (store.lookup(connector.nativeId(item), hash) !== 'unchanged') touched.push(item);
      }
    });
    const postings: ReturnType<typeof normalise>[] = [];
    await add('normalise', () => {
      for (const item of touched) postings.push(normalise(connector.toPosting(item, board), 'greenhouse'));
    });
    await add('score', () => {
      for (const { title, text, company } of postings) score({ title, text, company });
    });
  }
  const per = boards.length * POSTINGS;
  const { fetch, hash, normalise: made, score: scored } = sums;
  return { fetch: fetch / per, hash: hash / per, normalise: made / per, score: scored / per };
}
