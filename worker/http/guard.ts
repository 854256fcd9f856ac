/**
 * Which addresses this system may talk to. A source's answer, a redirect or a poisoned name must not make it ask the
 * machine it runs on or the network around it.
 */
import { type LookupAddress, type LookupOptions, lookup as resolveName } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A host leads to a loopback, private, link-local or otherwise special address. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
  constructor(host: string, address: string) {
    super(
      `${host} leads to ${address}, which is not a public address; only an address that the operator moved may be private`,
    );
  }
}

/** True for addresses of the public internet only; IPv4 inside IPv6 is judged as IPv4, translation prefixes are refused. */
export function isPublic(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'unicast';
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * A `lookup` for sockets that refuses a name as soon as one of its addresses is not public. The address that was checked
 * is the address that is connected to, so a name cannot change its mind in between.
 */
export function publicLookup(host: string, options: LookupOptions, callback: LookupCallback): void {
  resolveName(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const blocked = found.find((entry) => !isPublic(entry.address));
    if (blocked !== undefined) return callback(new BlockedAddressError(host, blocked.address), []);
    const [first] = found;
    if (options.all === true || first === undefined) return callback(null, found);
    callback(null, first.address, first.family);
  });
}
