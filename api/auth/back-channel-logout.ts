/** OpenID Connect Back-Channel Logout 1.0: the provider says that somebody is gone, and their sessions end here. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { ProviderConfig } from '../../shared/account-settings.ts';
import { Problem } from '../problems.ts';
import type { Attempts } from './attempts.ts';
import type { Audit } from './audit.ts';
import { discoveryUrl } from './provider.ts';
import type { Sessions } from './sessions.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** A token is for now; providers send it within seconds. */
const AGE_MAX_SECONDS = 120;
const SKEW_SECONDS = 30;
const FETCH_TIMEOUT_MS = 5_000;
/** How long the address of the provider's keys is believed. */
const DISCOVERY_MS = 600_000;

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** @throws Problem logout-token-refused, provider-unavailable */
export type BackChannelLogout = (token: string, network: string) => Promise<void>;

interface Options {
  readonly provider: ProviderConfig;
  readonly pool: Pool;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly attempts: Pick<Attempts, 'isFirst'>;
}

export function openBackChannelLogout({ provider, pool, sessions, audit, attempts }: Options): BackChannelLogout {
  const keys = rememberKeys(provider);
  return async (token, network) => {
    const jwks = await keys().catch((cause: unknown) => {
      throw new Problem('provider-unavailable', { cause });
    });
    const claims = await read(token, jwks, provider).catch((error: unknown) => error as Error);
    if (claims instanceof Error) return refuse(claims.message.slice(0, 200));
    if (!(await isFirstUse(pool, claims))) return refuse('the token was used before');
    const ended = await sessions.endOfProvider({ subject: claims.sub, session: claims.sid });
    for (const userId of ended) await audit('logout-by-provider', { userId, network });

    async function refuse(reason: string): Promise<never> {
      // Anybody can send nonsense here; it may not fill the trail.
      if (await attempts.isFirst(`logout refused ${network}`, 1))
        await audit('logout-token-refused', { network, detail: { reason } });
      throw new Problem('logout-token-refused');
    }
  };
}

async function read(token: string, jwks: Keys, { issuer, clientId }: ProviderConfig): Promise<Claims> {
  const { payload } = await jwtVerify(token, jwks, {
    // Providers differ in a slash at the end, and mean the same.
    issuer: [issuer, `${issuer}/`],
    audience: clientId,
    // Signatures by a key pair only: a shared secret proves nothing to whoever has the secret, too.
    algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
    requiredClaims: ['iss', 'aud', 'iat', 'jti', 'events'],
    maxTokenAge: AGE_MAX_SECONDS,
    clockTolerance: SKEW_SECONDS,
  });
  return checked(payload);
}

const claimsOfLogout = z
  .looseObject({
    jti: z.string().min(1).max(500),
    events: z.looseObject({ [EVENT]: z.looseObject({}) }),
    sub: z.string().min(1).max(500).optional(),
    sid: z.string().min(1).max(500).optional(),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined, 'neither sub nor sid');

type Claims = z.output<typeof claimsOfLogout>;

/** An ID token must never pass for a logout token: that is what `events` and the missing `nonce` are for. */
function checked(payload: JWTPayload): Claims {
  const parsed = claimsOfLogout.safeParse(payload);
  if (!parsed.success)
    throw new Error(`claim ${parsed.error.issues[0]?.path.join('.') || 'sub or sid'} is not as it must be`);
  return parsed.data;
}

async function isFirstUse(pool: Pool, { jti }: Claims): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with over as (delete from auth.logout_token where expires_at < now())
     insert into auth.logout_token (jti_hash, expires_at) values ($1, now() + make_interval(secs => $2))
     on conflict do nothing`,
    [createHash('sha256').update(jti).digest(), AGE_MAX_SECONDS + 2 * SKEW_SECONDS],
  );
  return rowCount === 1;
}

function rememberKeys(provider: ProviderConfig): () => Promise<Keys> {
  let known: { keys: Keys; url: string; until: number } | undefined;
  return async () => {
    if (known !== undefined && known.until > performance.now()) return known.keys;
    const url = await keysUrl(provider);
    const keys =
      known?.url === url ? known.keys : createRemoteJWKSet(new URL(url), { timeoutDuration: FETCH_TIMEOUT_MS });
    known = { keys, url, until: performance.now() + DISCOVERY_MS };
    return keys;
  };
}

const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

async function keysUrl(provider: ProviderConfig): Promise<string> {
  const answer = await fetch(discoveryUrl(provider), {
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`the provider's discovery document answers ${answer.status}`);
  const { issuer, jwks_uri } = discovery.parse(await answer.json());
  if (issuer.replace(/\/+$/, '') !== provider.issuer) throw new Error('the discovery document is of another issuer');
  return jwks_uri;
}
