/** Accounts as an administrator has them: who is here, invitations, and what happened. */
import type { AccountRow, TrailRow } from '../../shared/db/accounts/administer.ts';
import type { Person } from '../auth/accounts.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { ago } from './words.ts';

interface AdminPage {
  readonly person: Person | undefined;
  readonly accounts: readonly AccountRow[];
  /** What was looked for. */
  readonly q: string | undefined;
  /** Address of the next page. */
  readonly next: string | undefined;
  readonly trail: readonly TrailRow[];
  /** What was done just now. */
  readonly said: string | undefined;
  /** A link to an account that was made just now; it is nowhere else. */
  readonly invited: { readonly email: string; readonly url: string; readonly days: number } | undefined;
  readonly now: Date;
}

export function adminPage(page: AdminPage): Html {
  const { person, said } = page;
  return layout({
    title: 'Administration',
    current: '/admin',
    person,
    body: html`<h1>Administration</h1>
<p><a href="/scans">Scans and sources</a> · <a href="/boards">Boards</a> · <a href="/api/docs">API</a></p>
${said !== undefined && html`<p role="status" class="notice">${said}</p>`}
${accounts(page)}
${invitation(page)}
${trail(page)}`,
  });
}

function accounts({ accounts: items, person, q, next, now }: AdminPage): Html {
  return html`<section aria-labelledby="accounts"><h2 id="accounts">Accounts</h2>
<form role="search" method="get" action="/admin"><label for="q">Part of an address or name</label>
<input id="q" name="q" type="search" maxlength="254" value="${q ?? ''}"> <button>Find</button></form>
${items.length === 0 && html`<p>Nobody has such an account.</p>`}
<ul class="rows">${items.map((item) => accountEntry(item, item.id === person?.id, now))}</ul>
${next !== undefined && html`<nav class="pager" aria-label="Pages"><a href="${next}" rel="next">Older accounts</a></nav>`}
</section>`;
}

function accountEntry({ id, email, name, role, banned, createdAt, lastSeenAt }: AccountRow, isOwn: boolean, now: Date) {
  const seen = lastSeenAt === null ? 'not signed in' : html`last seen ${ago(lastSeenAt, now)}`;
  const button = (field: 'role' | 'banned', value: string, label: string) =>
    html`<button class="quietly" name="${field}" value="${value}">${label}<span class="hidden"> ${email}</span></button>`;
  return html`<li><strong>${email}</strong> ${name !== '' && name}
<span class="quiet">${role === 'admin' ? 'administrator' : 'seeker'}${banned && html`, <strong>closed</strong>`}, since ${ago(createdAt, now)}, ${seen}</span>
${
  isOwn
    ? html`<p class="quiet">This is you; another administrator may change it.</p>`
    : html`<form class="track" method="post" action="/admin/accounts/${id}">
${role === 'admin' ? button('role', 'seeker', 'Make a seeker') : button('role', 'admin', 'Make an administrator')}
${banned ? button('banned', 'false', 'Open') : button('banned', 'true', 'Close')}</form>`
}</li>\n`;
}

function invitation({ invited }: AdminPage): Html {
  return html`<section aria-labelledby="invite"><h2 id="invite">Invite somebody</h2>
${
  invited !== undefined &&
  html`<div role="status" class="notice"><p>Give this link to ${invited.email}. It makes the account once, within ${invited.days} days, and is not shown again:</p>
<p><code class="long">${invited.url}</code></p></div>`
}
<form class="stack" method="post" action="/admin/invites">
<label for="email">Address</label> <input id="email" name="email" type="email" required maxlength="254" autocomplete="off">
<label for="role">As</label> <select id="role" name="role"><option value="seeker">a seeker</option><option value="admin">an administrator</option></select>
<p><button>Make a link</button></p></form></section>`;
}

function trail({ trail: items, now }: AdminPage): Html {
  return html`<section aria-labelledby="trail"><h2 id="trail">What happened</h2>
<div class="wide" tabindex="0" role="group" aria-labelledby="trail"><table><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Whose account</th><th scope="col">By</th><th scope="col">From</th><th scope="col">More</th></tr></thead>
<tbody>${items.map(
    (
      row,
    ) => html`<tr><td>${ago(row.at, now)}</td><th scope="row">${row.event}</th><td>${row.email ?? (row.userId === null ? '–' : 'gone')}</td>
<td>${row.byEmail ?? (row.byUserId === null ? '–' : 'gone')}</td><td>${row.network ?? '–'}</td><td>${details(row)}</td></tr>\n`,
  )}</tbody></table></div>
<p>All of it: <a href="/api/v1/audit"><code>GET /api/v1/audit</code></a>.</p></section>`;
}

function details({ detail }: TrailRow): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}
