import type { Person } from '../auth/accounts.ts';
import { assetPath } from './assets.ts';
import { type Html, html } from './html.ts';

interface Page {
  readonly title: string;
  /** The entry of the navigation that this page is. */
  readonly current?: '/' | '/tracker' | '/boards' | '/scans' | '/admin';
  readonly body: Html;
  /** Who is signed in; without it the header only leads to the account, which asks. */
  readonly person?: Person | undefined;
}

const NAVIGATION = [
  ['/', 'Jobs'],
  ['/tracker', 'Tracker'],
  ['/boards', 'Boards'],
  ['/scans', 'Scans'],
] as const;
const ADMIN = ['/admin', 'Admin'] as const;

export function layout({ title, current, body, person }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – IAM Job Scout</title>
<link rel="stylesheet" href="${assetPath('site.css')}">
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">IAM Job Scout</a>
<nav aria-label="Main"><ul>
${[...NAVIGATION, ...(person?.role === 'admin' ? [ADMIN] : [])].map(([path, label]) => html`<li><a href="${path}"${path === current && html` aria-current="page"`}>${label}</a></li>`)}
</ul></nav>
${account(person)}
</header>
<main id="main">
${body}
</main>
</body>
</html>
`;
}

function account(person: Person | undefined): Html {
  if (person === undefined) return html`<p class="account"><a href="/settings">Account</a></p>`;
  return html`<form class="account" method="post" action="/sign-out">
<a href="/settings">${person.email}</a> <button>Sign out</button>
</form>`;
}
