/**
 * Sources with a host of its own for each employer. The board's token becomes a part of that host, so it is held to what a
 * part of a host may be: a token must never lead the door to another host.
 */
import { FetchError } from '../../shared/errors.ts';
import type { Board } from './source.ts';

/** One label of a host name (RFC 1123 2.1). */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * @param baseUrl `https://{token}.example.com`, or what the operator put in its place: the token then goes into the path
 * @throws FetchError when the token is no part of a host name
 */
export function tenantBase(baseUrl: string, board: Board): string {
  if (!LABEL.test(board.token)) {
    throw new FetchError('other', `${JSON.stringify(board.token)} is no part of a host name: correct the board's name`);
  }
  return withToken(baseUrl, board.token.toLowerCase());
}

/** The base address with the token in its place, or behind it when it has no place for one. */
export function withToken(baseUrl: string, token: string): string {
  return baseUrl.includes('{token}') ? baseUrl.replace('{token}', () => token) : `${baseUrl}/${token}`;
}
