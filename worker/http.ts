/** The only door to the internet: limits, retries, addresses and the names of failures are decided here for every source. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import type { Agent } from 'undici';
import { FetchError } from '../shared/errors.ts';
import { countRetry, trackExternalApi } from '../shared/metrics/external-api.ts';
import { type SourceName, sourceInfo } from '../shared/sources.ts';
import { createAgent } from './http/agent.ts';
import { ACCEPT_ENCODING } from './http/body.ts';
import { transportError } from './http/classify.ts';
import { type Cookies, createCookies } from './http/cookies.ts';
import { exchange, isHealthy } from './http/exchange.ts';
import type { Fetch, Fetched, FetchRequest } from './http/fetch.ts';
import { endInTurn, inTries, isWorthAnother, tryInTurn } from './http/in-turn.ts';
import { JSON_FORMAT } from './http/json.ts';
import { judge } from './http/judge.ts';
import { HTTP_LIMITS, type HttpLimits } from './http/limits.ts';
import { compare, conditionsOf, NotModifiedError } from './http/not-modified.ts';
import { createPermissions, type Permissions } from './http/permission/permission.ts';
import { refuseReserved, siteAsker } from './http/permission/site-asker.ts';
import { giveBack } from './http/spare-buffers.ts';
import type { Call, Turn } from './http/turn.ts';

export interface HttpOptions {
  /** Web or mail address in the User-Agent, so that a source can reach whoever runs this. */
  readonly contact: string;
  readonly version: string;
  /** `URL.host` of the addresses that the operator moved ("127.0.0.1:8080"): only they may be private. */
  readonly allowPrivateFor?: ReadonlySet<string>;
  readonly limits?: Partial<HttpLimits>;
  /** Keys of sources: no message repeats one, wherever in a request it stood. */
  readonly secrets?: readonly string[];
  /** Asks the site of a page (`FetchRequest.isPage`) whether it may be read. */
  readonly asksSites?: boolean;
  /** Only in simulations: what answers in the place of the internet. */
  readonly exchange?: Exchange;
}

type Exchange = typeof exchange;

/** Our name in a robots.txt (RFC 9309 2.2.1). */
const PRODUCT = 'IAM-Job-Scout';

export interface FetchContext {
  /** Ends the request, its retries and its waiting at once. */
  readonly signal: AbortSignal;
  /** Called before each attempt, the first included. */
  readonly onAttempt?: () => void;
  /** What the ledger has for this unit; without it nothing but the source's own refusals makes a request wait. */
  readonly turn?: Turn | undefined;
}

export interface Http {
  fetchFor(source: SourceName, context: FetchContext): Fetch;
  /** Ends all connections. */
  close(): Promise<void>;
}

export function createHttp(options: HttpOptions): Http {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const agent = createAgent(limits, options.allowPrivateFor ?? new Set());
  const userAgent = `${PRODUCT}/${options.version} (+${options.contact})`;
  const permissions = options.asksSites === true ? createPermissions(PRODUCT) : undefined;
  const { secrets = [] } = options;
  const door: Door = { agent, limits, userAgent, secrets, exchange: options.exchange ?? exchange };
  return {
    fetchFor: (source, context) => (request) => {
      const cookies = request.keepCookies === true ? createCookies() : undefined;
      const { signal, turn } = context;
      const { host } = request.url;
      const policy = retryPolicy(source, limits, (error) =>
        isWorthAnother(turn, error, limits.retryAfterMaxMs, (maxMs) => isPassing(error, request, cookies, maxMs)),
      );
      const attempt = inTries(() =>
        tryInTurn(turn, host, signal, (call) => {
          context.onAttempt?.();
          const ask = () => attemptOnce(door, source, request, cookies, signal, call);
          return trackExternalApi(source, request.endpoint, ask, errorTypeOf);
        }),
      );
      // Thrown behind the metrics and the retries: it is no failure.
      const ask = async () => {
        await mayRead(door, permissions, source, request, context);
        return policy.execute(attempt, signal);
      };
      const asked = endInTurn(turn, source, host, ask()).then((answer) => {
        if (answer instanceof NotModifiedError) throw answer;
        return answer;
      });
      return untilAborted(asked, signal);
    },
    close: () => agent.destroy(),
  };
}

/** @throws FetchError when the page's site does not allow it */
async function mayRead<T>(
  door: Door,
  permissions: Permissions | undefined,
  source: SourceName,
  { isPage, url }: FetchRequest<T>,
  { turn, signal }: FetchContext,
): Promise<void> {
  if (permissions === undefined || isPage !== true) return;
  const { label } = sourceInfo(source);
  await permissions.check(url, label, siteAsker(door, label, turn, signal));
}

interface Door {
  readonly agent: Agent;
  readonly limits: HttpLimits;
  readonly userAgent: string;
  readonly secrets: readonly string[];
  readonly exchange: Exchange;
}

/** undici writes a request one turn of the loop after it is asked to, and two after an answer on the same connection. */
const TURNS_TO_WRITE = 2;

async function untilWritten(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_WRITE; turn++) await nextTurn();
}

async function attemptOnce<T>(
  { agent, limits, userAgent, secrets, exchange }: Door,
  source: SourceName,
  request: FetchRequest<T>,
  cookies: Cookies | undefined,
  signal: AbortSignal,
  call: Call | undefined,
): Promise<Fetched<T> | NotModifiedError> {
  const who = sourceInfo(source).label;
  const headers = {
    accept: (request.format ?? JSON_FORMAT).accept,
    'accept-encoding': ACCEPT_ENCODING,
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...request.headers,
    ...conditionsOf(request.known),
    ...cookies?.header(),
    'user-agent': request.userAgent ?? userAgent,
  };
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.wholeMs)]);
  const headersMs = limits.headersMs * (request.patience ?? 1);
  const bounds = { ...limits, headersMs, bytesMax: request.bytesMax ?? limits.bytesMax };
  const answer = await exchange(agent, { url: request.url, headers, body }, bounds, deadline).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw transportError(error, who) ?? error;
    },
  );
  cookies?.take(answer.cookies);
  // Whoever goes next sends its request before this answer is understood and stored, which takes longer.
  if (call?.answered(answer.headers, isHealthy(answer.status)) === true) await untilWritten();
  try {
    if (request.isPage === true) refuseReserved(answer, request, who);
    const compared = compare(answer, request.known);
    if (compared instanceof NotModifiedError) return compared;
    return { ...judge(answer, request, who, secrets), bodyHash: compared };
  } finally {
    giveBack(answer.body);
  }
}

/** A refusal that this request expects to pass, soon. */
function isPassing<T>(
  error: unknown,
  request: FetchRequest<T>,
  cookies: Cookies | undefined,
  retryAfterMaxMs: number,
): boolean {
  if (!(error instanceof FetchError) || error.status === undefined) return false;
  if ((error.retryAfterMs ?? 0) > retryAfterMaxMs) return false;
  return request.retryOn?.includes(error.status) === true || (error.status === 403 && cookies?.isNew() === true);
}

function retryPolicy(source: SourceName, limits: HttpLimits, isWorth: (error: unknown) => boolean) {
  const backoff = new DelegateBackoff<{ attempt: number; result: object }>(({ attempt, result }) => {
    const asked = 'error' in result && result.error instanceof FetchError ? result.error.retryAfterMs : undefined;
    const own = limits.backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random());
    // Jitter on top of what was asked for: all who were refused at once must not come back at once.
    return asked === undefined ? own : asked + Math.random() * limits.backoffMs;
  });
  const policy = retry(handleWhen(isWorth), { maxAttempts: limits.tries - 1, backoff });
  policy.onRetry(() => countRetry(source));
  return policy;
}

function errorTypeOf(error: unknown) {
  return error instanceof FetchError ? error.type : 'other';
}

/** The wait between two tries does not hear the signal; whoever cancelled must not wait for it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
