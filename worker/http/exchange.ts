/** One attempt: ask, follow what may be followed, read the body within its limits. */
import { type Agent, request } from 'undici';
import { readBody } from './body.ts';
import { type HttpLimits, REDIRECTS_MAX } from './limits.ts';
import { isRedirect, keepsMethod, RedirectError, redirectTarget } from './redirect.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Each Set-Cookie as it came. */
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

export interface Question {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST; undefined for a GET. */
  readonly body: string | undefined;
}

/** Bytes that the body of a refusal may have; only its first words are shown. */
const REFUSAL_BYTES_MAX = 256 * 1024;

/** @throws the errors of `body.ts`, `guard.ts` and `redirect.ts`, undici's own, or the signal's reason */
export async function exchange(
  agent: Agent,
  { url, headers, body: sent }: Question,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<Answer> {
  let target = url;
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    const response = await request(target, {
      dispatcher: agent,
      ...(sent === undefined ? {} : { method: 'POST', body: sent }),
      headers,
      signal,
      headersTimeout: limits.headersMs,
      bodyTimeout: limits.bodyMs,
    });
    const head = flatten(response.headers);
    if (isRedirect(response.statusCode)) {
      await response.body.dump();
      if (sent !== undefined && !keepsMethod(response.statusCode))
        throw new RedirectError('redirects a POST in a way that would ask something else');
      target = redirectTarget(target, head.location);
      continue;
    }
    const healthy = isHealthy(response.statusCode);
    const read = readBody(response.body, head['content-encoding'], healthy ? limits.bytesMax : REFUSAL_BYTES_MAX);
    // What a refusal says is a courtesy: its status stands even when its body does not arrive.
    const body = healthy ? await read : await read.catch(() => Buffer.alloc(0));
    signal.throwIfAborted();
    const cookies = [response.headers['set-cookie'] ?? []].flat();
    return { status: response.statusCode, headers: head, cookies, body };
  }
  throw new RedirectError(`redirects more than ${REDIRECTS_MAX} times`);
}

export function isHealthy(status: number): boolean {
  return status >= 200 && status < 300;
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
