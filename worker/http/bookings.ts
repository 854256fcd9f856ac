/**
 * Moments for single calls of one unit: booked at the ledger, or in the place of a call that is under way where the source bears no
 * more of them at once.
 */
import { randomUUID } from 'node:crypto';
import type { Ledger, Settled, TakeMode, Taken } from '../../shared/db/budgets/ledger.ts';
import type { SourceName } from '../../shared/sources.ts';
import type { CallPlace, CallWaits, Heir, Time } from './call-waits.ts';
import type { CallSharing } from './share-calls.ts';
import { LedgerError } from './wait.ts';

export interface Booked {
  readonly id: string;
  readonly place: string;
  /** By `Time`. */
  readonly at: number;
  readonly probes: readonly string[];
  /** The call before, in whose place it was booked. */
  readonly after: Heir | undefined;
}

/** A call that is made so much later than it was booked for might meet the next one. */
const LATE_MS = 1_000;
const POLL_MS = 100;

export interface BookingMeans {
  readonly ledger: Pick<Ledger, 'take'>;
  readonly time: Time;
  readonly calls: CallWaits & CallSharing;
  readonly source: SourceName;
  /** `keyMark` of the key that is used. */
  readonly key: string;
  /** How few requests are worth a booking. */
  readonly least: number;
  /** Calls at once that count together with one at this place; null: as many as anybody likes. */
  readonly boundOf: (place: string) => number | null;
  readonly settle: (settled: Partial<Settled>, place?: string) => Promise<void>;
}

export interface Bookings {
  /** @throws LedgerError; the reason of `within` */
  take(
    place: string,
    mode: TakeMode,
    want: number,
    patienceMs: number,
    within: AbortSignal,
  ): Promise<Omit<Booked, 'probes'> & { readonly taken: Taken }>;
  /** Gives back what was booked for a call that is not made. */
  leave(one: Pick<Booked, 'id' | 'place' | 'after'>): void;
  decline(heir: Heir, place: string): void;
  /** A call has ended, and nobody goes in its place. */
  over(id: string, place: string, settled?: Partial<Settled>): Promise<void>;
  /** @returns false when the call before is not over in time, or the moment is over; the booking is given back then */
  waitFor(
    one: Pick<Booked, 'id' | 'place' | 'at' | 'after'>,
    patienceMs: number,
    within: AbortSignal,
  ): Promise<boolean>;
}

export function createBookings({ ledger, time, calls, source, key, least, boundOf, settle }: BookingMeans): Bookings {
  const isFull = (here: CallPlace) => calls.underWay(here) >= (boundOf(here.host) ?? Number.POSITIVE_INFINITY);

  async function take(place: string, mode: TakeMode, want: number, patienceMs: number, within: AbortSignal) {
    const here = { source, host: place };
    const until = time.now() + patienceMs;
    const left = () => Math.max(0, until - time.now());
    let id: string = randomUUID();
    let after: Heir | undefined;
    const ask = (as: TakeMode): Promise<Taken> =>
      ledger
        .take({ source, host: place, key, id, mode: as, want, least: Math.min(least, want), patienceMs: left() })
        .catch((error: unknown) => {
          throw new LedgerError(error);
        });
    /** Books in the place of a call that is still under way. */
    const bookAfter = async (heir: Heir, as: TakeMode): Promise<Taken> => {
      const own = id;
      let isBooked = false;
      try {
        await heir.nearly(within);
        id = heir.id;
        const taken = await ask(as);
        isBooked = taken.ok;
        if (isBooked) heir.isBooked(id);
        // The ledger knows of more calls than there may be, those of a worker that died perhaps.
        if (!taken.ok && taken.why === 'calls') await time.sleep(Math.min(POLL_MS, left()), within);
        return taken;
      } finally {
        if (!isBooked) {
          decline(heir, place);
          after = undefined;
          id = own;
        }
      }
    };
    // In the middle of a read nobody need be asked whether there is room, while all calls are this process's own.
    let taken = mode === 'inside' && (isFull(here) || calls.isOneFree(here)) ? undefined : await ask(mode);
    while (taken === undefined || (!taken.ok && taken.why === 'calls')) {
      // Whoever must go in the end gets a place in the line with the last question.
      const as = left() > 2 * POLL_MS || mode === 'inside' ? 'inside' : 'again';
      if (left() === 0) {
        taken ??= await ask(as);
        break;
      }
      calls.oneWaits(here);
      after = await calls.wait(here, POLL_MS, within);
      taken = after === undefined ? await ask(as) : await bookAfter(after, as);
    }
    if (taken.ok && after === undefined && boundOf(place) !== null) calls.booked(here, id);
    return { id, place, taken, after, at: time.now() + (taken.ok ? taken.waitMs : 0) };
  }

  function decline(heir: Heir, place: string): void {
    if (heir.decline()) settle({ ids: [heir.id] }, place);
  }

  function leave({ id, place, after }: Pick<Booked, 'id' | 'place' | 'after'>): void {
    if (after === undefined) over(id, place);
    else decline(after, place);
  }

  function over(id: string, place: string, settled: Partial<Settled> = {}): Promise<void> {
    // Whoever would go next must see first what the source asked for.
    return settle({ ...settled, ids: [id] }, place).then(() => void calls.over({ source, host: place }, id, false));
  }

  async function waitFor(
    one: Pick<Booked, 'id' | 'place' | 'at' | 'after'>,
    patienceMs: number,
    within: AbortSignal,
  ): Promise<boolean> {
    let isIt = false;
    try {
      const turnover = (await one.after?.over(patienceMs, within)) ?? 'free';
      const ms = one.at - time.now();
      if (turnover === 'free' && ms > 0) await time.sleep(ms, within);
      isIt = turnover === 'free' && time.now() - one.at < LATE_MS;
      return isIt;
    } finally {
      if (!isIt) leave(one);
    }
  }

  return { take, leave, decline, over, waitFor };
}
