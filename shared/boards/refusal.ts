/** Why an address does not become a board. */

/** Each is a kind of problem of the API with a page of its own. */
export const BOARD_REFUSALS = [
  'unusable-url',
  'private-address',
  'page-forbidden',
  'page-unreachable',
  'no-board-found',
  'no-such-board',
  'board-unreachable',
  'check-timed-out',
  'check-failed',
] as const;
export type BoardRefusal = (typeof BOARD_REFUSALS)[number];

/** The message names the address and says what to do; it holds words of strangers only in quotation marks and cut. */
export class BoardRefusedError extends Error {
  override readonly name = 'BoardRefusedError';
  readonly reason: BoardRefusal;
  constructor(reason: BoardRefusal, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

const QUOTE_MAX = 120;

/** What somebody typed, for a message: in quotation marks, without control characters, and short. */
export function quoted(text: string): string {
  return JSON.stringify(shortText(text, QUOTE_MAX));
}

/** One line of at most `max` characters that PostgreSQL, JSON and a terminal can take: words of strangers are stored so. */
export function shortText(text: string, max: number): string {
  // Cut first: a megabyte is not worth cleaning.
  const line = text
    .slice(0, max * 4)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).toWellFormed()}…`;
}
