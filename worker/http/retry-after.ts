/** How long a server asks us to stay away. */

/** A month: longer than that is a mistake or a permanent refusal. */
const LONGEST_MS = 31 * 24 * 3_600_000;

/**
 * Reads `Retry-After` (RFC 9110 10.2.3): seconds, or an HTTP date.
 * @returns milliseconds from `now`, 0 for a date that is over, undefined when it says nothing readable
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_MS);
}
