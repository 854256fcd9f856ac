/** The code of the authenticator app, or a recovery code, after a password or a link by mail. Its endpoints have no address of their own. */
import { timingSafeEqual } from 'node:crypto';
import { createOTP } from '@better-auth/utils/otp';
import type { GenericEndpointContext as Context } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { expireCookie, setSessionCookie } from 'better-auth/cookies';
import { generateRandomString, symmetricDecrypt } from 'better-auth/crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { AuditEvent } from '../../shared/db/accounts/audit-events.ts';
import type { Attempts } from './attempts.ts';
import type { Audit } from './audit.ts';
import { currentNotes, type Method } from './notes.ts';
import { takeRecoveryCode } from './recovery-codes.ts';

/** For what comes between the first factor and the second. */
export const CHALLENGE_SECONDS = 300;
/** better-auth's name: its own sign-in by password sets the same cookie. */
const CHALLENGE_COOKIE = 'two_factor';
/** RFC 6238. A code is good for the half minute in which it is shown, and no longer (ASVS 6.5.5). */
const STEP_MS = 30_000;

interface Parts {
  readonly pool: Pool;
  readonly attempts: Pick<Attempts, 'spend' | 'succeeded' | 'isFirst'>;
  readonly audit: Audit;
  /** Milliseconds since 1970, by which codes are looked at. */
  readonly clock: () => number;
}

export function secondFactor(parts: Parts) {
  return {
    id: 'second-factor' as const,
    endpoints: {
      acceptCode: createAuthEndpoint(
        '/second-factor/accept',
        { method: 'POST', body: z.object({ code: z.string() }), metadata: { SERVER_ONLY: true } },
        async (ctx) => {
          const { internalAdapter, secret } = ctx.context;
          const cookie = ctx.context.createAuthCookie(CHALLENGE_COOKIE);
          const challenge = await ctx.getSignedCookie(cookie.name, secret);
          const waiting = challenge ? await internalAdapter.findVerificationValue(challenge) : null;
          if (!challenge || !waiting || waiting.expiresAt < new Date()) throw wrong();
          const [userId = '', method = 'password'] = waiting.value.split(' ');
          await check(ctx, parts, { userId, given: ctx.body.code, failure: 'sign-in-failed' });
          const used = await internalAdapter.consumeVerificationValue(challenge);
          const user = used && (await internalAdapter.findUserById(userId));
          if (!user) throw wrong();
          currentNotes().method = method as Method;
          const session = await internalAdapter.createSession(userId);
          await setSessionCookie(ctx, { session, user });
          expireCookie(ctx, cookie);
          return ctx.json({ userId });
        },
      ),
      /** Of whoever is signed in and sets the app up. */
      confirmTotp: createAuthEndpoint(
        '/second-factor/confirm',
        {
          method: 'POST',
          body: z.object({ userId: z.string(), code: z.string() }),
          metadata: { SERVER_ONLY: true },
        },
        async (ctx) => {
          const { userId, code } = ctx.body;
          await check(ctx, parts, { userId, given: code, failure: 'proof-failed' });
          await parts.pool.query(
            `with app as (update auth."twoFactor" set verified = true where "userId" = $1 returning "userId")
             update auth."user" set "twoFactorEnabled" = true where id = (select "userId" from app)`,
            [userId],
          );
          return ctx.json({ userId });
        },
      ),
    },
  };
}

/** Has the browser go on to the page that asks for the code. @param method the first factor */
export async function beginChallenge(ctx: Context, userId: string, method: Method): Promise<void> {
  const challenge = `2fa-${generateRandomString(32)}`;
  await ctx.context.internalAdapter.createVerificationValue({
    identifier: challenge,
    value: `${userId} ${method}`,
    expiresAt: new Date(Date.now() + CHALLENGE_SECONDS * 1000),
  });
  const { name, attributes } = ctx.context.createAuthCookie(CHALLENGE_COOKIE, { maxAge: CHALLENGE_SECONDS });
  await ctx.setSignedCookie(name, challenge, ctx.context.secret, attributes);
}

/** @throws APIError when the code is wrong, was used, or there were too many */
async function check(
  ctx: Context,
  { pool, attempts, audit, clock }: Parts,
  { userId, given, failure }: { userId: string; given: string; failure: AuditEvent },
) {
  const code = given.replaceAll(/\s/g, '');
  const { network } = currentNotes();
  // Counted before it is looked at: many guesses at once are as many guesses.
  const { left, retryAfter } = await attempts.spend(`code ${userId}`);
  if (left < 0)
    throw new APIError('TOO_MANY_REQUESTS', { code: 'ACCOUNT_TEMPORARILY_LOCKED' }, { 'retry-after': `${retryAfter}` });
  const isRight = /^\d{6}$/.test(code) ? await isShownNow(code) : await takeRecoveryCode(pool, userId, code);
  if (isRight) return attempts.succeeded(`code ${userId}`);
  await audit(failure, { userId, network, detail: { method: 'code' } });
  if (left === 0) await audit('locked-out', { userId, network, detail: { method: 'code' } });
  throw wrong();

  async function isShownNow(code: string): Promise<boolean> {
    const { rows } = await pool.query<{ secret: string }>('select secret from auth."twoFactor" where "userId" = $1', [
      userId,
    ]);
    const [row] = rows;
    if (row === undefined) return false;
    const secret = await symmetricDecrypt({ key: ctx.context.secretConfig, data: row.secret });
    const step = Math.floor(clock() / STEP_MS);
    const shown = await createOTP(secret, { digits: 6, period: STEP_MS / 1000 }).hotp(step);
    if (!timingSafeEqual(Buffer.from(shown), Buffer.from(code))) return false;
    // RFC 6238, 5.2: whoever reads it over a shoulder comes too late.
    return attempts.isFirst(`totp ${userId} ${step}`, (2 * STEP_MS) / 1000);
  }
}

function wrong(): APIError {
  return new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'wrong, or used' });
}
