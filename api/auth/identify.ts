/** From the cookie or the key of a request to the person who sent it. */
import { isAPIError } from 'better-auth/api';
import type { Request } from 'express';
import type { AccountConfig } from '../../shared/account-settings.ts';
import { SESSION_LIFETIME_SECONDS } from '../../shared/db/accounts/sessions.ts';
import { Problem } from '../problems.ts';
import type { Accounts, Person, RoleName } from './accounts.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Attempts } from './attempts.ts';
import type { Audit } from './audit.ts';
import type { BetterAuth } from './better-auth.ts';
import { headersOf, networkOfRequest } from './gateway.ts';
import type { Sessions } from './sessions.ts';
import type { WaysIn } from './ways-in.ts';

export interface Parts {
  readonly auth: () => BetterAuth;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly audit: Audit;
  readonly cookieName: string;
  readonly ways: WaysIn;
  readonly secondFactor: AccountConfig['secondFactor'];
}

export function openIdentify(parts: Parts): Accounts['personOf'] {
  return async (req) => {
    const secret = keyOf(req);
    if (secret !== undefined) return personOfKey(parts, secret, req);
    // Most requests carry nothing, and cost nothing.
    if (!req.headers.cookie?.includes(`${parts.cookieName}=`)) return undefined;
    return personOfSession(parts, req);
  };
}

/** The two usual places. A basic or other authorization is not for us. */
function keyOf(req: Request): string | undefined {
  const { authorization } = req.headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) return authorization.slice(7).trim();
  const given = req.headers['x-api-key'];
  return given === undefined ? undefined : String(given);
}

async function personOfKey({ keys, attempts, audit }: Parts, secret: string, req: Request): Promise<Person> {
  const found = await keys.personOf(secret);
  if (found !== undefined) {
    const { person, keyId, isFirstUse } = found;
    if (isFirstUse)
      await audit('key-first-used', { userId: person.id, network: networkOfRequest(req), detail: { keyId } });
    return person;
  }
  await attempts.begin(`key ${networkOfRequest(req)}`);
  throw new Problem('bad-api-key', { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });
}

async function personOfSession(
  { auth, sessions, ways, secondFactor }: Parts,
  req: Request,
): Promise<Person | undefined> {
  const { response, headers } = await auth()
    .api.getSession({ headers: headersOf(req), returnHeaders: true })
    .catch((error: unknown) => {
      // Of what better-auth wraps, the cause says whether the database was away.
      throw isAPIError(error) && error.cause !== undefined ? error.cause : error;
    });
  for (const cookie of headers.getSetCookie()) req.res?.append('Set-Cookie', cookie);
  if (response === null) return undefined;
  const { session, user } = response;
  if (Date.now() - session.createdAt.getTime() >= SESSION_LIFETIME_SECONDS * 1000) {
    await sessions.endById(session.id);
    return undefined;
  }
  if (user.banned) {
    await sessions.endOthers(user.id, undefined);
    return undefined;
  }
  const byLink = session.method === 'link' || session.method === 'mail';
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role as RoleName,
    via: 'session',
    scopes: 'all',
    signedInAt: session.createdAt,
    provenAt: session.method === 'provider' ? provenAt(session) : session.createdAt,
    sessionId: session.id,
    method: session.method ?? undefined,
    mustSetUp: secondFactor === 'required' && byLink && !(await ways.of(user.id)).isStrong,
  };
}

/** A provider that does not say when is believed to have asked for nothing: the least that it can have done (ASVS 6.8.4). */
function provenAt({
  createdAt,
  authenticatedAt,
}: {
  createdAt: Date;
  authenticatedAt?: Date | null | undefined;
}): Date {
  if (authenticatedAt == null) return new Date(0);
  return authenticatedAt < createdAt ? authenticatedAt : createdAt;
}
