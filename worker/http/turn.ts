/**
 * The turn of one unit at its source: what the ledger has for it, call by call. The first call's moment is booked before the unit
 * begins, together with all requests that it is known to need, so that it does not stop in the middle for want of one.
 */
import type { BreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { keyMark } from '../../shared/db/budgets/key-mark.ts';
import type { Ledger, Settled, Taken } from '../../shared/db/budgets/ledger.ts';
import { BudgetError, FetchError } from '../../shared/errors.ts';
import { countWait } from '../../shared/metrics/budget.ts';
import { isUnbounded, type SourcePolicy } from '../../shared/source-limits.ts';
import { type SourceName, sourceInfo } from '../../shared/sources.ts';
import { type Booked, createBookings } from './bookings.ts';
import type { Breakers } from './breakers.ts';
import { type CallWaits, createCallWaits, REAL_TIME, type Time } from './call-waits.ts';
import { breakerFault, holdOf, isOurs } from './meaning.ts';
import { quotaTold } from './quota-headers.ts';
import { type CallSharing, createCallSharing } from './share-calls.ts';
import { sentenceOf, type Wait, WaitError } from './wait.ts';

export interface TurnMeans {
  readonly ledger: Ledger;
  readonly states: BreakerStates;
  readonly breakers: Breakers;
  readonly policyOf: (source: SourceName) => SourcePolicy;
  /** Keys of sources that are set, by setting name. */
  readonly keys: Readonly<Record<string, string>>;
  /** What went wrong in the background: the ledger heals by itself when calls run out of their time. */
  readonly onError: (error: unknown) => void;
  /** Only in simulations: their clock, in the place of this process's. */
  readonly time?: Time;
}

export interface Beginning {
  readonly source: SourceName;
  /** `URL.host` of the first request where that is known; '' otherwise. */
  readonly host: string;
  /** The unit was told to come again, and came. */
  readonly waited: boolean;
  /** Requests that a unit of this source needs at the most, and how few are worth beginning with. */
  readonly most: number;
  readonly least: number;
  readonly signal: AbortSignal;
}

export interface Turns {
  /** Books a unit's first call; a `Wait` when that is more than two seconds away. */
  begin(beginning: Beginning): Promise<Turn | Wait>;
  /** Waits for what is still to be written. */
  close(): Promise<void>;
}

/** One attempt that may be made now. */
export interface Call {
  /**
   * The whole answer is here, and not yet looked into.
   * @param isHealthy by its status: nothing in it can keep others from asking, so its place goes to whoever waits
   * @returns true when another unit goes in its place in this very turn of the loop
   */
  answered(headers: Readonly<Record<string, string>>, isHealthy: boolean): boolean;
  /** It is over. @param failure what it came to, when that was no answer in health */
  over(failure?: unknown, isAside?: boolean): void;
}

export interface Turn {
  /** False until the source answered once in health: until then nothing is lost by coming again later. */
  readonly hasRead: boolean;
  /** This unit finds out whether an open breaker may close: one try decides. */
  readonly isProbe: boolean;
  /** @throws WaitError before anything was read, BudgetError after it; the signal's reason */
  enter(host: string, signal: AbortSignal): Promise<Call>;
  /** What a request came to after all its tries. */
  ended(host: string, failure?: unknown): Promise<void>;
  /** Gives back what was booked and not needed. Never throws. */
  end(): Promise<void>;
}

/** What is so near is waited for in the slot. */
const FIRST_PATIENCE_MS = 2_000;
/** In the middle of a read a slot is the smaller loss. */
const INSIDE_PATIENCE_MS = 10_000;
/** Requests in a row that fail until nobody asks any more: at one host, and over the hosts of one vendor. */
const FAILURES_MAX = 5;
const FAILURES_OF_HOSTS_MAX = 20;
/** Also what was refused for good is asked again once a day: we might have been wrong. */
const REFUSED_MS = 24 * 3_600_000;

export function createTurns(means: TurnMeans): Turns {
  const salts = new Map<SourceName, Promise<string>>();
  const writing = new Set<Promise<void>>();
  const time = means.time ?? REAL_TIME;
  const calls = createCallWaits(time, ({ source, host }, id) => {
    void background(means.ledger.settle({ source, host, key: '', ids: [id] }).then(() => calls.thereIsRoom(source)));
  });
  const background = (work: Promise<void>): Promise<void> => {
    const done = work.catch(means.onError).finally(() => writing.delete(done));
    writing.add(done);
    return done;
  };
  const sharing = createCallSharing(means.ledger, calls, time, background);
  const keyOf = async (source: SourceName): Promise<string> => {
    if (keyMark(source, means.keys, '') === '') return '';
    const salt = salts.get(source) ?? means.ledger.readSource(source).then((row) => row.salt);
    salts.set(source, salt);
    return keyMark(source, means.keys, await salt.catch((error: unknown) => forget(source, error)));
  };
  const forget = (source: SourceName, error: unknown): never => {
    salts.delete(source);
    throw error;
  };
  return {
    begin: async (beginning) =>
      beginTurn(means, beginning, await keyOf(beginning.source), background, { ...calls, ...sharing }),
    close: async () => {
      // What is kept until the end of this turn of the loop is given back first.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all(writing);
    },
  };
}

async function beginTurn(
  means: TurnMeans,
  { source, host, waited, most, least, signal }: Beginning,
  key: string,
  background: (work: Promise<void>) => Promise<void>,
  calls: CallWaits & CallSharing,
): Promise<Turn | Wait> {
  const { ledger, time = REAL_TIME } = means;
  const policy = means.policyOf(source);
  const isBounded = !isUnbounded(policy);
  const hasCeilings = policy.ceilings.length > 0;
  const placeOf = (of: string) => (policy.host === null ? '' : of);
  /** Calls at once that count together with one at this place, the tighter bound of its own. */
  const boundOf = (place: string) => (place === '' ? policy.source.calls : (policy.host?.calls ?? policy.source.calls));
  /** Requests booked and not made yet, and those that were made without. */
  let booked = 0;
  let used = 0;
  let unbooked = 0;
  let isBegun = false;
  let hasRead = false;
  let isCut = false;
  let probes: readonly string[] = [];
  let bookedAt: string | undefined;

  /** What this unit has to write, as far as it is not written yet. */
  const settling = new Set<Promise<void>>();
  const settle = (settled: Partial<Settled>, place = '') => {
    const done = background(
      ledger.settle({ source, host: place, key, ids: [], ...settled }).then(() => {
        if (settled.ids?.length) calls.thereIsRoom(source);
      }),
    ).finally(() => settling.delete(done));
    settling.add(done);
    return done;
  };

  const { take, leave, decline, over, waitFor } = createBookings({
    ledger,
    time,
    calls,
    source,
    key,
    least,
    boundOf,
    settle,
  });

  const waitOf = (taken: Extract<Taken, { ok: false }>): Wait => {
    countWait(source, taken.why);
    return { source, ...taken };
  };

  async function known(): Promise<number> {
    if (!hasCeilings || most <= 1) return hasCeilings ? 1 : 0;
    return Math.max(least, Math.min(most, (await ledger.readSource(source)).unitRequests ?? most));
  }

  const opening = await take(placeOf(host), waited ? 'again' : 'first', await known(), FIRST_PATIENCE_MS, signal);
  if (!opening.taken.ok) return waitOf(opening.taken);
  booked = opening.taken.granted;
  bookedAt = opening.taken.bookedAt;
  let first: Booked | undefined = { ...opening, probes: opening.taken.probes };
  probes = first.probes;

  function call(id: string | undefined, place: string): Call {
    let told: Settled['told'];
    let isFree = false;
    const free = (failure: unknown): boolean => {
      if (isFree) return false;
      isFree = true;
      const hold = holdOf(failure);
      const nothing = told === undefined && hold === undefined;
      if (id === undefined || !isBounded) {
        if (!nothing) settle({ told, hold }, place);
        return false;
      }
      const here = { source, host: place };
      const isGood = failure === undefined && hold === undefined;
      if (isGood && calls.over(here, id, true)) {
        if (!nothing) settle({ told }, place);
        return !calls.isOneFree(here);
      }
      over(id, place, { told, hold });
      return false;
    };
    return {
      answered: (headers, isHealthy) => {
        told = quotaTold(source, headers, Date.now());
        return isHealthy && free(undefined);
      },
      over: (failure, isAside = false) => {
        if (failure === undefined && !isAside) hasRead = true;
        free(failure);
      },
    };
  }

  async function enter(ofHost: string, within: AbortSignal): Promise<Call> {
    const place = placeOf(ofHost);
    const opened = first;
    first = undefined;
    if (opened !== undefined) {
      if (opened.place !== place) leave(opened);
      else if (!isBounded || (await waitFor(opened, FIRST_PATIENCE_MS, within))) return begun(opened, place);
    }
    if (!isBounded) {
      unbooked++;
      return call(undefined, place);
    }
    for (;;) {
      const want = hasCeilings && booked <= used ? 1 : 0;
      // Whoever has begun had his turn: another try, or the next page, does not go to the end of the line.
      const mode = isBegun ? 'inside' : waited ? 'again' : 'first';
      const patienceMs = isBegun ? INSIDE_PATIENCE_MS : FIRST_PATIENCE_MS;
      const next = await take(place, mode, want, patienceMs, within);
      if (!next.taken.ok) {
        const wait = waitOf(next.taken);
        isCut = true;
        throw hasRead ? new BudgetError(`not asked: ${sentenceOf(wait)}`) : new WaitError(wait);
      }
      booked += next.taken.granted;
      probes = next.taken.probes;
      if (await waitFor(next, patienceMs, within)) return begun(next, place);
    }
  }

  function begun({ id: own, after }: Pick<Booked, 'id' | 'after'>, place: string): Call {
    // Of the place that became free first, which need not be the one that was booked.
    const id = after?.id ?? own;
    if (hasCeilings) used++;
    isBegun = true;
    if (boundOf(place) !== null) calls.begun({ source, host: place }, id);
    return call(id, place);
  }

  async function ended(ofHost: string, failure: unknown): Promise<void> {
    const place = placeOf(ofHost);
    const refused = isOurs(failure) ? undefined : failure;
    if (failure !== undefined && refused === undefined) return;
    if (refused instanceof FetchError && (refused.quota || (refused.type === 'auth' && key !== ''))) {
      const kind = refused.quota ? 'quota' : 'key';
      const ms = (refused.quota ? refused.retryAfterMs : undefined) ?? REFUSED_MS;
      await means.states.open(
        { source, host: '' },
        { kind, reason: refused.message, times: 1, ms, key: key || undefined },
      );
      return;
    }
    const fault = breakerFault(refused, probes.length > 0);
    if (fault === 'nothing') return;
    const note = (host: string, threshold: number) =>
      means.breakers.note({ source, host }, fault, { threshold, isProbe: probes.includes(host) });
    await note(place, FAILURES_MAX);
    // What happens at one employer's own site says nothing of another one's; at one vendor's hosts it may.
    if (place !== '' && policy.source.ms !== null) await note('', FAILURES_OF_HOSTS_MAX);
    probes = [];
  }

  return {
    get hasRead() {
      return hasRead;
    },
    get isProbe() {
      return probes.length > 0;
    },
    enter,
    ended: (ofHost, failure) => background(ended(ofHost, failure)),
    end: async () => {
      const opened = first;
      first = undefined;
      const place = opened?.place ?? '';
      if (opened?.after !== undefined) decline(opened.after, place);
      const unmade = opened?.after === undefined ? opened?.id : undefined;
      const rest = booked - used;
      const settled: Partial<Settled> = {
        ids: unmade === undefined ? [] : [unmade],
        ...(rest > 0 && bookedAt !== undefined && { refund: { count: rest, bookedAt } }),
        ...(unbooked > 0 && { unbooked }),
        ...(hasCeilings && hasRead && !isCut && { unitRequests: used }),
      };
      if (isBounded || unbooked > 0) await settle(settled, place);
      // Whoever begins after this unit must see what its source asked for.
      await Promise.all(settling);
      if (unmade !== undefined) calls.over({ source, host: place }, unmade, false);
    },
  };
}

/** Requests that a unit of the source may need, for `Beginning`. */
export function needsOf(source: SourceName, queries: number): { readonly most: number; readonly least: number } {
  const { kind, pagesMax } = sourceInfo(source);
  // A board is read page by page, and how many it has is known when it is read.
  if (kind === 'board') return { most: 1, least: 1 };
  return { most: Math.max(1, pagesMax), least: Math.min(Math.max(1, queries), pagesMax) };
}
