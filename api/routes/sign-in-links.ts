/** The pages of one-time links: of operators, of invitations, and by mail. */
import { z } from 'zod';
import { readLink } from '../../shared/db/accounts/links.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import { attemptName, browserOf, markBrowser, sendLink, unmarkBrowser } from '../auth/mail-links.ts';
import { nextPath } from '../next-path.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { elsewherePage, linkPage, mailSentPage } from '../web/link-pages.ts';
import { show, wantsPage } from '../web/show.ts';

const next = z.string().max(2000).optional();
const token = z.string().max(100);
const html = { 200: { about: 'The page.', type: 'text/html' } };
const onward = {
  303: { about: 'Signed in, or on to the code of the authenticator app.', headers: ['Set-Cookie'] as const },
};
const refusals = {
  403: { about: 'The account is closed, or the link was asked for in another browser.' },
  410: { about: 'The link was used or is over.' },
  429: { about: 'Too many attempts.', headers: ['Retry-After'] as const },
};
const page = { auth: 'public', kind: 'page', tag: 'sign-in' } as const;
const form = { method: 'POST', bodyKind: 'form', allowance: 'none', ...page } as const;

export const LINK_ROUTES: readonly Route[] = [
  route(
    {
      path: '/sign-in/mail',
      summary: 'Sends a one-time link; the answer is the same whether there is such an account',
      ...form,
      body: z.strictObject({ email: z.email().max(254), next }),
      responses: { ...html, 429: refusals[429], 503: { about: 'There is no mail here.' } },
    },
    async ({ body, services: { people }, req, res }) => {
      if (people.mailer === undefined) throw new Problem('mail-unavailable');
      const network = networkOfRequest(req);
      await people.attempts.begin(network);
      const browser = markBrowser(people, res);
      // Not waited for: an answer that is late would tell that there is an account.
      void sendLink(people, body.email.toLowerCase(), browser, network).catch(people.mailFailed);
      show(res, mailSentPage({ next: nextPath(body.next) }));
    },
  ),
  route(
    {
      path: '/sign-in/mail-code',
      summary: 'Takes the code of the mail in place of its link, in the browser that asked for it',
      ...form,
      body: z.strictObject({ code: z.string().trim().min(1).max(40), next }),
      responses: { ...html, ...onward, ...refusals },
    },
    async ({ body, services: { people }, req, res }) => {
      await people.attempts.begin(networkOfRequest(req));
      const to = nextPath(body.next);
      const browser = browserOf(people, req);
      const { left = -1 } = browser === undefined ? {} : await people.attempts.spend(attemptName('code', browser));
      if (browser === undefined || left < 0) throw new Problem('link-used');
      const accepted = await people.gateway
        .call<{ needsCode: boolean }>(req, res, {}, (auth, headers) =>
          auth.api.acceptLink({ body: { code: body.code, browser }, headers, asResponse: true }),
        )
        .catch((error: unknown) => {
          // A slip of a finger: the form comes again, until the guesses are spent.
          if (left === 0 || !wantsPage(res) || !(error instanceof Problem) || error.slug !== 'link-used') throw error;
          return undefined;
        });
      if (accepted === undefined) return show(res, mailSentPage({ next: to, isWrong: true }));
      unmarkBrowser(people, res);
      res.redirect(303, accepted.needsCode ? `/sign-in/code?next=${encodeURIComponent(to)}` : to);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/sign-in/link',
      summary: 'Page: asks before a one-time link is used up, because programs open the links of mails, too',
      ...page,
      query: z.strictObject({ token, next }),
      responses: { ...html, 403: refusals[403], 410: refusals[410] },
    },
    async ({ query, services: { people }, req, res }) => {
      const link = await readLink(people.pool, query.token, browserOf(people, req));
      if (link === undefined) throw new Problem('link-used');
      if (!link.isHere) {
        if (!wantsPage(res)) throw new Problem('link-elsewhere');
        return show(res.status(403), elsewherePage());
      }
      const { email, kind } = link;
      show(res, linkPage({ token: query.token, email, isInvite: kind === 'invite', next: nextPath(query.next) }));
    },
  ),
  route(
    {
      path: '/sign-in/link',
      summary: 'Uses a one-time link up: signs in, or makes the account of an invitation',
      ...form,
      body: z.strictObject({ token, next }),
      responses: { ...onward, ...refusals },
    },
    async ({ body, services: { people }, req, res }) => {
      await people.attempts.begin(networkOfRequest(req));
      const browser = browserOf(people, req);
      const link = await readLink(people.pool, body.token, browser);
      if (link?.isHere === false) throw new Problem('link-elsewhere');
      const { needsCode } = await people.gateway.call<{ needsCode: boolean }>(req, res, {}, (auth, headers) =>
        auth.api.acceptLink({ body: { token: body.token, browser }, headers, asResponse: true }),
      );
      if (browser !== undefined) unmarkBrowser(people, res);
      const asked = body.next === undefined || body.next === '' ? undefined : nextPath(body.next);
      if (needsCode) return res.redirect(303, `/sign-in/code?next=${encodeURIComponent(asked ?? '/')}`);
      // Whoever came by a link has perhaps no other way in yet.
      res.redirect(303, asked ?? '/settings');
    },
  ),
];
