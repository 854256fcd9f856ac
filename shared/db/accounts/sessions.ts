/** How long sessions last, and which rows of accounts nobody needs any more. */
import type { Pool } from 'pg';

/** A session ends after this time in all, whatever the use. */
export const SESSION_LIFETIME_SECONDS = 30 * 86_400;
/** Enough for whoever looks into what happened to an account. */
const AUDIT_DAYS = 400;

/** Removes what is over: sessions, challenges, links, counted attempts, logout tokens, the oldest of the trail. */
export async function sweepAccounts(pool: Pick<Pool, 'query'>): Promise<void> {
  for (const statement of OVER) await pool.query(statement);
}

const OVER = [
  `delete from auth.session where "expiresAt" < now() or "createdAt" < now() - interval '${SESSION_LIFETIME_SECONDS} seconds'`,
  'delete from auth.verification where "expiresAt" < now()',
  `delete from auth.link where expires_at < now() - interval '30 days'`,
  'delete from auth.attempt where expire < extract(epoch from now()) * 1000',
  'delete from auth.logout_token where expires_at < now()',
  `delete from auth.audit where at < now() - interval '${AUDIT_DAYS} days'`,
];
