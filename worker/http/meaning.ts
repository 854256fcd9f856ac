/** What the failure of a request means for the source: a pause that it asked for, a fault of its, or nothing. Pure. */
import type { Settled } from '../../shared/db/budgets/ledger.ts';
import { BudgetError, FetchError } from '../../shared/errors.ts';

/** A pause that the server asked for. What it asks after a whole quota is the breaker's. */
export function holdOf(failure: unknown): Settled['hold'] {
  if (!(failure instanceof FetchError) || failure.quota || failure.retryAfterMs === undefined) return undefined;
  return failure.retryAfterMs > 0 ? { ms: failure.retryAfterMs, why: failure.message } : undefined;
}

/** What we decided ourselves, or what ended on our side, is no word about the source. */
export function isOurs(failure: unknown): boolean {
  return failure !== undefined && (!(failure instanceof FetchError) || failure instanceof BudgetError);
}

/**
 * @returns the failure as the breaker counts it, undefined for an answer in health, 'nothing' for what says neither: an answer
 * that cannot be read came from somebody who is there, which is all that a breaker asks for when it is being tried out
 */
export function breakerFault(failure: unknown, isProbe: boolean): Error | undefined | 'nothing' {
  if (!(failure instanceof FetchError)) return undefined;
  switch (failure.type) {
    case 'rate_limited':
    case 'http_5xx':
      // Whoever says for how long is there, and is left alone for so long: the back-off clock has it.
      if (failure.retryAfterMs === undefined) return failure;
      return isProbe ? undefined : 'nothing';
    case 'timeout':
    case 'network':
    case 'auth':
      return failure;
    case 'http_4xx':
      return undefined;
    default:
      return isProbe ? undefined : 'nothing';
  }
}
