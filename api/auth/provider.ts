/** The OpenID Connect provider of the settings: how its answers are checked, and whom it may let in. */
import { decodeJwt } from 'jose';
import type { Pool } from 'pg';
import type { AccountConfig, ProviderConfig } from '../../shared/account-settings.ts';
import { takeInviteOf } from '../../shared/db/accounts/links.ts';
import { currentNotes, type Notes } from './notes.ts';

export const PROVIDER_ID = 'oidc';

const ACR_LENGTH_MAX = 200;
/** Clocks of two machines differ. */
const SKEW_SECONDS = 30;

export function discoveryUrl({ issuer }: Pick<ProviderConfig, 'issuer'>): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/** Options of better-auth's generic provider. It verifies signature, audience, expiry and nonce of the ID token; the rest is here. */
export function providerOptions(provider: ProviderConfig) {
  return {
    providerId: PROVIDER_ID,
    name: provider.label,
    discoveryUrl: discoveryUrl(provider),
    clientId: provider.clientId,
    ...(provider.clientSecret === undefined ? {} : { clientSecret: provider.clientSecret }),
    scopes: ['openid', 'email', 'profile'],
    pkce: true,
    requireIdTokenVerification: true,
    authorizationUrlParams: {
      ...(provider.acrValues.length > 0 && { acr_values: provider.acrValues.join(' ') }),
      ...(provider.maxAgeSeconds !== undefined && { max_age: String(provider.maxAgeSeconds) }),
    },
    accountSubject: ({ tokens }: { tokens: { idToken?: string | undefined } }) =>
      subjectOf(provider.issuer, tokens.idToken),
  };
}

/** Called with a token whose signature was verified. @throws Error when it is none of this issuer: nobody comes in then */
function subjectOf(issuer: string, idToken: string | undefined): string {
  if (idToken === undefined) throw new Error('the provider sent no ID token');
  const { iss, sub, sid, acr, auth_time: authTime } = decodeJwt(idToken);
  // The discovery document names an issuer, too, and it is believed for signatures only.
  if (iss?.replace(/\/+$/, '') !== issuer) throw new Error('the ID token is of another issuer');
  if (typeof sub !== 'string' || sub === '') throw new Error('the ID token names nobody');
  const notes = currentNotes();
  notes.providerSubject = sub;
  if (typeof sid === 'string') notes.providerSession = sid;
  if (typeof acr === 'string' && acr !== '') notes.providerAcr = acr.slice(0, ACR_LENGTH_MAX);
  if (typeof authTime === 'number' && Number.isSafeInteger(authTime) && authTime > 0)
    notes.providerAuthenticatedAt = new Date(Math.min(authTime * 1000, Date.now()));
  return sub;
}

interface Incoming {
  readonly user: { readonly email?: unknown; readonly emailVerified?: unknown };
  readonly source: { readonly method: string; readonly action: string };
}

/** Whom the provider may let in. What it returns is shown by its code on the sign-in page. */
export function admission(pool: Pool, accounts: AccountConfig) {
  return async ({ user, source }: Incoming): Promise<{ error: string } | undefined> => {
    if (source.method !== 'oauth') return undefined;
    if (user.emailVerified !== true || typeof user.email !== 'string') return { error: 'email_not_verified' };
    const tooWeak = accounts.provider && strengthFault(accounts.provider, currentNotes());
    if (tooWeak !== undefined) return { error: tooWeak };
    const domains = accounts.provider?.domains;
    const domain = user.email.toLowerCase().split('@').at(-1) ?? '';
    if (domains !== undefined && !domains.includes(domain)) return { error: 'domain_not_allowed' };
    if (source.action !== 'create-user' || domains !== undefined || accounts.registration === 'open') return undefined;
    const invite = await takeInviteOf(pool, user.email);
    if (invite === undefined) return { error: 'not_invited' };
    currentNotes().role = invite.role;
    return undefined;
  };
}

/**
 * What the settings expect of how somebody proved themselves at the provider, held against the claims of its ID token (OpenID
 * Connect Core 2, 3.1.3.7). What is asked for and not there counts as not done.
 */
export function strengthFault(
  { acrValues, maxAgeSeconds }: Pick<ProviderConfig, 'acrValues' | 'maxAgeSeconds'>,
  { providerAcr, providerAuthenticatedAt }: Pick<Notes, 'providerAcr' | 'providerAuthenticatedAt'>,
  now = Date.now(),
): 'authentication_too_weak' | 'authentication_too_old' | undefined {
  if (acrValues.length > 0 && (providerAcr === undefined || !acrValues.includes(providerAcr)))
    return 'authentication_too_weak';
  if (maxAgeSeconds === undefined) return undefined;
  const age = providerAuthenticatedAt === undefined ? Infinity : (now - providerAuthenticatedAt.getTime()) / 1000;
  return age > maxAgeSeconds + SKEW_SECONDS ? 'authentication_too_old' : undefined;
}
