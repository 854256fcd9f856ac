/** The failures that this system expects, by name. Anything else is a bug: it ends the process and the supervisor restarts it. */

/** `sysexits.h` EX_CONFIG: the settings are wrong and a restart will not help. */
export const EXIT_CONFIG = 78;

/** One or more settings are wrong. The message lists every fault, one a line, each with the name and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `${faults.length === 1 ? 'One setting is' : `${faults.length} settings are`} wrong:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Starting cannot go on: a port is taken, a server is unreachable, the disk is full. The message is one sentence with what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Values of the metric label `error_type` of external calls; the list is closed so that the label stays small. */
export const EXTERNAL_ERROR_TYPES = [
  'timeout',
  'network',
  'auth',
  'rate_limited',
  'http_4xx',
  'http_5xx',
  'parse',
  'other',
] as const;
export type ExternalErrorType = (typeof EXTERNAL_ERROR_TYPES)[number];

/** Values of `error_type` of a scan or a unit: an external failure, an answer that is too odd to be believed, or one of ours. */
export const SCAN_ERROR_TYPES = [...EXTERNAL_ERROR_TYPES, 'suspect', 'database', 'crashed', 'internal'] as const;
export type ScanErrorType = (typeof SCAN_ERROR_TYPES)[number];

/**
 * A call to the outside failed for good (retries are over), or answered something that its source never answers in health.
 * `retryAfterMs` is what the server asked for; `quota` says that the refusal is a monthly or lifetime quota, not a pace.
 */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly type: ExternalErrorType;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly quota: boolean;
  constructor(
    type: ExternalErrorType,
    message: string,
    more: { status?: number; retryAfterMs?: number; quota?: boolean; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.type = type;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.quota = more.quota ?? false;
  }
}

/**
 * A request that was not made, in the middle of a read, because our own ledger has none left or none soon: what was read so far is
 * kept, and the rest is our own limit. No request that follows would fare better.
 */
export class BudgetError extends FetchError {
  constructor(message: string) {
    super('rate_limited', message);
  }
}
