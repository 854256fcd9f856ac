/** Where a redirect may lead: the same host, or the same host by https. */

/** The source sends us somewhere that we do not follow. */
export class RedirectError extends Error {
  override readonly name = 'RedirectError';
  /** Where it wanted to lead, when that is another host. */
  readonly host: string | undefined;
  /** The whole address there, for who may judge it and ask anew; it belongs in no message. */
  readonly to: URL | undefined;
  constructor(message: string, to?: URL) {
    super(message);
    this.host = to?.host;
    this.to = to;
  }
}

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** After the others a POST would become a GET, which asks something else (RFC 9110 15.4). */
export function keepsMethod(status: number): boolean {
  return status === 307 || status === 308;
}

/** @throws RedirectError that says which host it wanted, never the whole address */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from)) {
    throw new RedirectError('redirects without saying where');
  }
  const to = new URL(location, from);
  const upgraded = from.protocol === 'http:' && to.protocol === 'https:' && from.hostname === to.hostname;
  const same = from.protocol === to.protocol && from.host === to.host;
  if (same || (upgraded && from.port === '' && to.port === '')) return to;
  throw new RedirectError(`redirects to another host (${to.protocol}//${to.host}), which is not followed`, to);
}
