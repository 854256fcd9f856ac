/** The pages of one-time links. */
import { SIGN_IN_LINK_MINUTES } from '../../shared/db/accounts/links.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

interface LinkPage {
  readonly token: string;
  readonly email: string;
  readonly isInvite: boolean;
  readonly next: string;
}

export function linkPage({ token, email, isInvite, next }: LinkPage): Html {
  return layout({
    title: isInvite ? 'Invitation' : 'Sign in',
    body: html`<h1>${isInvite ? 'You are invited' : 'Sign in'}</h1>
<p>${isInvite ? 'This makes an account for' : 'This signs you in as'} <strong>${email}</strong>. It works once.</p>
<form method="post" action="/sign-in/link">
<input type="hidden" name="token" value="${token}">
${next !== '/' && html`<input type="hidden" name="next" value="${next}">`}
<p><button>${isInvite ? 'Make the account' : 'Sign in'}</button></p>
</form>
${isInvite && html`<p>Then add a passkey, so that you can come back without a link.</p>`}`,
  });
}

/** What is shown in the browser that asked for a mail. It is the same whether there is an account. */
export function mailSentPage({ next, isWrong = false }: { next: string; isWrong?: boolean }): Html {
  return layout({
    title: 'Look at your mail',
    body: html`<h1>Look at your mail</h1>
<p>If there is an account for the address, or anybody may have one here, a mail is on its way. Its link works once, in this browser, within ${SIGN_IN_LINK_MINUTES} minutes.</p>
${isWrong && html`<p class="notice" role="alert">That is not the code of the last mail, or its time is over.</p>`}
<form method="post" action="/sign-in/mail-code" class="stack">
<label>You read your mail on another device? Enter the code of the mail here <input name="code" required autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40"></label>
${next !== '/' && html`<input type="hidden" name="next" value="${next}">`}
<p><button>Sign in</button></p>
</form>`,
  });
}

/** The link is good, but not here. */
export function elsewherePage(): Html {
  return layout({
    title: 'Another browser',
    body: html`<h1>This link belongs to another browser</h1>
<p>It signs in only the browser in which it was asked for, so that nobody else can use it.</p>
<ul>
<li>Open the link there; or, on the page there that told you to look at your mail, enter the code that the mail has beside the link.</li>
<li>Or <a href="/sign-in">ask for a new link in this browser</a>.</li>
</ul>
<p>You asked for no link? Then somebody else entered your address. Tell nobody the code, and do nothing: without it they cannot sign in.</p>`,
  });
}
