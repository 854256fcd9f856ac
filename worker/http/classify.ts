/** Gives every failure its name, so that people, metrics and retries agree on what happened. */
import { type ExternalErrorType, FetchError } from '../../shared/errors.ts';
import { BodyDamagedError, BodyTooLargeError } from './body.ts';
import type { Answer } from './exchange.ts';
import { BlockedAddressError } from './guard.ts';
import { RedirectError } from './redirect.ts';
import { retryAfterMs } from './retry-after.ts';

const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];

/**
 * Names what went wrong before there was an answer to judge.
 * @param who the source, as the sentence begins
 * @returns undefined for what is no failure of the outside but a fault of ours
 */
export function transportError(error: unknown, who: string): FetchError | undefined {
  if (error instanceof BlockedAddressError)
    return new FetchError('other', `${who}: ${error.message}`, { cause: error });
  if (error instanceof RedirectError) return new FetchError('other', `${who} ${error.message}`, { cause: error });
  if (error instanceof BodyTooLargeError) return new FetchError('other', `${who}: ${error.message}`, { cause: error });
  if (error instanceof BodyDamagedError) return new FetchError('parse', `${who}: ${error.message}`, { cause: error });
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') {
    return new FetchError('timeout', `${who} did not finish its answer in time`, { cause: error });
  }
  const code = codeOf(error);
  if (code === undefined) return undefined;
  if (TIMEOUTS.includes(code))
    return new FetchError('timeout', `${who} did not answer in time (${code})`, { cause: error });
  if (code === 'UND_ERR_INVALID_ARG') {
    return new FetchError('other', `${who} cannot be asked: ${error.message}; look at its key`, { cause: error });
  }
  return new FetchError('network', `${who} cannot be reached (${code})`, { cause: error });
}

function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  // undici gives a code to most of its parser's errors, but not to all of them
  return error.name === 'HTTPParserError' ? 'not HTTP' : undefined;
}

/**
 * Names an answer that is not 2xx by its status.
 * @param words the first words of its body, free of secrets
 */
export function refusal(answer: Answer, who: string, words: string, now: number): FetchError {
  const { status, headers } = answer;
  const message = `${who} answered ${status}${words === '' ? '' : `: ${words}`}`;
  const asked = retryAfterMs(headers['retry-after'], now);
  const more = { status, ...(asked === undefined ? {} : { retryAfterMs: asked }) };
  if (status === 429 && isMonthly(words)) {
    // RapidAPI tells the end of the month in seconds.
    const reset = asked ?? retryAfterMs(headers['x-ratelimit-requests-reset'], now);
    return new FetchError('rate_limited', message, {
      status,
      quota: true,
      ...(reset === undefined ? {} : { retryAfterMs: reset }),
    });
  }
  if (status === 403 && isPace(headers, words)) {
    const reset = asked ?? resetMs(headers['x-ratelimit-reset'], now);
    return new FetchError('rate_limited', message, { status, ...(reset === undefined ? {} : { retryAfterMs: reset }) });
  }
  return new FetchError(typeOf(status), message, more);
}

/** Some refuse a pace with 403 (The Muse documents it): a right key that came too often is no wrong key. */
function isPace(headers: Answer['headers'], words: string): boolean {
  return headers['x-ratelimit-remaining']?.trim() === '0' || /\brate.?limit/i.test(words);
}

/** `X-RateLimit-Reset` is seconds from now at some (The Muse) and seconds since 1970 at others. */
function resetMs(value: string | undefined, now: number): number | undefined {
  const isTime = /^\d{10}$/.test(value?.trim() ?? '');
  return isTime ? retryAfterMs(new Date(Number(value) * 1000).toUTCString(), now) : retryAfterMs(value, now);
}

function typeOf(status: number): ExternalErrorType {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate_limited';
  if (status >= 500) return 'http_5xx';
  return status >= 400 ? 'http_4xx' : 'other';
}

function isMonthly(words: string): boolean {
  return /\b(monthly|month|lifetime)\b/i.test(words) && /quota|limit/i.test(words);
}

/** Whether the same request may well succeed in a moment. */
export function isWorthRetrying(error: unknown, retryAfterMaxMs: number): boolean {
  if (!(error instanceof FetchError) || error.quota) return false;
  if (error.retryAfterMs !== undefined && error.retryAfterMs > retryAfterMaxMs) return false;
  if (error.type === 'timeout') return isConnectTimeout(error.cause);
  return error.type === 'network' || error.type === 'rate_limited' || error.type === 'http_5xx';
}

/** A slow answer costs a slot its whole time limit, so only a connection that never opened is tried again. */
function isConnectTimeout(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(String(cause.code))
  );
}
