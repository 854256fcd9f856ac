/** Indexes what no unit indexes: what operators and killed processes left, and the words of adverts, which may wait. */
import type { Database } from '../shared/db/database.ts';
import type { Log } from '../shared/log.ts';
import { indexPending } from './store/search/entries.ts';
import { indexTexts } from './store/search/texts.ts';

const EVERY_MS = 1000;
/** Batches of texts in one round, so that ending it takes no long time. */
const TEXT_BATCHES = 20;

/** @returns how to end it: waits for the batch that runs */
export function startSearchRounds(db: Pick<Database, 'pool'>, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  let ending = false;
  const round = async () => {
    try {
      await indexPending(db);
      for (let batch = 0; batch < TEXT_BATCHES && !ending; batch++) if ((await indexTexts(db)) === 0) return;
    } catch (error) {
      // The next round tries again; while the database is away the units say so.
      log.warn({ err: error }, 'indexing for the search failed');
    }
  };
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined;
    });
  }, EVERY_MS);
  return async () => {
    ending = true;
    clearInterval(timer);
    await running;
  };
}
