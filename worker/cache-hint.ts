/** For how long a server says that its answer is good. Pure. */

/**
 * Seconds that are left of it, by `Cache-Control` (RFC 9111 5.2.2.1), else by `Expires`; undefined when it says nothing, or that
 * the answer must be asked for again each time.
 * @param headers names in lower case
 */
export function cacheSeconds(headers: Readonly<Record<string, string>>): number | undefined {
  const control = headers['cache-control'];
  const left = (control === undefined ? undefined : maxAge(control)) ?? untilExpiry(headers);
  return left !== undefined && left > 0 ? left : undefined;

  function maxAge(text: string): number | undefined {
    if (/(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,=])/i.test(text)) return 0;
    const age = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/i.exec(text)?.[1];
    return age === undefined ? undefined : Number(age) - whole(headers.age);
  }
}

/** By the server's own clock: ours may differ. */
function untilExpiry({ expires, date }: Readonly<Record<string, string>>): number | undefined {
  if (expires === undefined || date === undefined) return undefined;
  const seconds = (Date.parse(expires) - Date.parse(date)) / 1000;
  return Number.isFinite(seconds) ? seconds : undefined;
}

function whole(text: string | undefined): number {
  return text !== undefined && /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0;
}
