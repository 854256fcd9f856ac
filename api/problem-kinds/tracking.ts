/** What people track, and their account as a file. */
import type { ProblemKind } from './kind.ts';

export const TRACKING = {
  'move-refused': {
    status: 409,
    title: 'The job cannot become that from what it is',
    about: 'The member "allowed" of the answer lists what it can become. What happened by mistake can be undone.',
  },
  'undo-refused': {
    status: 409,
    title: 'That cannot be undone',
    about: 'The member "detail" of the answer says why: it was undone before, or a later change must be undone first.',
  },
  'tracking-full': {
    status: 409,
    title: 'A limit of your account is reached',
    about: 'The member "detail" of the answer says which.',
  },
  'account-not-empty': {
    status: 409,
    title: 'There is something in the account already',
    about:
      'An import goes into an account that tracks nothing. With merge=true it is added to what is there; a job that is there already stays as it is.',
  },
  'not-confirmed': {
    status: 409,
    title: 'It was not confirmed',
    about: 'Deleting the account takes its address once more: {"confirm": "you@example.org"}.',
  },
  'too-many-exports': {
    status: 429,
    title: 'Too many exports are running',
    about: 'Wait until one of them ends, then ask again.',
  },
} as const satisfies Record<string, ProblemKind>;
