/** /metrics on a port of its own, for METRICS_PORT. The supervisor serves it: it is there also where no api process runs. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenFault } from '../listen.ts';
import type { MetricsHost } from '../metrics/bus.ts';
import { metricsHandler } from '../metrics-bus/http.ts';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly read: MetricsHost['read'];
}

const CONNECTIONS_MAX = 64;

/**
 * @returns how to end it
 * @throws StartError when the port cannot be had
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<() => Promise<void>> {
  const { token, read } = options;
  const page = metricsHandler({ scrape: read, ...(token !== undefined && { tokens: [token] }) });
  const server = createServer(
    // A scraper sends a few hundred bytes and has one request under way.
    { headersTimeout: 5_000, requestTimeout: 10_000, maxHeaderSize: 8_192, keepAliveTimeout: 65_000 },
    (request, response) => void (isMetrics(request) ? page(request, response) : notFound(response)),
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

function isMetrics(request: IncomingMessage): boolean {
  return (request.url ?? '').split('?')[0] === '/metrics';
}

/** As for a reader who may not read: a stranger does not learn that there are metrics. */
function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found.\n');
}
