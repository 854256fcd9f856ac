/** Counting what guesses: in PostgreSQL, so that all processes count together and a lost Redis resets nothing. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../problems.ts';

export interface AttemptLimits {
  /** Wrong passwords for one address until it is locked, and for how long; a passkey and the provider still work. */
  readonly failures: number;
  readonly lockSeconds: number;
  /** Sign-ins of any kind that one network may begin in `networkSeconds`. */
  readonly networkAttempts: number;
  readonly networkSeconds: number;
}

export const ATTEMPT_LIMITS: AttemptLimits = {
  failures: 5,
  lockSeconds: 900,
  networkAttempts: 30,
  networkSeconds: 300,
};

/** Mails to one address, whoever asks for them. */
const MAILS = 5;
const MAIL_SECONDS = 900;

export interface Attempts {
  /** Before any sign-in. @throws Problem too-many-sign-ins */
  begin(network: string): Promise<void>;
  /** Before a password is looked at. @throws Problem locked-out */
  requireUnlocked(account: string): Promise<void>;
  /** @returns whether this failure was the one that locks */
  failed(account: string): Promise<boolean>;
  succeeded(account: string): Promise<void>;
  /**
   * Counts a guess before it is looked at.
   * @returns how many of `failures` are left after this one (below 0: it must not be looked at), and seconds until there are more
   */
  spend(account: string): Promise<{ readonly left: number; readonly retryAfter: number }>;
  /** Whether one more mail may go to this address: strangers ask for them. */
  mayMail(address: string): Promise<boolean>;
  /** True for the first call with this name within `seconds`. */
  isFirst(name: string, seconds: number): Promise<boolean>;
}

/** The name under which passwords of an address are counted, wherever one is asked for: no address lies in the table in clear. */
export function accountKey(address: string): string {
  return createHash('sha256').update(address.trim().toLowerCase()).digest('hex');
}

export function openAttempts(pool: Pool, limits: AttemptLimits = ATTEMPT_LIMITS): Attempts {
  const counter = (keyPrefix: string, points: number, duration: number, blockDuration = 0) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      schemaName: 'auth',
      tableName: 'attempt',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration,
      blockDuration,
      // While the database is away nobody can sign in; guesses must not be free when it comes back.
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration, blockDuration }),
    });
  const networks = counter('network', limits.networkAttempts, limits.networkSeconds);
  const accounts = counter('account', limits.failures, limits.lockSeconds, limits.lockSeconds);
  const once = counter('once', 1, 60);
  const mails = counter('mail', MAILS, MAIL_SECONDS);
  return {
    begin: async (network) => {
      const over = await consume(networks, network);
      if (over !== undefined) throw new Problem('too-many-sign-ins', retryAfter(over));
    },
    requireUnlocked: async (account) => {
      const state = await accounts.get(account);
      if (state !== null && state.consumedPoints >= limits.failures) throw new Problem('locked-out', retryAfter(state));
    },
    failed: async (account) => (await counted(accounts, account)).consumedPoints === limits.failures,
    spend: async (account) => {
      const state = await counted(accounts, account);
      return { left: limits.failures - state.consumedPoints, retryAfter: secondsOf(state) };
    },
    mayMail: async (address) => (await consume(mails, address)) === undefined,
    succeeded: async (account) => {
      await accounts.delete(account);
    },
    isFirst: async (name, seconds) => (await consume(once, name, seconds)) === undefined,
  };
}

async function consume(
  limiter: RateLimiterPostgres,
  key: string,
  customDuration?: number,
): Promise<RateLimiterRes | undefined> {
  try {
    await limiter.consume(key, 1, customDuration === undefined ? {} : { customDuration });
    return undefined;
  } catch (reason) {
    if (reason instanceof RateLimiterRes) return reason;
    throw reason;
  }
}

async function counted(limiter: RateLimiterPostgres, key: string): Promise<RateLimiterRes> {
  return limiter.consume(key).catch((reason: unknown) => {
    if (reason instanceof RateLimiterRes) return reason;
    throw reason;
  });
}

function retryAfter(state: RateLimiterRes) {
  return { headers: { 'Retry-After': String(secondsOf(state)) } };
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
