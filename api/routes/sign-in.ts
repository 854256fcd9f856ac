/** The pages on which people come in and go. Each works without script, but for passkeys. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { findPerson } from '../../shared/db/accounts/people.ts';
import { accountKey } from '../auth/attempts.ts';
import { cameToReset, isFresh } from '../auth/fresh.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import type { AccountServices } from '../auth/open.ts';
import { PROVIDER_ID } from '../auth/provider.ts';
import { nextPath } from '../next-path.ts';
import { Problem, type ProblemSlug } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { settingsPage } from '../web/settings-page.ts';
import { show } from '../web/show.ts';
import { codePage, signInPage } from '../web/sign-in-page.ts';
import { LINK_ROUTES } from './sign-in-links.ts';

const next = z.string().max(2000).optional();
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
      method: 'GET',
      path: '/sign-in/provider',
      summary: 'Leads to the OpenID Connect provider of the settings',
      ...page,
      query: z.strictObject({ next, again: z.enum(['true', 'false']).optional() }),
      about:
        'With `again=true` the provider is asked to have the person prove themselves anew, which is what makes a session fresh.',
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
              ...(query.again === 'true' && { additionalParams: { prompt: 'login', max_age: '0' } }),
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
  ...LINK_ROUTES,
  route(
    {
      method: 'GET',
      path: '/settings',
      setsUp: true,
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
        settingsPage({
          person,
          ways,
          sessions,
          keys,
          providerLabel,
          isFresh: isFresh(person),
          hasForgotten: cameToReset(person) && ways.hasTotp,
          error: query.error,
        }),
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

async function checkCode(people: AccountServices, code: string, req: Request, res: Response): Promise<void> {
  await people.attempts.begin(networkOfRequest(req));
  await people.gateway.call(req, res, {}, (auth, headers) =>
    auth.api.acceptCode({ body: { code }, headers, asResponse: true }),
  );
}
