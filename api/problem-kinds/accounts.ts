/** Who asks, and what they may do. */
import type { ProblemKind } from './kind.ts';

export const ACCOUNTS = {
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
  'too-many-attempts': {
    status: 429,
    title: 'Too many wrong tokens',
    about: 'Wait as long as the header Retry-After says, then try again with the right token.',
  },
} as const satisfies Record<string, ProblemKind>;
