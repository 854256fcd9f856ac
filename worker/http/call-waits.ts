/** Who waits in this process for a call of a source to be over: what ends here need not be found out by asking the ledger. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceName } from '../../shared/sources.ts';

export interface Time {
  /** Milliseconds since some moment. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const REAL_TIME: Time = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

export interface CallWaits {
  /** About so many milliseconds, or until a call of the source is over in this process. @throws the reason of `within` */
  wait(source: SourceName, ms: number, within: AbortSignal): Promise<void>;
  /** One that is over makes room for one: the first who waits. */
  oneIsOver(source: SourceName): void;
}

export function createCallWaits(time: Time): CallWaits {
  const waiting = new Map<SourceName, Set<AbortController>>();
  return {
    async wait(source, ms, within) {
      const own = new AbortController();
      const all = waiting.get(source) ?? new Set();
      waiting.set(source, all.add(own));
      try {
        await time.sleep(ms * (0.5 + Math.random()), AbortSignal.any([within, own.signal]));
      } catch (error) {
        if (within.aborted || !own.signal.aborted) throw error;
      } finally {
        all.delete(own);
      }
    },
    oneIsOver(source) {
      const [first] = waiting.get(source) ?? [];
      first?.abort();
    },
  };
}
