/** Keeps keys out of messages: servers and proxies like to repeat the request that they refuse. */

const SECRET_NAME = /(^|[-_])(id|key|token|secret|auth|authorization|password|signature)$|^appid$|^apikey$/i;

/**
 * The text without any value of the request's headers or query whose name says that it is a secret, and without the given
 * secrets, which may stand anywhere: in the path, or behind "Token " in a header.
 */
export function redact(
  text: string,
  url: URL,
  headers: Readonly<Record<string, string>> = {},
  secrets: readonly string[] = [],
): string {
  const named = [...Object.entries(headers), ...url.searchParams.entries()].filter(([name]) => SECRET_NAME.test(name));
  return [...named.map(([, value]) => value), ...secrets]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((clean, value) => clean.replaceAll(value, '***').replaceAll(encodeURIComponent(value), '***'), text);
}
