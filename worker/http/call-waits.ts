/**
 * Calls under way in this process, and who waits for one of them to be over. Who waits is booked at the ledger while the call
 * before is still under way, in its place there: when that one is over the next one goes, and the ledger is not asked in between.
 */
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

/** Where a call counts: its source, and the one host of a source with many ('' elsewhere). */
export interface CallPlace {
  readonly source: SourceName;
  readonly host: string;
}

/** - `free`: the call before ended well. `refused`: ask the ledger again, the source may want to be left alone. `late`: not over yet. */
export type Turnover = 'free' | 'refused' | 'late';

/** The place of a call that is under way, promised to one who waits. */
export interface Heir {
  readonly id: string;
  /** Until the call before is over, or will soon be: what is booked long before its moment may be booked in vain. */
  nearly(within: AbortSignal): Promise<void>;
  /** @throws the reason of `within` */
  over(ms: number, within: AbortSignal): Promise<Turnover>;
  /** It goes to somebody else. @returns true when the call is over already, so that its place must be given back to the ledger */
  decline(): boolean;
}

export interface CallWaits {
  /** The ledger has a place for a call of this process from now on. */
  booked(place: CallPlace, id: string): void;
  /** The call is made now. */
  begun(place: CallPlace, id: string): void;
  /**
   * @param isGood what a call came to says nothing against the next one
   * @returns true when somebody has taken its place: it is not to be given back
   */
  over(place: CallPlace, id: string, isGood: boolean): boolean;
  /** The ledger knows that there is room: the first who waits asks it. */
  thereIsRoom(source: SourceName): void;
  /** Calls of this place that this process has: booked, under way, or passed on from one unit to another. */
  underWay(place: CallPlace): number;
  /** About so many milliseconds, or until there is a place to take over, or room. @throws the reason of `within` */
  wait(place: CallPlace, ms: number, within: AbortSignal): Promise<Heir | undefined>;
  /** For so long no place of the source is taken over, and nobody is woken: another process shall have one. */
  letOthers(source: SourceName, ms: number): void;
}

/** A call that is expected to end within so long is asked for at the ledger. */
const NEAR_MS = 250;
/** How much of the mean is the last call's. */
const WEIGHT = 0.2;

interface UnderWay {
  readonly id: string;
  began: number;
  heir: HeirOf | undefined;
}

interface HeirOf {
  /** Aborted when the call before is over. */
  readonly isOver: AbortController;
  isGood: boolean;
}

interface Waiting {
  readonly host: string;
  readonly woken: AbortController;
  found: UnderWay | undefined;
}

interface SourceCalls {
  readonly waiting: Set<Waiting>;
  /** By host. */
  readonly underWay: Map<string, Map<string, UnderWay>>;
  meanMs: number;
  othersUntil: number;
}

export function createCallWaits(time: Time): CallWaits {
  const sources = new Map<SourceName, SourceCalls>();
  const of = (source: SourceName): SourceCalls => {
    const known = sources.get(source);
    if (known !== undefined) return known;
    const calls = { waiting: new Set<Waiting>(), underWay: new Map(), meanMs: 0, othersUntil: 0 };
    sources.set(source, calls);
    return calls;
  };
  const isOurs = (calls: SourceCalls) => time.now() >= calls.othersUntil;

  /** Those who wait for the same source are served in their order, whatever host they want. */
  function promise(calls: SourceCalls, call: UnderWay, host: string): void {
    const [first] = calls.waiting;
    if (call.heir !== undefined || first === undefined || first.host !== host || !isOurs(calls)) return;
    calls.waiting.delete(first);
    first.found = call;
    call.heir = { isOver: new AbortController(), isGood: true };
    first.woken.abort();
  }

  function forget(calls: SourceCalls, call: UnderWay, host: string): void {
    const here = calls.underWay.get(host);
    if (here?.get(call.id) === call) here.delete(call.id);
    if (here?.size === 0) calls.underWay.delete(host);
  }

  const waits: CallWaits = {
    booked({ source, host }, id) {
      const calls = of(source);
      const here = calls.underWay.get(host) ?? new Map<string, UnderWay>();
      calls.underWay.set(host, here);
      const call: UnderWay = { id, began: time.now(), heir: undefined };
      here.set(id, call);
      promise(calls, call, host);
    },
    begun({ source, host }, id) {
      const call = of(source).underWay.get(host)?.get(id);
      // What was passed on is a call of its own from here on.
      if (call === undefined || call.heir?.isOver.signal.aborted === true) waits.booked({ source, host }, id);
      else call.began = time.now();
    },
    over({ source, host }, id, isGood) {
      const calls = of(source);
      const here = calls.underWay.get(host);
      const call = here?.get(id);
      if (here === undefined || call === undefined) return false;
      if (isGood) {
        const ms = time.now() - call.began;
        calls.meanMs += (ms - calls.meanMs) * (calls.meanMs === 0 ? 1 : WEIGHT);
      }
      if (call.heir === undefined) {
        forget(calls, call, host);
        return false;
      }
      call.heir.isGood = isGood;
      call.heir.isOver.abort();
      return true;
    },
    thereIsRoom(source) {
      const calls = of(source);
      const [first] = calls.waiting;
      if (isOurs(calls)) first?.woken.abort();
    },
    underWay: ({ source, host }) => of(source).underWay.get(host)?.size ?? 0,
    async wait({ source, host }, ms, within) {
      const calls = of(source);
      const own: Waiting = { host, woken: new AbortController(), found: undefined };
      calls.waiting.add(own);
      for (const call of calls.underWay.get(host)?.values() ?? []) promise(calls, call, host);
      try {
        if (own.found === undefined) await sleepUntil(time, ms * (0.5 + Math.random()), own.woken.signal, within);
      } catch (error) {
        // A place that was promised in the same moment must be declined, or nobody would give it back.
        if (own.found === undefined) throw error;
      } finally {
        calls.waiting.delete(own);
      }
      return own.found === undefined ? undefined : heirOf(time, calls, host, own.found);
    },
    letOthers(source, ms) {
      of(source).othersUntil = time.now() + ms;
    },
  };
  return waits;

  function heirOf(time: Time, calls: SourceCalls, host: string, call: UnderWay): Heir {
    const mine = call.heir as HeirOf;
    const { signal } = mine.isOver;
    return {
      id: call.id,
      nearly: async (within) => {
        const ms = call.began + calls.meanMs - NEAR_MS - time.now();
        if (ms > 0) await sleepUntil(time, ms, signal, within);
      },
      over: async (ms, within) => {
        if (!signal.aborted) await sleepUntil(time, Math.max(0, ms), signal, within);
        if (!signal.aborted) return 'late';
        return mine.isGood ? 'free' : 'refused';
      },
      decline: () => {
        if (signal.aborted) {
          forget(calls, call, host);
          return true;
        }
        call.heir = undefined;
        promise(calls, call, host);
        return false;
      },
    };
  }
}

/** Until the time is over or `end` is aborted. @throws the reason of `within` */
async function sleepUntil(time: Time, ms: number, end: AbortSignal, within: AbortSignal): Promise<void> {
  if (end.aborted) return within.throwIfAborted();
  try {
    await time.sleep(ms, AbortSignal.any([within, end]));
  } catch (error) {
    if (within.aborted || !end.aborted) throw error;
  }
}
