/** Everything of accounts, put together: what main.ts opens and the routes work with. */
import type { AccountConfig, ProviderConfig } from '../../shared/account-settings.ts';
import type { Log } from '../../shared/log.ts';
import { siteUrl } from '../../shared/site-url.ts';
import type { Accounts } from './accounts.ts';
import { type ApiKeys, openApiKeys } from './api-keys.ts';
import { type AttemptLimits, type Attempts, openAttempts } from './attempts.ts';
import { type Audit, openAudit } from './audit.ts';
import { type BackChannelLogout, openBackChannelLogout } from './back-channel-logout.ts';
import { type BetterAuth, createBetterAuth } from './better-auth.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { openIdentify } from './identify.ts';
import { type Mailer, openMailer } from './mail.ts';
import { type AuthPool, openAuthPool } from './pool.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { openWaysIn, type WaysIn } from './ways-in.ts';

export interface AccountServices extends Accounts {
  /** Where people open the page. */
  readonly baseUrl: () => string;
  readonly pool: AuthPool['pool'];
  readonly gateway: Gateway;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly ways: WaysIn;
  readonly attempts: Attempts;
  readonly audit: Audit;
  readonly auth: () => BetterAuth;
  readonly registration: AccountConfig['registration'];
  readonly secondFactor: AccountConfig['secondFactor'];
  /** Of the cookie that binds a link by mail to the browser that asked for it. */
  readonly mailCookie: { readonly name: string; readonly secure: boolean };
  readonly provider: ProviderConfig | undefined;
  readonly mailer: Mailer | undefined;
  /** A mail that was not waited for did not go out. */
  readonly mailFailed: (error: unknown) => void;
  readonly endByProvider: BackChannelLogout | undefined;
  close(): Promise<void>;
}

export interface AccountOptions {
  readonly databaseUrl: string;
  readonly accounts: AccountConfig;
  readonly secretKeys: readonly [string, ...string[]];
  readonly publicUrl: string | undefined;
  /** Asked when the first person comes: a server may get its port from the system. */
  readonly port: () => number;
  readonly log: Log;
  readonly limits?: AttemptLimits;
  readonly clock?: () => number;
}

/** Asks the database nothing until the first person comes. */
export function openAccounts(options: AccountOptions): AccountServices {
  const { accounts, secretKeys, log, publicUrl, port } = options;
  const { pool, close } = openAuthPool(options.databaseUrl);
  const audit = openAudit(pool, log);
  const baseUrl = () => siteUrl({ publicUrl, port: port() });
  const otherOrigins = () => (publicUrl === undefined ? [`http://127.0.0.1:${port()}`, `http://[::1]:${port()}`] : []);
  const attempts = openAttempts(pool, options.limits);
  const ways = openWaysIn(pool, accounts.provider !== undefined);
  let made: BetterAuth | undefined;
  const auth = () => {
    made ??= createBetterAuth({
      pool,
      log,
      audit,
      attempts,
      ways,
      clock: options.clock ?? Date.now,
      accounts,
      secretKeys,
      baseUrl: baseUrl(),
      otherOrigins: otherOrigins(),
    });
    return made;
  };
  const keys = openApiKeys(pool);
  const sessions = openSessions(pool);
  const mailer = openMailer(accounts);
  const { provider } = accounts;
  const secure = publicUrl?.startsWith('https:') === true;
  const cookie = (name: string) => `${secure ? '__Host-' : ''}iamscout.${name}`;
  return {
    personOf: openIdentify({
      auth,
      keys,
      sessions,
      ways,
      attempts,
      audit,
      cookieName: cookie('session_token'),
      secondFactor: accounts.secondFactor,
    }),
    baseUrl,
    pool,
    gateway: openGateway(auth, baseUrl),
    keys,
    sessions,
    ways,
    attempts,
    audit,
    auth,
    registration: accounts.registration,
    secondFactor: accounts.secondFactor,
    mailCookie: { name: cookie('mail'), secure },
    provider,
    mailer,
    mailFailed: (error) => log.warn({ err: error }, 'mail'),
    endByProvider: provider && openBackChannelLogout({ provider, pool, sessions, audit, attempts }),
    close: async () => {
      mailer?.close();
      await close();
    },
  };
}
