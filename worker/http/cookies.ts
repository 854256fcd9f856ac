/** Cookies between the tries of one request: some pages refuse the first try with 403 and a cookie, and want to see it again. */

const COOKIES_MAX = 20;
const COOKIE_LENGTH_MAX = 4096;

export interface Cookies {
  /** The header to send, or none. */
  header(): Readonly<Record<string, string>>;
  take(setCookie: readonly string[]): void;
  /** Whether a cookie came since this was asked last: only then is another try another question. */
  isNew(): boolean;
}

export function createCookies(): Cookies {
  const kept = new Map<string, string>();
  let fresh = false;
  return {
    header: (): Readonly<Record<string, string>> =>
      kept.size === 0 ? {} : { cookie: [...kept].map(([name, value]) => `${name}=${value}`).join('; ') },
    take(setCookie) {
      for (const line of setCookie) {
        const [, name, value] = /^\s*([^\s=;]+)=([^;]*)/.exec(line.slice(0, COOKIE_LENGTH_MAX)) ?? [];
        if (name === undefined || value === undefined || kept.get(name) === value) continue;
        if (!kept.has(name) && kept.size === COOKIES_MAX) return;
        kept.set(name, value);
        fresh = true;
      }
    },
    isNew() {
      const was = fresh;
      fresh = false;
      return was;
    },
  };
}
