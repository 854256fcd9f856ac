/**
 * What anybody was answered a moment ago, answered again before Express is asked: finding the route and reading the parameters
 * takes several times as long as sending the answer. Whatever is not plain goes on to the routes, which answer the same.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startRequest } from '../shared/metrics/http.ts';
import type { Kept } from './answer-cache.ts';
import { clientAddress } from './client-address.ts';
import { FOR_ANYBODY } from './headers.ts';
import { isOurHost } from './hosts.ts';
import { logRequest } from './request-log.ts';
import { countAtEnd } from './request-metrics.ts';
import type { Services } from './services.ts';
import { allowanceHeaders, asker } from './within-allowance.ts';

/** Who sends one of these may be somebody, or wants to be sure that the answer is new. */
const NOT_PLAIN = ['cookie', 'authorization', 'x-api-key', 'cache-control', 'if-modified-since'] as const;

/** @returns whether the request is answered; where not, nothing was done */
export function keptAnswers(
  services: Services,
  security: ReadonlyMap<string, string>,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const { answers, config, log, allowances } = services;
  if (answers === undefined) return () => false;
  const same = [...security].flat();
  return (req, res) => {
    const { method, url = '', headers } = req;
    if (method !== 'GET' || NOT_PLAIN.some((name) => headers[name] !== undefined)) return false;
    const kept = answers.find(url);
    if (kept === undefined || !isOurHost(headers.host, req.socket.localPort, config)) return false;
    const { body, etag, headers: own } = kept.formFor(req);
    const wanted = headers['if-none-match'];
    if (wanted !== undefined && wanted !== etag) return false;
    const ip = clientAddress(req, config.trustProxy);
    const left = leftOf(kept, ip);
    if (left === undefined) return false;
    const requestId = randomUUID();
    logRequest(log, res, { requestId, method, ip, endpoint: () => kept.endpoint, userId: () => undefined });
    countAtEnd(res, startRequest(method, kept.endpoint, requestId));
    const all = [...same, 'X-Request-Id', requestId, ...left, 'Cache-Control', FOR_ANYBODY];
    const isKnown = wanted !== undefined;
    for (const name in own) if (!isKnown || name !== 'Content-Type') all.push(name, own[name] as string);
    if (!isKnown) all.push('Content-Length', String(body.length));
    res.writeHead(isKnown ? 304 : 200, all).end(isKnown ? undefined : body);
    return true;
  };

  /** Headers that tell what is left, or undefined where that is not known at once. */
  function leftOf({ allowance }: Kept, ip: string | undefined): readonly string[] | undefined {
    if (allowance === 'none') return [];
    const taken = allowances.takeAtHand(allowance, asker(undefined, ip));
    return taken === 'unlimited' ? [] : taken && allowanceHeaders(allowance, taken).flat();
  }
}
