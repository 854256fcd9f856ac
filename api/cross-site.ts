/** The whole protection against forged requests: no tokens in forms, nothing to forget in a form. */

interface Parts {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a browser was made to send this by another site: an unsafe method with a cookie, and neither Sec-Fetch-Site nor
 * Origin says that one of our pages did it. `same-site` is not enough: all ports of localhost are one site.
 */
export function isForged({ method, headers }: Parts): boolean {
  if (SAFE.has(method) || headers.cookie === undefined) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = headers.origin;
  if (typeof origin !== 'string' || !URL.canParse(origin)) return true;
  return new URL(origin).host !== String(headers.host).toLowerCase();
}
