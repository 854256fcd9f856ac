/** A request in its unit's turn: each try at the moment that the ledger has for it, and the breaker told what it came to. */
import { BudgetError, FetchError } from '../../shared/errors.ts';
import type { SourceName } from '../../shared/sources.ts';
import { isWorthRetrying } from './classify.ts';
import type { Call, Turn } from './turn.ts';
import { WaitError, waitOfFailure } from './wait.ts';

/** The longest pause that a unit sits out in its slot before its first answer. */
const SLOT_WAIT_MS = 2_000;

/**
 * @param options.isAside asked besides what the unit reads: an answer is nothing that could be lost
 * @throws WaitError, BudgetError when there is no moment for it; what `work` throws
 */
export async function tryInTurn<T>(
  turn: Turn | undefined,
  host: string,
  signal: AbortSignal,
  work: (call: Call | undefined) => Promise<T>,
  { isAside = false }: { readonly isAside?: boolean } = {},
): Promise<T> {
  signal.throwIfAborted();
  const call = await turn?.enter(host, signal);
  try {
    const answer = await work(call);
    call?.over(undefined, isAside);
    return answer;
  } catch (error) {
    call?.over(error, isAside);
    throw error;
  }
}

/** Tries one after the other. What a try that was made came to says more than that there is no moment for another one. */
export function inTries<T>(attempt: () => Promise<T>): () => Promise<T> {
  let failure: unknown;
  return async () => {
    try {
      return await attempt();
    } catch (error) {
      const isRefused = error instanceof WaitError || error instanceof BudgetError;
      if (!isRefused || failure === undefined) failure = error;
      throw failure;
    }
  };
}

/**
 * What a request came to after all its tries. A pause that the source asks for before anything was read is for the unit to wait,
 * outside of its slot.
 */
export async function endInTurn<T>(
  turn: Turn | undefined,
  source: SourceName,
  host: string,
  asked: Promise<T>,
): Promise<T> {
  if (turn === undefined) return asked;
  try {
    const answer = await asked;
    await turn.ended(host);
    return answer;
  } catch (error) {
    await turn.ended(host, error);
    const wait = turn.hasRead ? undefined : waitOfFailure(source, error);
    throw wait === undefined ? error : new WaitError(wait);
  }
}

/** How long a pause may be that another try waits for in the slot; undefined: no other try at all. */
function patienceFor(turn: Turn | undefined, error: unknown, retryAfterMaxMs: number): number | undefined {
  if (error instanceof BudgetError || turn?.isProbe === true) return undefined;
  // A unit that has read nothing loses nothing by coming again, and its slot is somebody else's meanwhile.
  return turn?.hasRead === false ? Math.min(SLOT_WAIT_MS, retryAfterMaxMs) : retryAfterMaxMs;
}

/** Whether another try may well succeed. @param isPassing a refusal that this request expects to pass */
export function isWorthAnother(
  turn: Turn | undefined,
  error: unknown,
  retryAfterMaxMs: number,
  isPassing: (retryAfterMaxMs: number) => boolean,
): boolean {
  const patience = patienceFor(turn, error, retryAfterMaxMs);
  if (patience === undefined || !(error instanceof FetchError)) return false;
  return isWorthRetrying(error, patience) || isPassing(patience);
}
