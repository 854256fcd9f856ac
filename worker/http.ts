/** The only door to the internet. */

export interface FetchRequest {
  readonly url: URL;
  /** Metric label: the path pattern, never the path ("/v1/boards/:token/jobs"). */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Fetched {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; whole numbers beyond 2^53 are text. */
  readonly json: unknown;
  /** Bytes of the decoded body. */
  readonly bytes: number;
}
