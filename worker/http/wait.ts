/** What a request must wait for, and what becomes of a unit that cannot wait for it. Pure, but for the error's own stack. */
import type { BreakerKind, WaitReason } from '../../shared/db/budgets/ledger.ts';
import { type ExternalErrorType, FetchError } from '../../shared/errors.ts';
import { type SourceName, sourceInfo } from '../../shared/sources.ts';
import { SiteUnknownError } from './permission/permission.ts';

export interface Wait {
  readonly source: SourceName;
  readonly why: WaitReason;
  /** The period of a budget, else what the source said. */
  readonly note: string | null;
  readonly kind: BreakerKind | null;
  /** When to come again; null: not before something changes. */
  readonly waitMs: number | null;
}

/**
 * Nothing was read yet and the next request is too far away to sit and wait for it: the unit gives its slot back and comes again.
 * No FetchError, so that a connector passes it on and never takes it for an answer of its source.
 */
export class WaitError extends Error {
  override readonly name = 'WaitError';
  readonly wait: Wait;
  constructor(wait: Wait) {
    super(sentenceOf(wait));
    this.wait = wait;
  }
}

/** The ledger did not answer: nobody knows whether a request may be made, so none is, and nothing is said about the source. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  constructor(cause: unknown) {
    super(`the ledger of requests did not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** What a unit waits in all for a source that asks to be left alone, or is down; a scan has to end. */
const WAITS_MAX_MS: Readonly<Record<WaitReason, number>> = {
  // The line moves on whatever happens, so whoever stands in it gets there.
  pace: Number.POSITIVE_INFINITY,
  calls: Number.POSITIVE_INFINITY,
  budget: 15 * 60_000,
  'back-off': 15 * 60_000,
  breaker: 2 * 60_000,
  robots: 15 * 60_000,
};

/**
 * Why a unit ends without a request, or undefined when it should come again.
 * @param waitedMs since it began to wait
 */
export function endOfWaiting(wait: Wait, waitedMs: number): Unasked | undefined {
  const isForLong = wait.kind === 'key' || wait.kind === 'quota' || wait.waitMs === null;
  if (!isForLong && waitedMs + (wait.waitMs ?? 0) <= WAITS_MAX_MS[wait.why]) return undefined;
  const error = `not asked: ${sentenceOf(wait)}`;
  // Our own ledger, or the source's quota: nothing failed, and nobody need look into it.
  if (wait.why === 'budget' || wait.kind === 'quota') return { state: 'out_of_quota', error };
  return { state: 'failed', errorType: errorTypeOf(wait), error };
}

type Unasked =
  | { readonly state: 'out_of_quota'; readonly error: string }
  | { readonly state: 'failed'; readonly errorType: ExternalErrorType; readonly error: string };

function errorTypeOf({ why, kind }: Wait): ExternalErrorType {
  if (why === 'robots') return 'other';
  if (why !== 'breaker') return 'rate_limited';
  return kind === 'key' ? 'auth' : 'network';
}

/** "Adzuna has no request of this day left; the next one is free in 3 hours". */
export function sentenceOf(wait: Wait): string {
  const when = wait.waitMs === null ? 'not before the key changes' : `again in ${durationOf(wait.waitMs)}`;
  return `${causeOf(wait)}: ${when}`;
}

/** The same without the moment, which goes by. */
export function causeOf({ source, why, note, kind }: Wait): string {
  const { label } = sourceInfo(source);
  switch (why) {
    case 'budget':
      return `${label} has no request of this ${note ?? 'period'} left`;
    case 'back-off':
      return `${label} asked to be left alone (${note ?? 'no reason given'})`;
    case 'breaker': {
      const what = kind === 'key' ? 'refuses its key' : kind === 'quota' ? 'has no quota left' : 'is down';
      return `${label} ${what} (${note ?? 'no reason given'})`;
    }
    case 'calls':
      return `${label} is being asked as much at once as it may be`;
    case 'pace':
      return `${label} has others in line before this`;
    case 'robots':
      return note ?? `${label} cannot say whether it may be read`;
  }
}

function durationOf(ms: number): string {
  for (const [name, size] of UNITS) {
    if (ms < size * 2) continue;
    return `${Math.round(ms / size)} ${name}`;
  }
  return 'a moment';
}

const UNITS = [
  ['days', 24 * 3_600_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
] as const;

/** A failure whose source asked for a pause is worth waiting for, when there is nothing to lose. */
export function waitOfFailure(source: SourceName, error: unknown): Wait | undefined {
  if (!(error instanceof FetchError) || error.quota || error.retryAfterMs === undefined) return undefined;
  if (error instanceof SiteUnknownError) {
    return { source, why: 'robots', note: error.message, kind: null, waitMs: error.retryAfterMs };
  }
  if (error.retryAfterMs > WAITS_MAX_MS['back-off']) return undefined;
  return { source, why: 'back-off', note: error.message, kind: null, waitMs: error.retryAfterMs };
}
