/**
 * What anybody was answered before, answered again before Express is asked: finding the route and reading the parameters takes
 * several times as long as sending the answer. Whatever is not plain goes on to the routes, which answer the same.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { startRequest } from '../shared/metrics/http.ts';
import type { Counts, Kept } from './answer-cache.ts';
import { clientAddress } from './client-address.ts';
import { FOR_ANYBODY } from './headers.ts';
import { isOurHost } from './hosts.ts';
import { logRequest } from './request-log.ts';
import { countAtEnd } from './request-metrics.ts';
import type { Services } from './services.ts';
import { allowanceHeaders, asker } from './within-allowance.ts';

/** Who sends one of these may be somebody, or wants to be sure that the answer is new. */
const NOT_PLAIN = ['cookie', 'authorization', 'x-api-key', 'cache-control', 'if-modified-since'] as const;

/** @param routes answers whatever is not answered here; what was begun for a request is then in `res.locals` */
export function keptAnswers(
  services: Services,
  security: ReadonlyMap<string, string>,
  routes: RequestListener,
): RequestListener {
  const { answers, config, log, allowances } = services;
  // Where reading takes an account, no answer is anybody's: what the admin token was answered is kept, too.
  if (answers === undefined || !config.anonymousReading) return routes;
  const same = [...security].flat();
  return (req, res) => {
    const { method, url = '', headers } = req;
    if (method !== 'GET' || NOT_PLAIN.some((name) => headers[name] !== undefined)) return routes(req, res);
    const counts = answers.known(url);
    if (counts === undefined || !isOurHost(headers.host, req.socket.localPort, config)) return routes(req, res);
    const ip = clientAddress(req, config.trustProxy);
    const left = leftOf(counts, ip);
    if (left === undefined) return routes(req, res);
    const requestId = begin(res, counts, ip);
    const own = [...same, 'X-Request-Id', requestId, ...left, 'Cache-Control', FOR_ANYBODY];
    const kept = answers.find(url);
    if (!(kept instanceof Promise)) return kept === undefined ? routes(req, res) : answer(kept, own, req, res);
    kept.then(
      (made) => answer(made, own, req, res),
      // The routes try once more, and know how to tell what failed.
      () => routes(req, res),
    );
  };

  /** Headers that tell what is left, or undefined where that is not known at once. */
  function leftOf({ allowance }: Counts, ip: string | undefined): readonly string[] | undefined {
    if (allowance === 'none') return [];
    const taken = allowances.takeAtHand(allowance, asker(undefined, ip));
    return taken === 'unlimited' ? [] : taken && allowanceHeaders(allowance, taken).flat();
  }

  function begin(res: ServerResponse, { endpoint }: Counts, ip: string | undefined): string {
    const requestId = randomUUID();
    const endCount = startRequest('GET', endpoint, requestId);
    Object.assign(res, { locals: { requestId, endpoint, endCount } });
    logRequest(log, res, { requestId, method: 'GET', ip, endpoint: () => endpoint, userId: () => undefined });
    countAtEnd(res, endCount);
    return requestId;
  }
}

function answer(kept: Kept, same: readonly string[], req: IncomingMessage, res: ServerResponse): void {
  const { body, etag, headers } = kept.formFor(req);
  const isKnown = isSame(req.headers['if-none-match'], etag);
  const all = [...same];
  for (const name in headers) if (!isKnown || name !== 'Content-Type') all.push(name, headers[name] as string);
  if (!isKnown) all.push('Content-Length', String(body.length));
  res.writeHead(isKnown ? 304 : 200, all).end(isKnown ? undefined : body);
}

/** RFC 9110, 13.1.2: any of the list, weak or not. */
function isSame(wanted: string | undefined, etag: string): boolean {
  if (wanted === undefined) return false;
  return wanted.trim() === '*' || wanted.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
