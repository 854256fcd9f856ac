/** Connections to the outside: kept alive, bounded in number, and only to public addresses. */
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { BlockedAddressError, isPublic, publicLookup } from './guard.ts';
import type { HttpLimits } from './limits.ts';

/** Open connections to one host at the most, over all units of this process. */
const CONNECTIONS_PER_HOST = 8;
const IDLE_MS = 10_000;

/** @param allowPrivateFor `URL.host` of the addresses that may be private because the operator named them */
export function createAgent(limits: HttpLimits, allowPrivateFor: ReadonlySet<string>): Agent {
  const plain = { timeout: limits.connectMs, allowH2: false };
  const anywhere = buildConnector(plain);
  // Sockets know more forms of lookup than undici's types do.
  const outside = buildConnector({ ...plain, lookup: publicLookup } as buildConnector.BuildOptions);
  return new Agent({
    connections: CONNECTIONS_PER_HOST,
    keepAliveTimeout: IDLE_MS,
    allowH2: false,
    connect(target, callback) {
      if (allowPrivateFor.has(hostOf(target))) return anywhere(target, callback);
      const host = target.hostname.replace(/^\[|\]$/g, '');
      // No lookup happens for an address that is written out, so it is judged here.
      if (isIP(host) !== 0 && !isPublic(host)) return callback(new BlockedAddressError(host, host), null);
      outside(target, (...result) => {
        const socket = result[1];
        const address = socket?.remoteAddress;
        // On a failure undici leaves the socket out, whatever its types say.
        if (!socket || (address !== undefined && isPublic(address))) return callback(...result);
        socket.destroy();
        callback(new BlockedAddressError(host, address ?? 'an unknown address'), null);
      });
    },
  });
}

/** As `URL.host` writes it: without the port where it is the protocol's own. */
function hostOf(target: buildConnector.Options): string {
  const name =
    target.hostname.includes(':') && !target.hostname.startsWith('[') ? `[${target.hostname}]` : target.hostname;
  return new URL(`${target.protocol}//${name}${target.port ? `:${target.port}` : ''}`).host;
}
