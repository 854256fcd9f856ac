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

/** The place of a call that is under way, promised to one who waits. When another call ends before, it is that one's place. */
export interface Heir {
  /** Of the place as it is now: another one after each wait. */
  readonly id: string;
  /** The ledger has booked for it, under this id: it can go the moment that there is a place. */
  isBooked(id: string): void;
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
  /** One of them has just ended and is kept for whoever comes in the same moment. */
  isOneFree(place: CallPlace): boolean;
  /** About so many milliseconds, or until there is a place to take over, or room. @throws the reason of `within` */
  wait(place: CallPlace, ms: number, within: AbortSignal): Promise<Heir | undefined>;
  /** For so long no place of the source is taken over, and nobody is woken: another process shall have one. */
  letOthers(source: SourceName, ms: number): void;
}

/** A call that is expected to end within so long is asked for at the ledger. */
const NEAR_MS = 250;
/** How much of the mean is the last call's. */
const WEIGHT = 0.2;

/** The ledger forgets a call 75 seconds after it was booked, and a request may take 60: older places are given back and booked anew. */
const FRESH_MS = 10_000;

interface UnderWay {
  readonly id: string;
  /** When the ledger booked it last. */
  bookedAt: number;
  began: number;
  heir: HeirOf | undefined;
  /** It ended well a moment ago and nobody has its place yet. */
  isFree: boolean;
}

interface HeirOf {
  readonly host: string;
  readonly isOver: AbortController;
  /** Whose place it has. */
  call: UnderWay;
  isBooked: boolean;
  isGood: boolean;
}

interface Waiting {
  readonly host: string;
  readonly woken: AbortController;
  found: HeirOf | undefined;
}

interface SourceCalls {
  readonly waiting: Set<Waiting>;
  /** Whose place is still taken, in the order in which they waited. */
  readonly heirs: Set<HeirOf>;
  /** By host. */
  readonly underWay: Map<string, Map<string, UnderWay>>;
  meanMs: number;
  othersUntil: number;
}

/** @param giveBack called for a place that was kept and that nobody took: the ledger shall have it */
export function createCallWaits(time: Time, giveBack: (place: CallPlace, id: string) => void): CallWaits {
  const sources = new Map<SourceName, SourceCalls>();
  const of = (source: SourceName): SourceCalls => {
    const known = sources.get(source);
    if (known !== undefined) return known;
    const waiting = new Set<Waiting>();
    const calls = { waiting, heirs: new Set<HeirOf>(), underWay: new Map(), meanMs: 0, othersUntil: 0 };
    sources.set(source, calls);
    return calls;
  };
  const isOurs = (calls: SourceCalls) => time.now() >= calls.othersUntil;

  /** Those who wait for the same source are served in their order, whatever host they want. */
  function promise(calls: SourceCalls, call: UnderWay, host: string): void {
    const [first] = calls.waiting;
    if (call.heir !== undefined || first === undefined || first.host !== host || !isOurs(calls)) return;
    calls.waiting.delete(first);
    const heir: HeirOf = { host, isOver: new AbortController(), call, isBooked: false, isGood: true };
    call.heir = heir;
    first.found = heir;
    first.woken.abort();
    if (call.isFree) heir.isOver.abort();
    else calls.heirs.add(heir);
    call.isFree = false;
  }

  /** The same unit asks for its next page before this turn of the loop is over, and need not ask for a place of its own. */
  function keep(calls: SourceCalls, call: UnderWay, place: CallPlace): void {
    call.isFree = true;
    setImmediate(() => {
      if (!call.isFree) return;
      call.isFree = false;
      forget(calls, call, place.host);
      giveBack(place, call.id);
    });
  }

  /** Who has waited longest for another call of this place, once the ledger has booked for it: a booking under way names its place. */
  function heirOfAnother(calls: SourceCalls, host: string): HeirOf | undefined {
    return [...calls.heirs].find((heir) => heir.isBooked && heir.host === host);
  }

  /** A place that is free is better than one that will be. */
  function moveTo(calls: SourceCalls, heir: HeirOf, call: UnderWay, host: string): void {
    const before = heir.call;
    before.heir = undefined;
    heir.call = call;
    call.heir = heir;
    promise(calls, before, host);
  }

  function forget(calls: SourceCalls, call: UnderWay, host: string): void {
    const here = calls.underWay.get(host);
    if (here?.get(call.id) === call) here.delete(call.id);
    if (here?.size === 0) calls.underWay.delete(host);
  }

  function add({ source, host }: CallPlace, id: string, bookedAt: number): void {
    const calls = of(source);
    const here = calls.underWay.get(host) ?? new Map<string, UnderWay>();
    calls.underWay.set(host, here);
    const call: UnderWay = { id, bookedAt, began: time.now(), heir: undefined, isFree: false };
    here.set(id, call);
    promise(calls, call, host);
  }

  return {
    booked: (place, id) => add(place, id, time.now()),
    begun(place, id) {
      const call = of(place.source).underWay.get(place.host)?.get(id);
      // What was passed on is a call of its own from here on.
      if (call === undefined || call.heir?.isOver.signal.aborted === true) add(place, id, call?.bookedAt ?? time.now());
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
      const isFresh = isGood && isOurs(calls) && time.now() - call.bookedAt < FRESH_MS;
      const another = call.heir === undefined && isFresh ? heirOfAnother(calls, host) : undefined;
      if (another !== undefined) moveTo(calls, another, call, host);
      if (call.heir === undefined && isFresh) {
        keep(calls, call, { source, host });
        return true;
      }
      if (call.heir === undefined) {
        forget(calls, call, host);
        return false;
      }
      calls.heirs.delete(call.heir);
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
    isOneFree: ({ source, host }) => [...(of(source).underWay.get(host)?.values() ?? [])].some(({ isFree }) => isFree),
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
      return own.found === undefined ? undefined : heirOf(time, calls, own.found);
    },
    letOthers(source, ms) {
      of(source).othersUntil = time.now() + ms;
    },
  };

  function heirOf(time: Time, calls: SourceCalls, mine: HeirOf): Heir {
    const { signal } = mine.isOver;
    const { host } = mine;
    return {
      get id() {
        return mine.call.id;
      },
      isBooked: (id) => {
        mine.isBooked = true;
        const booked = calls.underWay.get(host)?.get(id);
        if (booked !== undefined) booked.bookedAt = time.now();
      },
      nearly: async (within) => {
        const ms = mine.call.began + calls.meanMs - NEAR_MS - time.now();
        if (ms > 0) await sleepUntil(time, ms, signal, within);
      },
      over: async (ms, within) => {
        if (!signal.aborted) await sleepUntil(time, Math.max(0, ms), signal, within);
        if (!signal.aborted) return 'late';
        return mine.isGood ? 'free' : 'refused';
      },
      decline: () => {
        if (signal.aborted) {
          forget(calls, mine.call, host);
          return true;
        }
        calls.heirs.delete(mine);
        mine.call.heir = undefined;
        promise(calls, mine.call, host);
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
