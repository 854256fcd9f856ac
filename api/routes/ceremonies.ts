/** What of better-auth can be reached from outside: these addresses, and no other. */
import { z } from 'zod';
import { requireFresh } from '../auth/fresh.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import { strengthened } from '../auth/strengthened.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

/** Parts of a credential are base64url texts; an attestation can have a few kilobytes. */
const credential = z.looseObject({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal('public-key'),
  response: z.record(z.string().max(50), z.unknown()),
});
const options = z.looseObject({ challenge: z.string().max(200) });
const tag = 'sign-in';

export const CEREMONY_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/auth/passkey/generate-register-options',
      setsUp: true,
      summary: 'A challenge for a new passkey; takes a sign-in of the last hour',
      auth: 'user',
      tag,
      responses: {
        200: { about: 'Options for navigator.credentials.create().', body: options, headers: ['Set-Cookie'] },
        403: { about: 'The sign-in is too long ago.' },
      },
    },
    async ({ services: { people }, person, req, res }) => {
      requireFresh(person);
      res.set('Cache-Control', 'no-store');
      res.json(await people.gateway.forward(req, res, {}, '/api/auth/passkey/generate-register-options'));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/auth/passkey/verify-registration',
      setsUp: true,
      summary: 'Adds a passkey that verified its person',
      auth: 'user',
      tag,
      body: z.strictObject({ response: credential, name: z.string().trim().min(1).max(100).optional() }),
      responses: {
        201: { about: 'Added.', body: z.object({ id: z.string().max(100) }) },
        400: { about: 'The challenge was used or is over.' },
        401: { about: 'The passkey did not verify its person.' },
        409: { about: 'The passkey is there already.' },
      },
    },
    async ({ body, services: { people }, person, req, res }) => {
      const path = '/api/auth/passkey/verify-registration';
      const { id } = await people.gateway.forward<{ id: string }>(req, res, {}, path, body);
      await people.audit('passkey-added', {
        userId: person.id,
        network: networkOfRequest(req),
        detail: { passkey: id },
      });
      await strengthened(people, person);
      res.status(201).json({ id });
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/auth/passkey/generate-authenticate-options',
      summary: 'A challenge for signing in by passkey',
      auth: 'public',
      tag,
      responses: { 200: { about: 'Options for navigator.credentials.get().', body: options, headers: ['Set-Cookie'] } },
    },
    async ({ services: { people }, req, res }) => {
      res.set('Cache-Control', 'no-store');
      const path = '/api/auth/passkey/generate-authenticate-options';
      const made = await people.gateway.forward<Record<string, unknown>>(req, res, {}, path);
      // The plugin only prefers it; a browser that is not asked does not verify.
      res.json({ ...made, userVerification: 'required' });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/auth/passkey/verify-authentication',
      summary: 'Signs in by passkey',
      auth: 'public',
      tag,
      body: z.strictObject({ response: credential }),
      responses: {
        200: { about: 'Signed in.', body: z.object({ signedIn: z.literal(true) }), headers: ['Set-Cookie'] },
        400: { about: 'The challenge was used or is over.' },
        401: { about: 'The passkey is not known, or did not verify its person.' },
        403: { about: 'The account is closed.' },
        429: { about: 'Too many attempts.', headers: ['Retry-After'] },
      },
    },
    async ({ body, services: { people }, req, res }) => {
      const network = networkOfRequest(req);
      await people.attempts.begin(network);
      const path = '/api/auth/passkey/verify-authentication';
      await people.gateway.forward(req, res, { method: 'passkey' }, path, body).catch(async (error: unknown) => {
        if (error instanceof Problem) await people.audit('sign-in-failed', { network, detail: { method: 'passkey' } });
        throw error;
      });
      // The token of better-auth's own answer is for the cookie only.
      res.json({ signedIn: true });
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/auth/callback/oidc',
      summary: 'Where the OpenID Connect provider sends people back to',
      auth: 'public',
      kind: 'page',
      tag,
      query: z.looseObject({}),
      responses: {
        302: {
          about: 'On to the page that was wanted, or back to the sign-in page with the reason.',
          headers: ['Location', 'Set-Cookie'],
        },
        404: { about: 'There is no provider in the settings.' },
      },
    },
    async ({ services: { people }, person, req, res }) => {
      if (people.provider === undefined) throw new Problem('not-found');
      const network = networkOfRequest(req);
      await people.attempts.begin(network);
      const to = await people.gateway.redirected(req, res, { method: 'provider' }, req.originalUrl);
      const target = new URL(to, people.baseUrl());
      const reason = target.searchParams.get('error');
      // A code is looked up by the page; sentences of others are not passed on.
      for (const name of ['error_description', 'error_uri']) target.searchParams.delete(name);
      if (reason !== null)
        await people.audit('sign-in-failed', { network, detail: { method: 'provider', reason: reason.slice(0, 60) } });
      else if (person !== undefined) await strengthened(people, person);
      res.set('Cache-Control', 'no-store').redirect(302, target.pathname + target.search);
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/auth/back-channel-logout',
      summary: 'Where the provider says that somebody is gone (OpenID Connect Back-Channel Logout 1.0)',
      auth: 'public',
      tag,
      bodyKind: 'form',
      body: z.looseObject({ logout_token: z.string().max(20_000) }),
      responses: {
        200: { about: 'Their sessions have ended.', body: z.object({}) },
        400: { about: 'The token is not valid.' },
        404: { about: 'There is no provider in the settings.' },
      },
    },
    async ({ body, services: { people }, req, res }) => {
      if (people.endByProvider === undefined) throw new Problem('not-found');
      await people.endByProvider(body.logout_token, networkOfRequest(req));
      res.json({});
    },
  ),
];
