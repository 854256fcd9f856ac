/** `GET /metrics` over HTTP: who may read, which page, which headers. Fits node:http and Express alike. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ask, Page } from './page.ts';

export interface MetricsHandlerOptions {
  /** `hub.scrape`, or `agent.page` in any other process. */
  readonly scrape: (ask: Ask) => Promise<Page>;
  /**
   * Bearer tokens, any of which opens; two while one replaces the other. Without any, only this machine may read: a loopback connection that no
   * proxy has forwarded.
   */
  readonly tokens?: readonly string[];
  readonly onError?: (error: unknown) => void;
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/** Who may not read gets 404, as if there were nothing. A hub that cannot be reached is 503. */
export function metricsHandler({ scrape, tokens = [], onError = () => {} }: MetricsHandlerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!mayRead(request, tokens)) return answer(response, 404, 'Not found.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, 'Only GET.\n', { allow: 'GET, HEAD' });
    try {
      const { contentType, encoding, body, release } = await scrape(askOf(request));
      if (release !== undefined) response.once('close', release);
      const headers = { 'content-type': contentType, vary: 'Accept, Accept-Encoding', 'cache-control': 'no-store' };
      answer(response, 200, request.method === 'HEAD' ? undefined : body, {
        ...headers,
        'content-length': `${body.length}`,
        ...(encoding && { 'content-encoding': encoding }),
      });
    } catch (error) {
      onError(error);
      answer(response, 503, 'The metrics hub cannot be reached. It is started again; try the next scrape.\n');
    }
  };
}

function mayRead({ headers, socket }: IncomingMessage, tokens: readonly string[]): boolean {
  if (tokens.length === 0)
    return isLoopback(socket.remoteAddress) && !FORWARDED.some((name) => headers[name] !== undefined);
  const given = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  // Compares with each, always: how long it takes tells nothing.
  return tokens.map((token) => timingSafeEqual(digest(given), digest(token))).includes(true);
}

function isLoopback(address = ''): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function askOf({ headers, url = '' }: IncomingMessage): Ask {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
  const encoding = headers['accept-encoding'];
  return {
    accept: headers.accept,
    acceptEncoding: Array.isArray(encoding) ? encoding.join() : encoding,
    timeoutSeconds: seconds > 0 ? seconds : undefined,
    scope: query.get('scope') === 'host' ? 'host' : undefined,
    by: query.get('by') === 'process' ? 'process' : undefined,
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: string | Buffer | undefined,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(body);
}
