/** The page on which a person sets up the ways into their account. Its buttons call /api/v1/account/*, see account.js. */
import { type Person, SCOPES } from '../auth/accounts.ts';
import type { ApiKey } from '../auth/api-keys.ts';
import type { SessionItem } from '../auth/sessions.ts';
import type { Ways } from '../auth/ways-in.ts';
import { scriptTag } from './assets.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { errorLine } from './sign-in-page.ts';

interface Settings {
  readonly person: Person;
  readonly ways: Ways;
  readonly sessions: readonly SessionItem[];
  readonly keys: readonly ApiKey[];
  readonly providerLabel: string | undefined;
  readonly isFresh: boolean;
  /** They came to set a forgotten password anew, and are not asked for it. */
  readonly hasForgotten: boolean;
  readonly error: string | undefined;
}

export function settingsPage(settings: Settings): Html {
  const { person, isFresh, error } = settings;
  return layout({
    title: 'Settings',
    person,
    body: html`<h1>Settings</h1>
<p>${person.email}${person.role === 'admin' && ' · administrator'}</p>
${errorLine(error)}
<p><a href="/settings/data">What you hide, export, import, delete the account</a></p>
<p id="status" role="status"></p>
<noscript><p class="notice">The buttons of this page need JavaScript.</p></noscript>
${person.mustSetUp && html`<p class="notice">Add a passkey, or a password with an authenticator app, to go on: you came by a link, which is one factor only.</p>`}
${!isFresh && html`<p class="notice">You proved yourself more than an hour ago, or your provider does not say when. To change a way into your account, <a href="/sign-in?next=/settings">sign in again</a>.</p>`}
${passkeys(settings)}
${password(settings)}
${provider(settings)}
${sessions(settings)}
${apiKeys(settings)}
${scriptTag('account.js')}`,
  });
}

function passkeys({ ways }: Settings): Html {
  return html`<section aria-labelledby="passkeys">
<h2 id="passkeys">Passkeys</h2>
${ways.passkeys.length === 0 && html`<p>None yet. A passkey is the safest and quickest way in.</p>`}
<ul class="rows">
${ways.passkeys.map(
  (
    passkey,
  ) => html`<li><span>${passkey.name ?? 'Passkey'}</span> <span class="quiet">${passkey.backedUp ? 'synced' : 'on one device'}${passkey.createdAt && html`, added ${day(passkey.createdAt)}`}</span>
<button type="button" data-prompt="Name of the passkey" data-call="PATCH /api/v1/account/passkeys/${passkey.id}" data-field="name">Rename</button>
<button type="button" data-call="DELETE /api/v1/account/passkeys/${passkey.id}">Remove</button></li>`,
)}
</ul>
<form id="add-passkey" class="stack"><label>Name <input name="name" maxlength="100" placeholder="This computer" required></label>
<p><button>Add a passkey</button></p></form>
</section>`;
}

function password({ ways, person, hasForgotten }: Settings): Html {
  const { hasPassword, hasTotp } = ways;
  // A password manager files a password under the name that it finds in its form; without a name it is not sent.
  const username = html`<input type="text" autocomplete="username" value="${person.email}" readonly hidden>`;
  return html`<section aria-labelledby="password">
<h2 id="password">Password and authenticator app</h2>
<p>${hasPassword ? (hasTotp ? 'Both are set up.' : 'The password is good for nothing yet: add an authenticator app.') : 'None. A password works here only together with an authenticator app.'}</p>
<form id="set-password" class="stack">${username}
${hasPassword && !hasForgotten && html`<label>Present password <input name="currentPassword" type="password" required autocomplete="current-password"></label>`}
<label>New password, 15 characters or more <input name="newPassword" type="password" required minlength="15" maxlength="128" autocomplete="new-password"></label>
<p><button>${hasPassword ? 'Change the password' : 'Set a password'}</button></p></form>
${hasPassword && (hasTotp ? recoveryCodes(ways) : authenticatorApp(username))}
${hasPassword && html`<p><button type="button" data-call="DELETE /api/v1/account/password">Remove both</button></p>`}
</section>`;
}

function authenticatorApp(username: Html): Html {
  return html`<form id="begin-totp" class="stack">${username}<label>Password <input name="password" type="password" required autocomplete="current-password"></label>
<p><button>Set up an authenticator app</button></p></form>
<form id="confirm-totp" class="stack" hidden><p>Scan this with your app, or enter <code id="totp-secret"></code>, or <a id="totp-link" href="#">open it there</a>.</p>
<svg id="totp-picture" class="qr" role="img" aria-label="QR code for the authenticator app"></svg>
<p>Recovery codes, each for one sign-in without the app; they are not shown again:</p><pre id="totp-codes"></pre>
<label>Code that the app shows now <input name="code" required inputmode="numeric" pattern="[0-9]{6}" autocomplete="one-time-code"></label>
<p><button>Confirm</button></p></form>`;
}

function recoveryCodes({ recoveryCodesLeft }: Settings['ways']): Html {
  return html`<p>Recovery codes left: ${recoveryCodesLeft}, each for one sign-in without the app.</p>
<form id="renew-codes"><p><button>Make new ones, and end those</button></p></form>
<pre id="new-codes" role="status"></pre>`;
}

function provider({ ways, providerLabel }: Settings): Html | false {
  if (providerLabel === undefined && ways.identities.length === 0) return false;
  return html`<section aria-labelledby="provider">
<h2 id="provider">Provider</h2>
<ul class="rows">
${ways.identities.map((identity) => html`<li><span>${providerLabel ?? identity.providerId}</span> <span class="quiet">linked ${day(identity.createdAt)}</span> <button type="button" data-call="DELETE /api/v1/account/identities/${identity.id}">Unlink</button></li>`)}
</ul>
${providerLabel !== undefined && ways.identities.length === 0 && html`<p><button type="button" id="link-provider">Link ${providerLabel}</button></p>`}
</section>`;
}

const METHODS: Readonly<Record<string, string>> = {
  passkey: 'by passkey',
  password: 'by password and code',
  provider: 'by the provider',
  link: 'by a one-time link',
  mail: 'by a link by mail',
};

function sessions({ sessions: items }: Settings): Html {
  return html`<section aria-labelledby="sessions">
<h2 id="sessions">Sessions</h2>
<ul class="rows">
${items.map(
  (item) => html`<li><span>${item.current ? 'This browser' : (item.userAgent ?? 'Unknown browser').slice(0, 120)}</span>
<span class="quiet">${METHODS[item.method ?? ''] ?? ''}${item.acr !== null && ` (${item.acr})`} since ${day(item.createdAt)}, last seen ${day(item.lastSeenAt)}${item.ipAddress !== null && html` from ${item.ipAddress}`}</span>
${!item.current && html`<button type="button" data-call="DELETE /api/v1/account/sessions/${item.id}">End</button>`}</li>`,
)}
</ul>
${items.length > 1 && html`<p><button type="button" data-call="DELETE /api/v1/account/sessions">End all others</button></p>`}
</section>`;
}

function apiKeys({ keys, person }: Settings): Html {
  const offered = SCOPES.filter((scope) => person.role === 'admin' || (scope !== 'admin:run' && scope !== 'scan:run'));
  return html`<section aria-labelledby="keys">
<h2 id="keys">API keys</h2>
<ul class="rows">
${keys.map(
  (key) => html`<li><span>${key.name}</span> <code>${key.start}…</code>
<span class="quiet">${key.scopes.join(', ')}; ${key.expiresAt === null ? 'never expires' : html`expires ${day(key.expiresAt)}`}; ${key.lastUsedAt === null ? 'never used' : html`last used ${day(key.lastUsedAt)}`}</span>
<button type="button" data-call="DELETE /api/v1/account/api-keys/${key.id}">Revoke</button></li>`,
)}
</ul>
<form id="make-key" class="stack"><label>Name <input name="name" required maxlength="100"></label>
<fieldset><legend>May</legend>${offered.map((scope) => html`<label><input type="checkbox" name="scopes" value="${scope}"> <code>${scope}</code></label> `)}</fieldset>
<label>Days until it expires <input name="expiresInDays" type="number" min="1" max="3650" value="90"></label>
<p><button>Make a key</button></p></form>
<p id="new-key" role="status"></p>
</section>`;
}

function day(time: Date): Html {
  const text = time.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
