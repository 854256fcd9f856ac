/** What one request to the outside may cost, in time, bytes and tries. */

export interface HttpLimits {
  /** Opening the connection, TLS included. */
  readonly connectMs: number;
  /** From the sent request to the head of the answer. */
  readonly headersMs: number;
  /** Silence between two pieces of the body. */
  readonly bodyMs: number;
  /** One attempt from first to last, redirects included: ends a server that drips one byte at a time. */
  readonly wholeMs: number;
  /** Bytes of a body, both as sent and after decompression. A request may ask for another figure. */
  readonly bytesMax: number;
  /** Attempts of one request, the first included. */
  readonly tries: number;
  /** Wait before the second try, doubled before the third, each with jitter. */
  readonly backoffMs: number;
  /** A `Retry-After` beyond this is not waited for: the request ends and says how long the source asked for. */
  readonly retryAfterMaxMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectMs: 5_000,
  headersMs: 20_000,
  bodyMs: 15_000,
  wholeMs: 60_000,
  bytesMax: 25 * 1024 * 1024,
  tries: 3,
  backoffMs: 500,
  retryAfterMaxMs: 30_000,
};

export const REDIRECTS_MAX = 3;
