/** One scheduler of all leads: the one whose connection holds the lock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, withLock } from '../shared/db/database.ts';
import type { Log } from '../shared/log.ts';

const LOCK = 'scheduler:leader';

export interface LeaderOptions {
  /** Time between two rounds of the leader, and between two tries to become it. */
  readonly everyMs?: number;
}

/**
 * Tries to lead until it is stopped; while it leads it does a round every `everyMs`. The lock ends with its connection, so a
 * process that was killed leads no more, and one that lost its connection notices before its next round.
 */
export function keepLeading(
  db: Database,
  log: Log,
  round: () => Promise<void>,
  { everyMs = 5000 }: LeaderOptions = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const rest = () => sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
  const lead = () =>
    withLock(db, LOCK, async (holder) => {
      log.info('this scheduler leads');
      while (!stopping.signal.aborted) {
        await holder.query('select 1');
        await round();
        await rest();
      }
    });
  const run = async () => {
    while (!stopping.signal.aborted) {
      await lead().catch((error: unknown) => log.warn({ err: error }, 'this scheduler leads no more, and tries again'));
      await rest();
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
