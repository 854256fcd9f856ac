/** Who may read /metrics. */
import { isIP } from 'node:net';
import { sameSecret } from '../same-secret.ts';

export interface MetricsReader {
  /** Address of the socket, never of a header. */
  readonly remoteAddress: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Any of these says that the socket's other end is a proxy and not the reader. */
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/**
 * With a token: whoever sends it as a bearer token. Without one: only this machine, read directly.
 * Refused readers should see a 404, so that a stranger does not learn that there are metrics.
 */
export function mayReadMetrics(reader: MetricsReader, token: string | undefined): boolean {
  if (token !== undefined) {
    const given = /^Bearer +(\S+)$/i.exec(String(reader.headers.authorization ?? ''))?.[1];
    return given !== undefined && sameSecret(given, token);
  }
  return isLoopbackAddress(reader.remoteAddress) && FORWARDING.every((name) => reader.headers[name] === undefined);
}

/** 127.0.0.0/8, ::1, and the first one written as IPv6. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false;
  return address === '::1' || address.startsWith('127.') || address.toLowerCase().startsWith('::ffff:127.');
}
