import type { Person } from '../auth/accounts.ts';
import { Problem } from '../problems.ts';

/** Routes for users have a person; were one declared otherwise by mistake, this refuses instead of reading everybody's. */
export function ownerOf(person: Pick<Person, 'id'> | undefined): string {
  if (person === undefined) throw new Problem('sign-in-required');
  return person.id;
}
