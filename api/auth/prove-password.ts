/** The present password, of somebody who is signed in: behind the lock of the sign-in, or an open session is where it is guessed. */
import { Problem } from '../problems.ts';
import type { Person } from './accounts.ts';
import { accountKey } from './attempts.ts';
import type { AccountServices } from './open.ts';
import { verifyPassword } from './password.ts';

type People = Pick<AccountServices, 'attempts' | 'audit' | 'pool'>;

/** @returns undefined where the account has none */
export async function presentPassword({ pool }: Pick<People, 'pool'>, owner: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ hash: string | null }>(
    `select password as hash from auth.account where "userId" = $1 and "providerId" = 'credential'`,
    [owner],
  );
  return rows[0]?.hash ?? undefined;
}

/** @throws Problem wrong-credentials, or locked-out after too many here and at the sign-in together */
export async function provePassword(
  { attempts, audit }: Pick<People, 'attempts' | 'audit'>,
  { id: userId, email }: Pick<Person, 'id' | 'email'>,
  { hash = '', given, network }: { hash: string | undefined; given: string; network: string },
): Promise<void> {
  const account = accountKey(email);
  // Counted before it is looked at: many guesses at once are as many guesses.
  const { left, retryAfter } = await attempts.spend(account);
  if (left < 0) throw new Problem('locked-out', { headers: { 'Retry-After': String(retryAfter) } });
  if (await verifyPassword({ hash, password: given })) return attempts.succeeded(account);
  await audit('proof-failed', { userId, network, detail: { method: 'password' } });
  if (left === 0) await audit('locked-out', { userId, network });
  throw new Problem('wrong-credentials');
}
