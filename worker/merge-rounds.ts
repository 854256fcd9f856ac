/** Merges what no unit merges: decisions of people, and what a killed process left. Costs one small question a round. */
import type { Database } from '../shared/db/database.ts';
import type { Log } from '../shared/log.ts';
import { mergePending } from './store/merge/pending.ts';

/** What people decide is seen after about this long. */
const EVERY_MS = 5000;

/** @returns how to end it: waits for the round that runs */
export function startMergeRounds(db: Pick<Database, 'pool'>, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  const round = async () => {
    try {
      await mergePending(db);
    } catch (error) {
      // The next round tries again; while the database is away the units say so.
      log.warn({ err: error }, 'merging failed');
    }
  };
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined;
    });
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
