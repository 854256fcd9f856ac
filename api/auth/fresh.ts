import { Problem } from '../problems.ts';
import type { Person } from './accounts.ts';
import { FRESH_SECONDS } from './better-auth.ts';

export function isFresh({ signedInAt }: Pick<Person, 'signedInAt'>): boolean {
  return Date.now() - signedInAt.getTime() < FRESH_SECONDS * 1000;
}

/** For what opens the account to others: a session that was left open on a table must not be enough. @throws Problem fresh-sign-in-required */
export function requireFresh(person: Pick<Person, 'signedInAt'>): void {
  if (!isFresh(person)) throw new Problem('fresh-sign-in-required');
}
