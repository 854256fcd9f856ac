/** Where a request came from, as Express's own `req.ip` tells it, for what is answered before Express is asked. */
import type { IncomingMessage } from 'node:http';

/** @param proxies how many in front of us are believed; each adds who asked it at the end of X-Forwarded-For */
export function clientAddress({ socket, headers }: IncomingMessage, proxies: number): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  if (proxies === 0 || forwarded === undefined) return socket.remoteAddress;
  const told = String(forwarded)
    .split(',')
    .map((address) => address.replace(/^ +| +$/g, ''))
    .filter((address) => address !== '');
  return told[Math.max(0, told.length - proxies)] ?? socket.remoteAddress;
}
