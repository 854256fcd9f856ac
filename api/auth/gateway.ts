/** The way from a request to better-auth and back: which headers it sees, which cookies it may set, and what its refusals are called here. */
import { isAPIError } from 'better-auth/api';
import { fromNodeHeaders } from 'better-auth/node';
import type { Request, Response as Res } from 'express';
import { networkOf } from '../admin-guard.ts';
import { Problem, type ProblemSlug } from '../problems.ts';
import { type BetterAuth, CLIENT_IP_HEADER } from './better-auth.ts';
import { type Notes, withNotes } from './notes.ts';

export interface Gateway {
  /**
   * Calls one of better-auth's own functions; its cookies go into the answer.
   * @throws Problem for every refusal
   */
  call<T>(
    req: Request,
    res: Res,
    notes: Notes,
    run: (auth: BetterAuth, headers: Headers) => Promise<Response>,
  ): Promise<T>;
  /** Lets better-auth answer an address of its own, its checks of origins included. @throws Problem for every refusal */
  forward<T>(req: Request, res: Res, notes: Notes, path: string, body?: unknown): Promise<T>;
  /** The same for an address that answers with a redirection. @returns where to */
  redirected(req: Request, res: Res, notes: Notes, path: string): Promise<string>;
}

export function openGateway(auth: () => BetterAuth, baseUrl: () => string): Gateway {
  const send = (req: Request, notes: Notes, path: string, body?: unknown): Promise<Response> => {
    const headers = headersOf(req);
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    if (body !== undefined) headers.set('content-type', 'application/json');
    return withNotes(notesOf(req, notes), () =>
      auth().handler(
        new globalThis.Request(`${new URL(baseUrl()).origin}${path}`, { method: req.method, headers, ...payload }),
      ),
    );
  };
  return {
    call: async <T>(
      req: Request,
      res: Res,
      notes: Notes,
      run: (auth: BetterAuth, headers: Headers) => Promise<Response>,
    ) => {
      const answer = await withNotes(notesOf(req, notes), () => run(auth(), headersOf(req))).catch(refused);
      return (await taken(answer, res)) as T;
    },
    forward: async <T>(req: Request, res: Res, notes: Notes, path: string, body?: unknown) =>
      (await taken(await send(req, notes, path, body), res)) as T,
    redirected: async (req, res, notes, path) => {
      const answer = await send(req, notes, path);
      const location = answer.headers.get('location');
      if (location === null) await taken(answer, res);
      passCookies(answer, res);
      return location ?? '/sign-in?error=unknown';
    },
  };
}

/** What better-auth sees of a request: the address of the client is the one that Express believes, whoever says otherwise. */
export function headersOf(req: Request): Headers {
  const headers = fromNodeHeaders(req.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'content-length') headers.delete(name);
  }
  headers.set(CLIENT_IP_HEADER, req.ip ?? '');
  return headers;
}

export function networkOfRequest(req: Request): string {
  return networkOf(req.ip ?? 'unknown');
}

function notesOf(req: Request, notes: Notes): Notes {
  return { ...notes, network: networkOfRequest(req) };
}

function passCookies(answer: Response, res: Res): void {
  for (const cookie of answer.headers.getSetCookie()) res.append('Set-Cookie', cookie);
}

async function taken(answer: Response, res: Res): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.status >= 400) throw toProblem(answer.status, codeOf(body), answer.headers.get('retry-after'));
  passCookies(answer, res);
  return body;
}

function refused(error: unknown): never {
  if (!isAPIError(error)) throw error;
  throw toProblem(error.statusCode, codeOf(error.body), null);
}

function codeOf(body: unknown): string {
  const code = (body as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Only the code is taken over: messages of others may hold what a request held. */
function toProblem(status: number, code: string, retryAfter: string | null): Problem {
  const slug =
    SLUGS[code] ?? (status >= 500 ? 'internal-error' : status === 401 ? 'sign-in-required' : 'malformed-request');
  const lockSeconds = slug === 'locked-out' ? (retryAfter ?? '900') : null;
  return new Problem(slug, {
    ...(lockSeconds === null ? {} : { headers: { 'Retry-After': lockSeconds } }),
    ...(slug === 'internal-error' ? { cause: new Error(`better-auth answered ${status} ${code}`) } : {}),
  });
}

const SLUGS: Readonly<Record<string, ProblemSlug>> = {
  CHALLENGE_NOT_FOUND: 'challenge-used',
  PASSKEY_NOT_FOUND: 'passkey-refused',
  USER_VERIFICATION_REQUIRED: 'passkey-refused',
  AUTHENTICATION_FAILED: 'passkey-refused',
  FAILED_TO_VERIFY_REGISTRATION: 'passkey-refused',
  YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: 'passkey-refused',
  PREVIOUSLY_REGISTERED: 'already-on',
  INVALID_EMAIL_OR_PASSWORD: 'wrong-credentials',
  INVALID_EMAIL: 'wrong-credentials',
  INVALID_PASSWORD: 'wrong-credentials',
  INVALID_CODE: 'wrong-credentials',
  INVALID_BACKUP_CODE: 'wrong-credentials',
  INVALID_TWO_FACTOR_COOKIE: 'wrong-credentials',
  BACKUP_CODES_NOT_ENABLED: 'wrong-credentials',
  TOTP_NOT_ENABLED: 'wrong-credentials',
  ACCOUNT_TEMPORARILY_LOCKED: 'locked-out',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'locked-out',
  TOTP_ALREADY_ENABLED: 'already-on',
  SESSION_NOT_FRESH: 'fresh-sign-in-required',
  SESSION_REQUIRED: 'sign-in-required',
  UNAUTHORIZED: 'sign-in-required',
  ACCOUNT_CLOSED: 'account-closed',
  TOTP_MISSING: 'totp-missing',
  LINK_USED: 'link-used',
  PROVIDER_NOT_FOUND: 'provider-unavailable',
  INVALID_ORIGIN: 'cross-site-request',
  MISSING_OR_NULL_ORIGIN: 'cross-site-request',
  CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: 'cross-site-request',
};
