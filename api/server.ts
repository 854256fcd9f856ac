/** The listening half: limits of Node's HTTP server, refusals below Express, and an end that does not hang. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ProblemSlug, problemKind } from './problems.ts';

/** A slow client costs a socket, never the service: each limit ends what would otherwise stay open. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
  // A missing Host is refused by the same rule as a wrong one, in the same form.
  requireHostHeader: false,
} as const;
const REQUESTS_PER_SOCKET_MAX = 1_000;
const CONNECTIONS_MAX = 2_000;

export interface Listening {
  readonly port: number;
  /** Takes no new connections, lets running requests end, and cuts off what is left after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** @throws the error of `listen` when the address is taken or not ours */
export async function listen(app: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer({ ...LIMITS }, app);
  server.maxRequestsPerSocket = REQUESTS_PER_SOCKET_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', refuse);
  server.listen(port, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: (timeoutMs) => close(server, timeoutMs) };
}

const BY_CODE: Readonly<Record<string, ProblemSlug>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** What Node's parser refuses never reaches Express; the answer has the same form. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const slug = BY_CODE[error.code ?? ''] ?? 'malformed-request';
  const { status, title } = problemKind(slug);
  const body = JSON.stringify({ type: `/problems/${slug}`, title, status });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function close(server: Server, timeoutMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearTimeout(deadline);
}
