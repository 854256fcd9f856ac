/** /metrics on a port of its own, for METRICS_PORT. The supervisor serves it: it is there also where no api process runs. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenFault } from '../listen.ts';
import { mayReadMetrics } from '../metrics/access.ts';
import type { MetricsPage } from '../metrics/cluster.ts';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  read(): Promise<MetricsPage>;
}

const CONNECTIONS_MAX = 64;

/**
 * @returns how to end it
 * @throws StartError when the port cannot be had
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<() => Promise<void>> {
  const server = createServer(
    // A scraper sends a few hundred bytes and has one request under way.
    { headersTimeout: 5_000, requestTimeout: 10_000, maxHeaderSize: 8_192, keepAliveTimeout: 65_000 },
    (request, response) => void answer(request, response, options),
  );
  server.maxConnections = CONNECTIONS_MAX;
  try {
    // Exclusive: otherwise the primary would share the handle with workers that listen on the same port.
    server.listen({ host: options.host, port: options.port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw listenFault(error, 'METRICS_PORT') ?? error;
  }
  return async () => {
    server.close();
    server.closeAllConnections();
    if (server.listening) await once(server, 'close');
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: MetricsServerOptions,
): Promise<void> {
  const reader = { remoteAddress: request.socket.remoteAddress, headers: request.headers };
  const path = (request.url ?? '').split('?')[0];
  // A stranger gets the same answer as for a path that does not exist.
  if (path !== '/metrics' || !mayReadMetrics(reader, options.token)) return send(response, 404, 'not found\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'only GET\n');
  try {
    const page = await options.read();
    send(response, 200, page.body, page.contentType);
  } catch (error) {
    // Half of the numbers would look like a restart; the scraper's `up` becomes 0 instead.
    send(response, 503, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function send(response: ServerResponse, status: number, body: string, contentType = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
