import { SIGN_IN_LINK_MINUTES } from '../../shared/db/accounts/links.ts';
import { Problem } from '../problems.ts';
import type { Person } from './accounts.ts';
import { FRESH_SECONDS } from './better-auth.ts';

type Proven = Pick<Person, 'signedInAt' | 'provenAt'>;

export function isFresh({ signedInAt, provenAt = signedInAt }: Proven, now = Date.now()): boolean {
  return now - provenAt.getTime() < FRESH_SECONDS * 1000;
}

/** For what opens the account to others: a session that was left open on a table must not be enough. @throws Problem fresh-sign-in-required */
export function requireFresh(person: Proven, now = Date.now()): void {
  if (!isFresh(person, now)) throw new Problem('fresh-sign-in-required');
}

/** They proved their mailbox, and whatever second factor they have, just now: a new password takes no old one. */
export function cameToReset({ method, signedInAt }: Pick<Person, 'method' | 'signedInAt'>): boolean {
  return method === 'mail' && Date.now() - signedInAt.getTime() < SIGN_IN_LINK_MINUTES * 60_000;
}
