/** One scheduler of all leads: the one whose connection holds the lock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, withLock } from '../shared/db/database.ts';
import type { Log } from '../shared/log.ts';

export interface LeaderOptions {
  /** Time between two rounds of the leader, unless a round answers another one, and between two tries to become it. */
  readonly everyMs?: number;
  /** What is led; each has a leader of its own. */
  readonly what?: string;
}

/**
 * Tries to lead until it is stopped; while it leads it does a round every `everyMs`, or after the milliseconds that the round before
 * answered. The lock ends with its connection, so a
 * process that was killed leads no more, and one that lost its connection notices before its next round.
 */
export function keepLeading(
  db: Database,
  log: Log,
  round: () => Promise<unknown>,
  { everyMs = 5000, what = 'leader' }: LeaderOptions = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const rest = (ms = everyMs) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const lead = () =>
    withLock(db, `scheduler:${what}`, async (holder) => {
      log.info({ what }, 'this scheduler leads');
      while (!stopping.signal.aborted) {
        await holder.query('select 1');
        const restMs = await round();
        await rest(typeof restMs === 'number' ? restMs : everyMs);
      }
    });
  const run = async () => {
    while (!stopping.signal.aborted) {
      await lead().catch((error: unknown) =>
        log.warn({ err: error, what }, 'this scheduler leads no more, and tries again'),
      );
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
