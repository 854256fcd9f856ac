/** Which Host headers are ours. A foreign one means DNS rebinding or a proxy that was not told about. */
import type { ApiConfig } from './services.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** @param port the port of the socket that the request came in by */
export function isOurHost(
  host: string | undefined,
  port: number | undefined,
  config: Pick<ApiConfig, 'publicUrl'>,
): boolean {
  if (host === undefined || host.length > 260) return false;
  const given = host.toLowerCase();
  if (config.publicUrl !== undefined && namesOf(config.publicUrl).includes(given)) return true;
  return LOOPBACK_NAMES.some((name) => given === `${name}:${port}` || (port === 80 && given === name));
}

/** Reading the setting takes longer than all else that is checked of a request. */
let read: { readonly url: string; readonly names: readonly string[] } | undefined;

function namesOf(url: string): readonly string[] {
  if (read?.url === url) return read.names;
  const { hostname, host, protocol } = new URL(url);
  read = { url, names: [host, `${hostname}:${DEFAULT_PORTS[protocol]}`] };
  return read.names;
}
