/** Two reasons to stop reading a unit before its end: somebody cancelled its scan, or this process must end. */
import type { Database } from '../shared/db/database.ts';
import { isCancelRequested } from '../shared/db/scans/units.ts';

/** How soon a running unit notices that its scan was cancelled; one indexed look-up each time. */
const CHECK_MS = 1000;

export interface StopWatch {
  /** Aborts for either reason, in the middle of a request too. */
  readonly signal: AbortSignal;
  /** As far as it is known, without asking: for a unit that is done. */
  readonly known: 'cancelled' | 'interrupted' | undefined;
  /** Asks once more. `interrupted` leaves the unit for another process, `cancelled` ends it. */
  reason(): Promise<'cancelled' | 'interrupted' | undefined>;
  end(): void;
}

/** @param ending aborts when this process must end */
export function watchForStop(db: Database, scanId: string, ending: AbortSignal): StopWatch {
  const cancelling = new AbortController();
  const check = async () => {
    if (await isCancelRequested(db, scanId)) cancelling.abort(new Error('the scan was cancelled'));
  };
  // A check that fails is followed by the next one; the last one, in reason(), may not fail.
  const timer = setInterval(() => void check().catch(() => undefined), CHECK_MS);
  const known = () => {
    if (cancelling.signal.aborted) return 'cancelled';
    return ending.aborted ? 'interrupted' : undefined;
  };
  return {
    get known() {
      return known();
    },
    signal: AbortSignal.any([ending, cancelling.signal]),
    reason: async () => {
      await check();
      return known();
    },
    end: () => clearInterval(timer),
  };
}
