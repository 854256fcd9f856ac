/** Who may ask for scans: whoever knows the admin token. Wrong guesses are counted, slowed down and logged without their value. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Log } from '../shared/log.ts';
import { rationedLog } from '../shared/rationed.ts';
import { sameSecret } from '../shared/same-secret.ts';
import { Problem } from './problems.ts';

export interface AdminGuard {
  /**
   * @param given value of X-Admin-Token
   * @param address who asks, as far as proxies can be believed
   * @throws Problem unauthorized or too-many-attempts
   */
  check(given: string | undefined, address: string): Promise<void>;
}

export interface AttemptLimits {
  /** Wrong tokens that one address may send within `seconds`; each process counts for itself. */
  readonly attempts: number;
  readonly seconds: number;
}

const LIMITS: AttemptLimits = { attempts: 10, seconds: 60 };

export function createAdminGuard(token: string, log: Log, limits: AttemptLimits = LIMITS): AdminGuard {
  const failures = new RateLimiterMemory({ points: limits.attempts, duration: limits.seconds });
  const lines = rationedLog(log);
  return {
    check: async (given, address) => {
      const key = networkOf(address);
      const before = await failures.get(key);
      if (before !== null && before.consumedPoints >= limits.attempts) throw tooMany(before);
      if (given !== undefined && sameSecret(given, token)) return;
      const audit = 'admin token refused';
      lines.write(audit, 'warn', { audit, given: given !== undefined && given !== '', network: key });
      // No token at all is a forgotten header and no guess.
      if (given !== undefined && given !== '') await failures.consume(key).catch(ignoreLimit);
      throw new Problem('unauthorized', { headers: { 'WWW-Authenticate': 'X-Admin-Token realm="admin"' } });
    },
  };
}

function tooMany(state: RateLimiterRes): Problem {
  return new Problem('too-many-attempts', {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(state.msBeforeNext / 1000))) },
  });
}

function ignoreLimit(reason: unknown): void {
  if (!(reason instanceof RateLimiterRes)) throw reason;
}

/** One IPv4 address, or one IPv6 network of /64: a single host owns all of the latter. */
export function networkOf(address: string): string {
  const v4 = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address;
  if (!v4.includes(':')) return v4;
  const [head = '', tail = ''] = v4.split('::');
  const left = head.split(':').filter((part) => part !== '');
  const right = tail.split(':').filter((part) => part !== '');
  const zeros = v4.includes('::') ? Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0') : [];
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
