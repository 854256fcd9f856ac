/**
 * The breakers as this process sees them. cockatiel counts what failed in a row and decides; that one is open, for how long, and
 * who tries it out stands in a row that all workers share, from which a policy is seeded.
 */
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { BreakerPlace, BreakerStates } from '../../shared/db/budgets/breaker-state.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly threshold: number;
  /** This request was let through to try it out. */
  readonly isProbe: boolean;
}

export interface Breakers {
  /** Counts what a request came to, after all its tries. @param failure undefined when the source answered in health */
  note(place: BreakerPlace, failure: Error | undefined, options: BreakerOptions): Promise<void>;
}

const FIRST_MS = 30_000;
const LONGEST_MS = 30 * 60_000;
/** Hosts whose failures in a row are remembered here; of the others the next failure is the first one again. */
const PLACES_MAX = 5_000;

/** How long a breaker stays open that opened so many times in a row: 30 s, doubled up to half an hour, with a tenth of jitter. */
export function breakMs(times: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(times - 1, 10)) * (0.95 + Math.random() * 0.1);
}

export function createBreakers(states: BreakerStates): Breakers {
  const counting = new Map<string, CircuitBreakerPolicy>();

  const local = (place: BreakerPlace, threshold: number): CircuitBreakerPolicy => {
    const key = `${place.source} ${place.host}`;
    const known = counting.get(key);
    if (known !== undefined) return known;
    const policy = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(threshold), halfOpenAfter: LONGEST_MS });
    policy.onBreak(() => counting.delete(key));
    counting.set(key, policy);
    for (const oldest of counting.keys()) {
      if (counting.size <= PLACES_MAX) break;
      counting.delete(oldest);
    }
    return policy;
  };

  return {
    note: async (place, failure, { threshold, isProbe }) => {
      const times = isProbe ? await states.times(place) : 0;
      const policy = isProbe ? tryingOut(times) : local(place, threshold);
      let then: (() => Promise<void>) | undefined;
      const { message: reason } = failure ?? { message: '' };
      const open = () => states.open(place, { kind: 'failures', reason, times: times + 1, ms: breakMs(times + 1) });
      const listeners = [
        policy.onBreak(() => {
          then = open;
        }),
        policy.onReset(() => {
          then = () => states.close(place);
        }),
      ];
      await policy
        .execute(() => {
          if (failure !== undefined) throw failure;
        })
        .catch(() => undefined);
      for (const listener of listeners) listener.dispose();
      await then?.();
    },
  };
}

/** Open for long enough: the next request decides alone. */
function tryingOut(times: number): CircuitBreakerPolicy {
  return circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(1),
    halfOpenAfter: 0,
    initialState: {
      ownState: { value: CircuitState.Open, openedAt: 0, attemptNo: Math.max(1, times) },
      breakerState: 0,
    },
  });
}
