/** The pages on which people come in and go. Each works without script, but for passkeys. */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { linkUrl, makeLink, readLink } from '../../shared/db/accounts/links.ts';
import { findPerson } from '../../shared/db/accounts/people.ts';
import { isFresh } from '../auth/fresh.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import type { AccountServices } from '../auth/open.ts';
import { PROVIDER_ID } from '../auth/provider.ts';
import { nextPath } from '../next-path.ts';
import { Problem, type ProblemSlug } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { settingsPage } from '../web/settings-page.ts';
import { codePage, linkPage, mailSentPage, signInPage } from '../web/sign-in-page.ts';

const next = z.string().max(2000).optional();
const token = z.string().max(100);
const email = z.string().max(254);
const html = { 200: { about: 'The page.', type: 'text/html' } };
const onward = { 303: { about: 'Signed in: on to the page that was wanted.', headers: ['Set-Cookie'] as const } };
const refusals = {
  401: { about: 'Address, password or code are wrong.' },
  403: { about: 'The account is closed, or its password has no second factor.' },
  429: { about: 'Too many attempts.', headers: ['Retry-After'] as const },
};
const page = { auth: 'public', kind: 'page', tag: 'sign-in' } as const;
const form = { method: 'POST', bodyKind: 'form', allowance: 'none', ...page } as const;

export const SIGN_IN_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/sign-in',
      summary: 'Page: the ways to sign in',
      ...page,
      query: z.looseObject({ next, error: z.string().max(200).optional() }),
      responses: html,
    },
    ({ query, services, person, res }) =>
      void show(
        res,
        signInPage({ ...waysOf(services.people), person, next: nextPath(query.next), error: query.error }),
      ),
  ),
  route(
    {
      path: '/sign-in',
      summary: 'Signs in by password; the code of the authenticator app comes next',
      ...form,
      body: z.strictObject({ email, password: z.string().max(1000), next }),
      responses: { ...onward, ...refusals },
    },
    async ({ body, services: { people }, req, res }) => {
      const to = nextPath(body.next);
      try {
        await checkPassword(people, body, req, res);
      } catch (error) {
        if (!isShown(error)) throw error;
        return showProblem(res, error, (slug) =>
          signInPage({ ...waysOf(people), next: to, error: slug, email: body.email }),
        );
      }
      res.redirect(303, `/sign-in/code?next=${encodeURIComponent(to)}`);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/sign-in/code',
      summary: 'Page: the code of the authenticator app',
      ...page,
      query: z.strictObject({ next }),
      responses: html,
    },
    ({ query, res }) => void show(res, codePage({ next: nextPath(query.next) })),
  ),
  route(
    {
      path: '/sign-in/code',
      summary: 'Signs in with the code, or with one of the recovery codes, after the password',
      ...form,
      body: z.strictObject({ code: z.string().trim().min(1).max(40), next }),
      responses: { ...onward, ...refusals },
    },
    async ({ body, services: { people }, req, res }) => {
      const to = nextPath(body.next);
      try {
        await checkCode(people, body.code, req, res);
      } catch (error) {
        if (!isShown(error)) throw error;
        return showProblem(res, error, (slug) => codePage({ next: to, error: slug }));
      }
      res.redirect(303, to);
    },
  ),
  route(
    {
      path: '/sign-in/mail',
      summary: 'Sends a one-time link; the answer is the same whether there is such an account',
      ...form,
      body: z.strictObject({ email: z.email().max(254), next }),
      responses: {
        ...html,
        429: refusals[429],
        503: { about: 'The mail could not be sent, or there is no mail here.' },
      },
    },
    async ({ body, services: { people }, req, res }) => {
      if (people.mailer === undefined) throw new Problem('mail-unavailable');
      await people.attempts.begin(networkOfRequest(req));
      await sendLink(people, body.email.toLowerCase(), networkOfRequest(req));
      show(res, mailSentPage());
    },
  ),
  route(
    {
      method: 'GET',
      path: '/sign-in/provider',
      summary: 'Leads to the OpenID Connect provider of the settings',
      ...page,
      query: z.strictObject({ next }),
      responses: {
        302: { about: 'To the provider, or back to the sign-in page with the reason.', headers: ['Location'] },
      },
    },
    async ({ query, services: { people }, req, res }) => {
      const to = nextPath(query.next);
      await people.attempts.begin(networkOfRequest(req));
      const answer = await people.gateway
        .call<{ url: string }>(req, res, {}, (auth, headers) =>
          auth.api.signInSocial({
            body: {
              provider: PROVIDER_ID,
              callbackURL: to,
              newUserCallbackURL: to,
              errorCallbackURL: '/sign-in',
              disableRedirect: true,
            },
            headers,
            asResponse: true,
          }),
        )
        .catch((error: unknown) => {
          if (error instanceof Problem && error.slug === 'provider-unavailable') return undefined;
          throw error;
        });
      res.redirect(302, answer?.url ?? '/sign-in?error=provider-unavailable');
    },
  ),
  route(
    {
      method: 'GET',
      path: '/sign-in/link',
      summary: 'Page: asks before a one-time link is used up, because programs open the links of mails, too',
      ...page,
      query: z.strictObject({ token, next }),
      responses: { ...html, 410: { about: 'The link was used or is over.' } },
    },
    async ({ query, services: { people }, res }) => {
      const link = await readLink(people.pool, query.token);
      if (link === undefined) throw new Problem('link-used');
      show(
        res,
        linkPage({
          token: query.token,
          email: link.email,
          isInvite: link.kind === 'invite',
          next: nextPath(query.next),
        }),
      );
    },
  ),
  route(
    {
      path: '/sign-in/link',
      summary: 'Uses a one-time link up: signs in, or makes the account of an invitation',
      ...form,
      body: z.strictObject({ token, next }),
      responses: { ...onward, 403: refusals[403], 410: { about: 'The link was used or is over.' }, 429: refusals[429] },
    },
    async ({ body, services: { people }, req, res }) => {
      await people.attempts.begin(networkOfRequest(req));
      await people.gateway.call(req, res, { method: 'link' }, (auth, headers) =>
        auth.api.acceptLink({ body: { token: body.token }, headers, asResponse: true }),
      );
      // Whoever came by a link has perhaps no other way in yet.
      res.redirect(303, body.next === undefined || body.next === '' ? '/settings' : nextPath(body.next));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/settings',
      summary: 'Page: the ways into your account, its sessions and API keys',
      auth: 'user',
      kind: 'page',
      tag: 'account',
      query: z.looseObject({ error: z.string().max(200).optional() }),
      responses: html,
    },
    async ({ query, services: { people }, person, res }) => {
      const [ways, sessions, keys] = await Promise.all([
        people.ways.of(person.id),
        people.sessions.list(person.id, person.sessionId),
        people.keys.list(person.id),
      ]);
      const providerLabel = people.provider?.label;
      show(
        res,
        settingsPage({ person, ways, sessions, keys, providerLabel, isFresh: isFresh(person), error: query.error }),
      );
    },
  ),
  route(
    {
      path: '/sign-out',
      summary: 'Ends the session of this browser, and has the browser forget this site',
      ...form,
      responses: { 303: { about: 'Signed out.', headers: ['Set-Cookie'] } },
    },
    async ({ services: { people }, person, req, res }) => {
      await people.gateway.call(req, res, {}, (auth, headers) => auth.api.signOut({ headers, asResponse: true }));
      if (person !== undefined) await people.audit('sign-out', { userId: person.id, network: networkOfRequest(req) });
      res.set('Clear-Site-Data', '"cache", "cookies", "storage"').redirect(303, '/sign-in');
    },
  ),
];

function waysOf({ provider, mailer }: AccountServices) {
  return { providerLabel: provider?.label, hasMail: mailer !== undefined };
}

/** Nothing of these pages may stay in a browser or on the way. */
function show(res: Response, page: { readonly text: string }): void {
  res.set('Cache-Control', 'no-store').type('html').send(page.text);
}

const SHOWN: readonly ProblemSlug[] = [
  'wrong-credentials',
  'locked-out',
  'too-many-sign-ins',
  'totp-missing',
  'account-closed',
];
const STATUS: Readonly<Partial<Record<ProblemSlug, number>>> = {
  'wrong-credentials': 401,
  'locked-out': 429,
  'too-many-sign-ins': 429,
  'totp-missing': 403,
  'account-closed': 403,
};

function isShown(error: unknown): error is Problem {
  return error instanceof Problem && SHOWN.includes(error.slug);
}

/** In a browser the form is shown again, with the reason; a program gets the problem. */
function showProblem(res: Response, problem: Problem, page: (slug: ProblemSlug) => { readonly text: string }): void {
  if (res.req.accepts(['application/problem+json', 'text/html']) !== 'text/html') throw problem;
  if (problem.more.headers !== undefined) res.set(problem.more.headers);
  res.status(STATUS[problem.slug] ?? 400);
  show(res, page(problem.slug));
}

/** Names in the table of attempts: no address lies there in clear. */
function accountKey(address: string): string {
  return createHash('sha256').update(address.trim().toLowerCase()).digest('hex');
}

async function checkPassword(
  people: AccountServices,
  { email, password }: { email: string; password: string },
  req: Request,
  res: Response,
): Promise<void> {
  const network = networkOfRequest(req);
  const account = accountKey(email);
  await people.attempts.begin(network);
  await people.attempts.requireUnlocked(account);
  try {
    await people.gateway.call(req, res, { method: 'password' }, (auth, headers) =>
      auth.api.signInEmail({ body: { email: email.trim(), password }, headers, asResponse: true }),
    );
  } catch (error) {
    if (!(error instanceof Problem) || error.slug !== 'wrong-credentials') throw error;
    const isLocked = await people.attempts.failed(account);
    const userId = (await findPerson(people.pool, email.trim()))?.id;
    await people.audit('sign-in-failed', { userId, network, detail: { method: 'password' } });
    if (isLocked) await people.audit('locked-out', { userId, network });
    throw error;
  }
  await people.attempts.succeeded(account);
}

async function checkCode(people: AccountServices, given: string, req: Request, res: Response): Promise<void> {
  const network = networkOfRequest(req);
  await people.attempts.begin(network);
  const code = given.replace(/\s/g, '');
  const isTotp = /^\d{6}$/.test(code);
  const notes = { method: 'password', codeGiven: true } as const;
  const signedIn = await people.gateway
    .call<{ user: { id: string } }>(req, res, notes, (auth, headers) =>
      isTotp
        ? auth.api.verifyTOTP({ body: { code }, headers, asResponse: true })
        : auth.api.verifyBackupCode({ body: { code }, headers, asResponse: true }),
    )
    .catch(async (error: unknown) => {
      if (error instanceof Problem) await people.audit('sign-in-failed', { network, detail: { method: 'code' } });
      throw error;
    });
  if (!isTotp || (await people.attempts.isFirst(`totp ${signedIn.user.id} ${code}`, TOTP_SECONDS))) return;
  // A code works once (RFC 6238, 5.2): whoever reads it over a shoulder comes too late.
  await people.sessions.endNewest(signedIn.user.id);
  res.removeHeader('Set-Cookie');
  throw new Problem('wrong-credentials');
}

/** How long a code is good, with the step before and the one after. */
const TOTP_SECONDS = 90;

async function sendLink(people: AccountServices, email: string, network: string): Promise<void> {
  const person = await findPerson(people.pool, email);
  const kind = person === undefined ? 'invite' : 'sign-in';
  if (person === undefined && people.registration !== 'open') return;
  const made = { kind, email, role: person?.role ?? 'seeker', madeBy: 'mail' } as const;
  const link = await makeLink(people.pool, made);
  await people.audit('link-made', { userId: person?.id, network, detail: { kind } });
  // Not waited for: an answer that is late would tell that there is an account.
  void people.mailer?.sendLink(email, linkUrl(people.baseUrl(), link)).catch((error: unknown) => {
    people.mailFailed(error);
  });
}
