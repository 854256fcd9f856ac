/**
 * Calls of one source, shared by processes: who passes his calls on from unit to unit looks now and then whether another process
 * has none at all, and lets one go.
 */
import type { Ledger } from '../../shared/db/budgets/ledger.ts';
import type { SourceName } from '../../shared/sources.ts';
import type { CallPlace, CallWaits, Time } from './call-waits.ts';

/** Between two looks, and between two words that a call is wanted. */
const LOOK_MS = 250;
/** Longer than others wait between two questions, so that one of them asks while there is room. */
const LET_MS = 160;

export interface CallSharing {
  /** To be said whenever a unit must wait for a call. Asks the ledger in the background. */
  oneWaits(place: CallPlace): void;
}

export function createCallSharing(
  ledger: Pick<Ledger, 'wantCall' | 'isCallWanted'>,
  calls: CallWaits,
  time: Time,
  background: (work: Promise<void>) => Promise<void>,
): CallSharing {
  const askedAt = new Map<SourceName, number>();
  return {
    oneWaits(place) {
      const { source } = place;
      const now = time.now();
      if (now - (askedAt.get(source) ?? Number.NEGATIVE_INFINITY) < LOOK_MS) return;
      askedAt.set(source, now);
      void background(calls.underWay(place) === 0 ? ledger.wantCall(source) : look(source));
    },
  };

  async function look(source: SourceName): Promise<void> {
    if (await ledger.isCallWanted(source)) calls.letOthers(source, LET_MS);
  }
}
