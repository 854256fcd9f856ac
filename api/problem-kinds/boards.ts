/** Addresses that are to become boards. */
import type { ProblemKind } from './kind.ts';

export const BOARDS = {
  'board-exists': {
    status: 409,
    title: 'The board is there already',
    about: 'The member "board" of the answer says which it is. A board that is switched off is switched on with PATCH.',
  },
  'check-not-ready': {
    status: 409,
    title: 'The check has not ended yet',
    about: 'Read the check until its state is ready, then save it.',
  },
  'board-ambiguous': {
    status: 409,
    title: 'The address may mean several boards',
    about: 'Look at the candidates of the check and say which one is meant: {"candidate": 0}.',
  },
  'board-unsure': {
    status: 409,
    title: 'The board may not exist',
    about:
      'It lists nothing, and its source says the same of boards that do not exist. Check the name; save it with {"evenIfUnsure": true} when you know that it is right.',
  },
  'board-unusable': {
    status: 409,
    title: 'The board cannot be read',
    about:
      'Its source has no such board, or could not be asked. The candidate of the check says which; check again later.',
  },
  'unusable-url': {
    status: 422,
    title: 'The address cannot be used',
    about:
      'Paste the whole address of a careers page or of one posting, as a browser shows it: https, a named host, no user, no port.',
  },
  'private-address': {
    status: 422,
    title: 'The address leads into a private network',
    about: 'Only pages of the public internet are read.',
  },
  'no-board-found': {
    status: 422,
    title: 'The page leads to no board that can be read',
    about:
      "Open the employer's list of openings, follow one of them and paste its address. Sources that can be read are in docs/sources.md.",
  },
  'no-such-board': {
    status: 422,
    title: 'The source has no such board',
    about: 'The name in the address is misspelt, or the employer has left the source. Open the address in a browser.',
  },
  'page-forbidden': {
    status: 422,
    title: 'The page may not be read by programs',
    about:
      'Its robots.txt or its owner says so, and that is kept. A posting of the same employer on a board may be read.',
  },
  'page-unreachable': {
    status: 422,
    title: 'The page cannot be read',
    about: 'It does not exist, does not let programs in, or does not answer now. Open the address in a browser.',
  },
  'board-unreachable': {
    status: 422,
    title: 'The board cannot be read now',
    about: 'Its source did not answer, or not in the form that it has in health. Check it again later.',
  },
  'check-timed-out': {
    status: 422,
    title: 'The check did not end in time',
    about: 'A page or a source was too slow, or no worker runs. Ask again; `npm run doctor` finds what does not run.',
  },
  'check-failed': {
    status: 422,
    title: 'The check failed by a fault of this server',
    about: 'Its log has the details under the id of the check.',
  },
  'too-many-checks': {
    status: 429,
    title: 'Too many boards are being checked',
    about:
      'Five checks may be open at once, and sixty asked for in an hour. Wait as long as the header Retry-After says.',
  },
} as const satisfies Record<string, ProblemKind>;
