/** The pages on the way in. */
import type { Person } from '../auth/accounts.ts';
import { scriptTag } from './assets.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

interface SignIn {
  /** Already here; they may come in again, or as somebody else. */
  readonly person?: Person | undefined;
  readonly next: string;
  readonly error?: string | undefined;
  readonly email?: string | undefined;
  readonly providerLabel: string | undefined;
  readonly hasMail: boolean;
}

/** What a code in `?error=` means. The text of a stranger is never shown, only its code is looked up. */
const REASONS: Readonly<Record<string, string>> = {
  'wrong-credentials': 'The address, the password or the code is wrong.',
  'locked-out':
    'Too many wrong passwords or codes: they are refused for 15 minutes. A passkey or the provider still work.',
  'too-many-sign-ins': 'Too many sign-ins from your network. Wait a few minutes.',
  'totp-missing':
    'A password needs an authenticator app here. Sign in with a passkey or a one-time link, and add one under Settings.',
  'account-closed': 'The account is closed. An administrator can open it again.',
  ACCOUNT_CLOSED: 'The account is closed. An administrator can open it again.',
  'provider-unavailable': 'The provider does not answer. Try again in a moment, or sign in another way.',
  email_not_verified: 'The provider has not verified your e-mail address. Verify it there, then try again.',
  domain_not_allowed: 'Addresses of your domain may not sign in here.',
  not_invited: 'There is no account for you yet. Ask an administrator for an invitation.',
  account_not_linked:
    'There is an account with your address that the provider is not linked to. Sign in another way, then link it under Settings.',
  authentication_too_weak:
    'The provider did not prove you as strongly as this site asks (acr). Nobody was signed in. Try again, with a second factor there.',
  authentication_too_old:
    'You proved yourself at the provider too long ago, or it does not say when (auth_time). Nobody was signed in. Try again, and sign in there anew.',
  'set-up-required':
    'Add a passkey, or a password with an authenticator app, before you go on: a link is good for one factor only.',
  access_denied: 'The sign-in at the provider was cancelled.',
  unable_to_get_user_info:
    'The answer of the provider could not be verified (its signature, audience, issuer, expiry or nonce). Nobody was signed in. Try again; if it stays so, tell an administrator.',
  invalid_code: 'The provider did not answer, or refused to finish the sign-in. Try again in a moment.',
  issuer_mismatch: 'The answer came from another provider than the one that was asked. Nobody was signed in.',
  state_mismatch: 'The sign-in was begun in another browser, or too long ago. Try again.',
  state_not_found: 'The sign-in was begun in another browser, or too long ago. Try again.',
  please_restart_the_process: 'The sign-in was begun in another browser, or too long ago. Try again.',
  UNABLE_TO_LINK_ACCOUNT: 'The provider could not be linked. Sign in again, then try once more.',
};

export function reasonOf(code: string): string {
  return Object.hasOwn(REASONS, code)
    ? (REASONS[code] ?? '')
    : 'The sign-in did not work out. Try again, or sign in another way.';
}

export function errorLine(code: string | undefined): Html | false {
  return code !== undefined && html`<p class="notice" role="alert">${reasonOf(code)}</p>`;
}

export function signInPage({ person, next, error, email, providerLabel, hasMail }: SignIn): Html {
  return layout({
    title: 'Sign in',
    person,
    body: html`<h1>Sign in</h1>
${errorLine(error)}
${person !== undefined && html`<p>You are signed in as ${person.email}. <a href="${next}">Go on</a></p>`}
<section aria-labelledby="by-passkey">
<h2 id="by-passkey">Passkey</h2>
<p id="passkey-status" role="status"></p>
<p><button type="button" id="use-passkey" data-next="${next}">Use a passkey</button></p>
<noscript><p>Passkeys need JavaScript.</p></noscript>
</section>
${
  providerLabel !== undefined &&
  html`<section aria-labelledby="by-provider">
<h2 id="by-provider">Provider</h2>
<p><a class="button" href="/sign-in/provider?next=${encodeURIComponent(next)}${person !== undefined && '&again=true'}">Continue with ${providerLabel}</a></p>
</section>`
}
${
  hasMail &&
  html`<section aria-labelledby="by-mail">
<h2 id="by-mail">Link by mail</h2>
<form method="post" action="/sign-in/mail" class="stack">
<label>E-mail <input name="email" type="email" required autocomplete="email" maxlength="254"></label>
<input type="hidden" name="next" value="${next}">
<p><button>Send a link</button></p>
</form>
</section>`
}
<section aria-labelledby="by-password">
<h2 id="by-password">Password</h2>
<form method="post" action="/sign-in" class="stack">
<label>E-mail <input name="email" type="text" inputmode="email" required autocomplete="username webauthn" maxlength="254" value="${email ?? ''}"></label>
<label>Password <input name="password" type="password" required autocomplete="current-password"></label>
<input type="hidden" name="next" value="${next}">
<p><button>Sign in</button></p>
</form>
</section>
<p class="quiet">No way in? On the machine of the server, <code>npm run login</code> prints a link.</p>
${scriptTag('account.js')}`,
  });
}

export function codePage({ next, error }: { next: string; error?: string }): Html {
  return layout({
    title: 'Code',
    body: html`<h1>Code of your authenticator app</h1>
${errorLine(error)}
<form method="post" action="/sign-in/code" class="stack">
<label>The six digits that it shows now, or a recovery code <input name="code" required autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40"></label>
<input type="hidden" name="next" value="${next}">
<p><button>Sign in</button></p>
</form>
<p><a href="/sign-in">Sign in another way</a></p>`,
  });
}
