/** What is asked of the door to the internet and what comes back. Pure types. */
import type { z } from 'zod';
import type { Known } from './not-modified.ts';

export interface FetchRequest<T> {
  readonly url: URL;
  /** Metric label: the path pattern, never the path ("/v1/boards/:token/jobs"). */
  readonly endpoint: string;
  /** The shape of a healthy answer, as loose as reading it needs. Anything else fails as `parse`, and is counted so. */
  readonly schema: z.ZodType<T>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST; without it the request is a GET. It is tried again like a GET, so it must be a question and no order. */
  readonly body?: unknown;
  /** What to call ourselves at a source that refuses our own User-Agent; all others are told who runs this. */
  readonly userAgent?: string;
  /** What the body is; JSON when it is missing. */
  readonly format?: BodyFormat;
  /** How many times the usual wait for the head of the answer this source needs at times. */
  readonly patience?: number;
  /** Statuses that this source also answers in health, for a moment: they are tried again as a 503 is. */
  readonly retryOn?: readonly number[];
  /** Tries a 403 that sets a cookie once more, with the cookie. It is forgotten after this request. */
  readonly keepCookies?: boolean;
  /** It is a page for people: its site's robots.txt and its reservations from mining are kept. */
  readonly isPage?: boolean;
  /** Bytes of the decoded body, where the default (25 MB) does not fit the source. */
  readonly bytesMax?: number;
  /** What is known of the answer: when it is still so, the request fails with a NotModifiedError. Asks for `bodyHash`, too. */
  readonly known?: Known;
}

/** How the bytes of a body become the value that the schema looks at. */
export interface BodyFormat {
  /** As in "answered something that is not XML". */
  readonly name: string;
  /** Value of the Accept header. */
  readonly accept: string;
  text(body: Buffer, contentType: string | undefined): string;
  /**
   * @param body the text's bytes, for whoever is faster with them; they are somebody else's afterwards
   * @throws Error when the text is of another kind; its message is not passed on, because it may quote the text
   */
  parse(text: string, body?: Buffer): unknown;
}

export interface Fetched<T> {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the format made of the body, in the schema's shape; whole numbers of JSON beyond 2^53 are text. */
  readonly json: T;
  /** Bytes of the decoded body. */
  readonly bytes: number;
  /** SHA-256 of the decoded body, when `known` asked for it. */
  readonly bodyHash?: string | undefined;
}

/**
 * Asks one source. Retries, limits and the signal are already set.
 * @throws FetchError when the request failed for good; NotModifiedError when its answer is known already; the signal's reason
 * when it was aborted
 */
export type Fetch = <T>(request: FetchRequest<T>) => Promise<Fetched<T>>;
