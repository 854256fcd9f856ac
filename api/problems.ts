/** Every way in which a request can be refused. Each kind has a page, `/problems/<slug>`, that says what it means (RFC 9457). */

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for the page. */
  readonly about: string;
}

export const PROBLEMS = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    about: 'The request or its body is not well formed, for example JSON that ends too early. Send it again, complete.',
  },
  unauthorized: {
    status: 401,
    title: 'The admin token is missing or wrong',
    about:
      'Send the header X-Admin-Token. Unless ADMIN_TOKEN is set, the token was generated into the file admin-token in DATA_DIR.',
  },
  'sign-in-required': {
    status: 401,
    title: 'Nobody is signed in',
    about:
      'Sign in at /sign-in, or send an API key as "Authorization: Bearer iamscout_...". A session also ends by itself: after 12 hours without use, or after 30 days.',
  },
  'bad-api-key': {
    status: 401,
    title: 'The API key means nothing here',
    about: 'It is misspelt, expired or revoked. Keys are made under /settings and shown once.',
  },
  'wrong-credentials': {
    status: 401,
    title: 'Address, password or code are wrong',
    about: 'Which of them is not told. A one-time link and a passkey do the same without a password.',
  },
  'challenge-used': {
    status: 400,
    title: 'The challenge was used, or is too old',
    about: 'Each challenge for a passkey works once, for five minutes, in the browser that asked for it. Try again.',
  },
  'link-used': {
    status: 410,
    title: 'The link does not work any more',
    about:
      'It works once and for a short time. `npm run login` prints a new one on the machine of the server; an administrator invites anew.',
  },
  'link-elsewhere': {
    status: 403,
    title: 'The link belongs to another browser',
    about:
      'A link by mail signs in only the browser that asked for it. Open it there, enter the code of the mail there, or ask for a new link in this browser.',
  },
  'set-up-required': {
    status: 403,
    title: 'The account needs a second factor first',
    about:
      'Whoever came by a link adds a passkey, a password with an authenticator app, or the provider under /settings before anything else; SECOND_FACTOR says so.',
  },
  'passkey-refused': {
    status: 401,
    title: 'The passkey was not accepted',
    about:
      'It is not known here, its challenge was used or is over, or it did not verify you (by PIN, finger or face). Try again.',
  },
  'provider-refused': {
    status: 401,
    title: 'The sign-in at the provider did not work out',
    about: 'What the provider answered could not be verified, or does not let you in here. The page says which.',
  },
  'account-closed': {
    status: 403,
    title: 'The account is closed',
    about: 'An administrator closed it; only they can open it again.',
  },
  'totp-missing': {
    status: 403,
    title: 'A password needs a second factor here',
    about: 'Sign in with a passkey or a one-time link, and add an authenticator app under /settings.',
  },
  'fresh-sign-in-required': {
    status: 403,
    title: 'You signed in too long ago for this',
    about: 'What opens the account to others takes a sign-in of the last hour: sign in again, then repeat it.',
  },
  'weak-password': {
    status: 422,
    title: 'The password is too easy to guess',
    about: 'It must have at least 15 characters and be none that everybody tries first. Any characters will do.',
  },
  'last-way-in': {
    status: 409,
    title: 'This is the last way into the account',
    about: 'Add a passkey, a provider or a password with an authenticator app first; then this one can go.',
  },
  'already-on': {
    status: 409,
    title: 'It is set up already',
    about: 'Remove what is there first.',
  },
  'too-many-keys': {
    status: 409,
    title: 'There are too many API keys',
    about: 'A person may have 20. Revoke one that is not used any more.',
  },
  'logout-token-refused': {
    status: 400,
    title: 'The logout token is not valid',
    about:
      'See OpenID Connect Back-Channel Logout 1.0, section 2.6: signature, iss, aud, iat, jti, events, sub or sid, no nonce.',
  },
  'too-many-sign-ins': {
    status: 429,
    title: 'Too many sign-ins from your network',
    about: 'Wait as long as the header Retry-After says.',
  },
  'locked-out': {
    status: 429,
    title: 'Too many wrong passwords',
    about:
      'Passwords are refused for this address for 15 minutes, right ones too. A passkey, a provider and a one-time link still work.',
  },
  'provider-unavailable': {
    status: 503,
    title: 'The provider does not answer',
    about: 'Try again in a moment, or sign in another way.',
  },
  'mail-unavailable': {
    status: 503,
    title: 'The mail could not be sent',
    about: 'Try again in a moment, or sign in another way.',
  },
  'scope-missing': {
    status: 403,
    title: 'The API key may not do this',
    about: 'The member "scope" of the answer says what it would need. Make a key with that scope under /settings.',
  },
  'session-required': {
    status: 403,
    title: 'This takes a person who is signed in',
    about: 'No API key may do this, whatever its scopes; sign in at /sign-in.',
  },
  'admin-only': {
    status: 403,
    title: 'This is for administrators',
    about: 'Whoever has the role admin gives it to others.',
  },
  'cross-site-request': {
    status: 403,
    title: 'The request comes from another site',
    about: 'A request that changes something and carries a cookie must come from a page of this site.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    about: 'The address is wrong, or what it named does not exist. The list of all addresses is in docs/api.md.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The address exists, but not for this method',
    about: 'The header Allow of the answer lists the methods that the address understands.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    about: 'A request must arrive whole within 30 seconds, its headers within 10.',
  },
  'scan-over': {
    status: 409,
    title: 'The scan is already over',
    about: 'Only a scan that is queued or running can be cancelled.',
  },
  'operation-refused': {
    status: 409,
    title: 'The operation means nothing here',
    about: 'What it names is in a state in which there is nothing to do; the member "detail" of the answer says which.',
  },
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
  'precondition-failed': {
    status: 412,
    title: 'It was changed meanwhile',
    about:
      'The header If-Match names an older state than the one that is there. Read it again, then make the change again.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    about: 'A body may have 64 kB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not plain JSON',
    about: 'Send the body as UTF-8 JSON with the header Content-Type: application/json and without a Content-Encoding.',
  },
  'wrong-host': {
    status: 421,
    title: 'This server does not answer to that host name',
    about:
      'The header Host must be the host of PUBLIC_URL, or localhost with the port of this server. Behind a proxy, set PUBLIC_URL and let the proxy keep the Host header.',
  },
  'invalid-input': {
    status: 422,
    title: 'Something in the request is not as it must be',
    about: 'The list "errors" of the answer says what, where and why.',
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
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    about: 'The same key came within 24 hours with another content. Use a new key for a new request.',
  },
  'precondition-required': {
    status: 428,
    title: 'The change must say what it was made from',
    about:
      'Send the header If-Match with the ETag of what you read, so that no change of somebody else is lost unseen.',
  },
  'too-many-attempts': {
    status: 429,
    title: 'Too many wrong tokens',
    about: 'Wait as long as the header Retry-After says, then try again with the right token.',
  },
  'too-many-scans': {
    status: 429,
    title: 'Too many scans are open',
    about: 'Wait until one of them ends, or cancel one, then ask again.',
  },
  'too-many-checks': {
    status: 429,
    title: 'Too many boards are being checked',
    about:
      'Five checks may be open at once, and sixty asked for in an hour. Wait as long as the header Retry-After says.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    about:
      'The header RateLimit-Policy says how many are allowed, and Retry-After when the next one is. Whoever runs this server sets RATE_LIMITS.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    about: 'All headers of a request together may have 16 kB.',
  },
  'internal-error': {
    status: 500,
    title: 'Something broke here',
    about: 'This is a fault of the server. Its log has the details under the requestId of the answer.',
  },
  'database-unavailable': {
    status: 503,
    title: 'The database does not answer',
    about: 'Try again in a moment. Whoever runs this server finds the cause with `npm run doctor`.',
  },
  'queue-unavailable': {
    status: 503,
    title: 'The queue does not answer',
    about: 'Nothing was started. Try again in a moment; `npm run doctor` finds the cause.',
  },
  'not-ready': {
    status: 503,
    title: 'The server is not ready',
    about: 'It is starting, ending, or misses the database or the queue.',
  },
  'metrics-unavailable': {
    status: 503,
    title: 'The metrics hub cannot be reached',
    about: 'It is started again by itself; the next scrape works.',
  },
  'too-many-exports': {
    status: 429,
    title: 'Too many exports are running',
    about: 'Wait until one of them ends, then ask again.',
  },
  'too-many-streams': {
    status: 503,
    title: 'Too many event streams are open',
    about: 'Close a stream, or read the scan itself from time to time.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemSlug = keyof typeof PROBLEMS;
export const PROBLEM_SLUGS = Object.keys(PROBLEMS) as ProblemSlug[];

export function problemKind(slug: ProblemSlug): ProblemKind {
  return PROBLEMS[slug];
}

/** One thing that is wrong: where, and why. `pointer` is a JSON Pointer (RFC 6901) into the part that `in` names. */
export interface InputError {
  readonly in: 'query' | 'body' | 'header';
  readonly pointer: string;
  readonly detail: string;
}

interface More {
  /** What happened, with the value that caused it; never sent with a status of 500 or more. */
  readonly detail?: string;
  readonly errors?: readonly InputError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** In a browser: the page to go to instead of showing the problem. */
  readonly goTo?: string;
  /** Further members of the answer. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Thrown by a handler to refuse the request; app.ts makes the answer of it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly slug: ProblemSlug;
  readonly more: More;
  constructor(slug: ProblemSlug, more: More = {}) {
    super(PROBLEMS[slug].title, more.cause === undefined ? undefined : { cause: more.cause });
    this.slug = slug;
    this.more = more;
  }
}
