/** better-auth, with every answer to "what would an identity professional try": see docs/accounts.md for the list and why. */
import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { genericOAuth, twoFactor } from 'better-auth/plugins';
import { PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { AccountConfig } from '../../shared/account-settings.ts';
import type { Log } from '../../shared/log.ts';
import { rationedLog } from '../../shared/rationed.ts';
import { afterSignIn } from './after-sign-in.ts';
import type { Attempts } from './attempts.ts';
import type { Audit } from './audit.ts';
import { linkPlugin } from './link-plugin.ts';
import { currentNotes } from './notes.ts';
import { hashPassword, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, verifyPassword } from './password.ts';
import { admission, providerOptions } from './provider.ts';
import { makeRecoveryCodes, storedCodes } from './recovery-codes.ts';
import { CHALLENGE_SECONDS, secondFactor } from './second-factor.ts';
import { secretVersions } from './secret-versions.ts';
import type { WaysIn } from './ways-in.ts';

/** Without use; written at most every quarter of an hour. */
export const IDLE_SECONDS = 12 * 3600;
const TOUCH_SECONDS = 900;
/** How long ago a sign-in may be for what opens the account to others. */
export const FRESH_SECONDS = 3600;
/** The only header from which better-auth takes the address of a client; handler.ts overwrites whatever came in it. */
export const CLIENT_IP_HEADER = 'x-scout-client-ip';

export interface BetterAuthOptions {
  readonly pool: Pool;
  readonly log: Log;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly ways: WaysIn;
  /** Milliseconds since 1970, by which codes of authenticator apps are looked at. */
  readonly clock: () => number;
  readonly accounts: AccountConfig;
  readonly secretKeys: readonly [string, ...string[]];
  /** Address under which people reach this, and others under which it is the same site. */
  readonly baseUrl: string;
  readonly otherOrigins: readonly string[];
}

export type BetterAuth = ReturnType<typeof createBetterAuth>;

export function createBetterAuth(options: BetterAuthOptions) {
  const { pool, accounts, baseUrl, otherOrigins } = options;
  const { hostname, protocol, origin } = new URL(baseUrl);
  const origins = [origin, ...otherOrigins];
  const https = protocol === 'https:';
  const verified = requireVerification();
  const lines = rationedLog(options.log);
  return betterAuth({
    appName: 'IAM Job Scout',
    baseURL: origin,
    basePath: '/api/auth',
    trustedOrigins: origins,
    secrets: secretVersions(options.secretKeys),
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // Forged answers of a provider, cookies of nobody: whoever likes can have these written.
      log: (level, message) => lines.write('better-auth', level === 'info' ? 'info' : 'warn', { betterAuth: message }),
    },
    onAPIError: { errorURL: '/sign-in' },
    database: { dialect: new PostgresDialect({ pool }), type: 'postgres', schemaName: 'auth' },
    // Ours counts in the database, by network and by account, and says when to come again.
    rateLimit: { enabled: false },
    advanced: {
      database: { generateId: 'uuid' },
      // Not better-auth's own: it would call the cookie __Secure-__Host-.
      useSecureCookies: false,
      // Safari refuses Secure cookies on http://localhost.
      cookiePrefix: https ? '__Host-iamscout' : 'iamscout',
      defaultCookieAttributes: { secure: https, path: '/', sameSite: 'lax', httpOnly: true },
      ipAddress: { ipAddressHeaders: [CLIENT_IP_HEADER], disableIpTracking: false },
    },
    session: {
      expiresIn: IDLE_SECONDS,
      updateAge: TOUCH_SECONDS,
      freshAge: FRESH_SECONDS,
      cookieCache: { enabled: false },
      additionalFields: {
        method: OURS,
        providerId: OURS,
        providerSubject: OURS,
        providerSession: OURS,
        authenticatedAt: { ...OURS, type: 'date' },
        acr: OURS,
      },
    },
    user: {
      additionalFields: {
        role: { type: 'string', required: true, defaultValue: 'seeker', input: false },
        banned: { type: 'boolean', required: true, defaultValue: false, input: false },
      },
      validateUserInfo: admission(pool, accounts),
    },
    verification: { storeIdentifier: 'hashed' },
    account: {
      encryptOAuthTokens: true,
      accountLinking: { enabled: true, disableImplicitLinking: true, allowDifferentEmails: true },
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user) => ({ data: { ...user, role: currentNotes().role ?? 'seeker', banned: false } }),
        },
      },
      account: {
        // Nothing here asks the provider for anything later, and what is not kept cannot be stolen.
        create: {
          before: async (account) => ({ data: { ...account, ...NO_TOKENS } }),
          // Passwords do not come through here: what is made is an identity at the provider, linked or of somebody new.
          after: ({ userId }) => options.audit('identity-linked', { userId, network: currentNotes().network }),
        },
        update: { before: async (account) => ({ data: { ...account, ...NO_TOKENS } }) },
      },
      session: { create: { before: (session) => admitSession(pool, session) } },
    },
    plugins: [
      passkey({
        rpID: hostname,
        rpName: 'IAM Job Scout',
        origin: origins,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: { requireSession: true, afterVerification: verified.registration },
        authentication: { afterVerification: verified.authentication },
      }),
      twoFactor({
        issuer: 'IAM Job Scout',
        twoFactorCookieMaxAge: CHALLENGE_SECONDS,
        // It sets the app up and asks for the code; whether a code is right is looked at in second-factor.ts.
        backupCodeOptions: {
          customBackupCodesGenerate: makeRecoveryCodes,
          storeBackupCodes: {
            encrypt: async (codes) => storedCodes(JSON.parse(codes) as string[]),
            decrypt: async () => '[]',
          },
        },
      }),
      ...(accounts.provider === undefined ? [] : [genericOAuth({ config: [providerOptions(accounts.provider)] })]),
      linkPlugin(pool, options.audit, options.ways),
      secondFactor(options),
      // The last: what comes before may take a session back that still needs a second factor.
      afterSignIn(options.audit),
    ],
  });
}

const OURS = { type: 'string', required: false, input: false } as const;
const NO_TOKENS = { idToken: null, accessToken: null, refreshToken: null };

/** The plugin asks the browser for user verification, but does not insist on the answer. */
function requireVerification() {
  const require = (yes: boolean | undefined) => {
    if (yes !== true)
      throw new APIError('UNAUTHORIZED', {
        code: 'USER_VERIFICATION_REQUIRED',
        message: 'The passkey did not verify you.',
      });
  };
  return {
    registration: async ({ verification }: { verification: { registrationInfo?: { userVerified: boolean } } }) =>
      require(verification.registrationInfo?.userVerified),
    authentication: async ({ verification }: { verification: { authenticationInfo: { userVerified: boolean } } }) =>
      require(verification.authenticationInfo.userVerified),
  };
}

/** The one place through which every new session comes, whatever the way in. */
async function admitSession<S extends { userId: string }>(pool: Pool, session: S) {
  const { rows } = await pool.query<{ banned: boolean; totp: boolean | null }>(
    'select banned, "twoFactorEnabled" as totp from auth."user" where id = $1',
    [session.userId],
  );
  const { method, providerSubject, providerSession, providerAuthenticatedAt, providerAcr } = currentNotes();
  if (rows[0]?.banned !== false) throw new APIError('FORBIDDEN', { code: 'ACCOUNT_CLOSED', message: 'closed' });
  // ASVS 6.3.3: a password alone is one factor.
  if (method === 'password' && rows[0].totp !== true)
    throw new APIError('FORBIDDEN', { code: 'TOTP_MISSING', message: 'no second factor' });
  return {
    data: {
      ...session,
      method: method ?? ('method' in session ? session.method : null),
      ...(method === 'provider' && {
        providerId: 'oidc',
        providerSubject,
        providerSession,
        authenticatedAt: providerAuthenticatedAt,
        acr: providerAcr,
      }),
    },
  };
}
