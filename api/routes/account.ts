/** What people set up for their own account: passkeys, sessions, keys, the provider, a password. Sessions only; no API key may. */
import { z } from 'zod';
import { SCOPES } from '../auth/accounts.ts';
import { type ApiKey, TooManyKeysError } from '../auth/api-keys.ts';
import { requireFresh } from '../auth/fresh.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import { PROVIDER_ID } from '../auth/provider.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

const uuid = z.uuid();
const time = z.string().max(40);
const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character');
const ofId = { params: z.strictObject({ id: uuid }) };
const user = { auth: 'user', tag: 'account' } as const;
const done = { 204: { about: 'Done.' } };
const missing = { 404: { about: 'You have no such one.' } };
const stale = { 403: { about: 'The sign-in is too long ago, or an API key asks.' } };
const last = { 409: { about: 'It is the last way into the account.' } };

const key = z.object({
  id: uuid,
  name,
  start: z.string().max(20).meta({ description: 'Its first characters, to know it by.' }),
  scopes: z.array(z.string().max(40)).max(SCOPES.length),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
});
const session = z.object({
  id: uuid,
  method: z.string().max(20).nullable(),
  ipAddress: z.string().max(60).nullable(),
  userAgent: z.string().max(1000).nullable(),
  acr: z
    .string()
    .max(200)
    .nullable()
    .meta({ description: 'How strongly the provider says that you proved yourself there.' }),
  createdAt: time,
  lastSeenAt: time,
  current: z.boolean(),
});
const passkey = z.object({
  id: uuid,
  name: z.string().max(100).nullable(),
  createdAt: time.nullable(),
  deviceType: z.string().max(40),
  backedUp: z.boolean(),
});
const identity = z.object({
  id: uuid,
  providerId: z.string().max(60),
  accountId: z.string().max(300),
  createdAt: time,
});

export const ACCOUNT_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/account',
      setsUp: true,
      summary: 'Who is signed in, and the ways into the account',
      ...user,
      responses: {
        200: {
          about: 'You.',
          body: z.object({
            id: uuid,
            email: z.string().max(254),
            name: z.string().max(200),
            role: z.enum(['seeker', 'admin']),
            signedInAt: time,
            hasPassword: z.boolean(),
            hasTotp: z.boolean(),
            recoveryCodesLeft: z.number().int().min(0).max(20),
            mustSetUp: z.boolean().meta({ description: 'A second factor must be added before anything else.' }),
            passkeys: z.array(passkey).max(50),
            identities: z.array(identity).max(50),
          }),
        },
      },
    },
    async ({ person, services: { people }, res }) => {
      const { id, email, name, role, signedInAt, mustSetUp = false } = person;
      const { isStrong: _, ...ways } = await people.ways.of(id);
      res.json({ id, email, name, role, signedInAt, mustSetUp, ...ways });
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/account/sessions',
      summary: 'Your sessions, the last used first',
      ...user,
      responses: {
        200: { about: 'Sessions that have not ended.', body: z.object({ items: z.array(session).max(100) }) },
      },
    },
    async ({ person, services: { people }, res }) =>
      void res.json({ items: await people.sessions.list(person.id, person.sessionId) }),
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/account/sessions',
      summary: 'Ends all your sessions but this one',
      ...user,
      responses: { 200: { about: 'How many.', body: z.object({ ended: z.number().int().min(0) }) } },
    },
    async ({ person, services: { people }, req, res }) => {
      const ended = await people.sessions.endOthers(person.id, person.sessionId);
      await people.audit('session-ended', { userId: person.id, network: networkOfRequest(req), detail: { ended } });
      res.json({ ended });
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/account/sessions/:id',
      summary: 'Ends one of your sessions',
      ...user,
      ...ofId,
      responses: { ...done, ...missing },
    },
    async ({ params, person, services: { people }, req, res }) => {
      if (!(await people.sessions.end(person.id, params.id))) throw new Problem('not-found');
      await people.audit('session-ended', { userId: person.id, network: networkOfRequest(req), detail: { ended: 1 } });
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'PATCH',
      path: '/api/v1/account/passkeys/:id',
      summary: 'Renames one of your passkeys',
      ...user,
      ...ofId,
      body: z.strictObject({ name }),
      responses: { ...done, ...missing },
    },
    async ({ params, body, person, services: { people }, res }) => {
      if (!(await people.ways.renamePasskey(person.id, params.id, body.name))) throw new Problem('not-found');
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/account/passkeys/:id',
      summary: 'Removes one of your passkeys',
      ...user,
      ...ofId,
      responses: { ...done, ...missing, ...stale, ...last },
    },
    async ({ params, person, services: { people }, req, res }) => {
      requireFresh(person);
      if (!(await people.ways.remove(person.id, 'passkey', params.id))) throw new Problem('not-found');
      const detail = { passkey: params.id };
      await people.audit('passkey-removed', { userId: person.id, network: networkOfRequest(req), detail });
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/account/api-keys',
      summary: 'Your API keys, without their secrets',
      ...user,
      responses: { 200: { about: 'Keys, the newest first.', body: z.object({ items: z.array(key).max(50) }) } },
    },
    async ({ person, services: { people }, res }) => void res.json({ items: await people.keys.list(person.id) }),
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/api-keys',
      summary: 'Makes an API key; its secret is in this answer and nowhere else',
      ...user,
      body: z.strictObject({
        name,
        scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
        expiresInDays: z.number().int().min(1).max(3650).optional(),
      }),
      responses: {
        201: { about: 'The key, this once.', body: key.extend({ secret: z.string().max(100) }) },
        ...stale,
        409: { about: 'There are too many.' },
      },
    },
    async ({ body, person, services: { people }, req, res }) => {
      requireFresh(person);
      const needsAdmin = body.scopes.find((scope) => scope === 'admin:run' || scope === 'scan:run');
      if (needsAdmin !== undefined && person.role !== 'admin')
        throw new Problem('admin-only', { detail: `The scope ${needsAdmin} is for administrators.` });
      const made = await people.keys
        .make(person.id, { name: body.name, scopes: [...new Set(body.scopes)], expiresInDays: body.expiresInDays })
        .catch((error: unknown) => {
          throw error instanceof TooManyKeysError ? new Problem('too-many-keys') : error;
        });
      const detail = { keyId: made.key.id, scopes: made.key.scopes.join(' ') };
      await people.audit('key-made', { userId: person.id, network: networkOfRequest(req), detail });
      res.status(201).json({ ...(made.key satisfies ApiKey), secret: made.secret });
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/account/api-keys/:id',
      summary: 'Revokes one of your API keys',
      ...user,
      ...ofId,
      responses: { ...done, ...missing },
    },
    async ({ params, person, services: { people }, req, res }) => {
      if (!(await people.keys.revoke(person.id, params.id))) throw new Problem('not-found');
      const detail = { keyId: params.id };
      await people.audit('key-revoked', { userId: person.id, network: networkOfRequest(req), detail });
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/identities',
      setsUp: true,
      summary: 'Begins to link the OpenID Connect provider to your account',
      ...user,
      responses: {
        200: { about: 'Where to go on.', body: z.object({ url: z.url().max(4000) }), headers: ['Set-Cookie'] },
        ...stale,
        503: { about: 'There is no provider, or it does not answer.' },
      },
    },
    async ({ person, services: { people }, req, res }) => {
      requireFresh(person);
      const { url } = await people.gateway.call<{ url: string }>(req, res, {}, (auth, headers) =>
        auth.api.linkSocialAccount({
          body: {
            provider: PROVIDER_ID,
            callbackURL: '/settings',
            errorCallbackURL: '/settings',
            disableRedirect: true,
          },
          headers,
          asResponse: true,
        }),
      );
      await people.audit('identity-link-begun', { userId: person.id, network: networkOfRequest(req) });
      res.json({ url });
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/account/identities/:id',
      summary: 'Unlinks a provider from your account',
      ...user,
      ...ofId,
      responses: { ...done, ...missing, ...stale, ...last },
    },
    async ({ params, person, services: { people }, req, res }) => {
      requireFresh(person);
      if (!(await people.ways.remove(person.id, 'identity', params.id))) throw new Problem('not-found');
      await people.audit('identity-unlinked', { userId: person.id, network: networkOfRequest(req) });
      res.status(204).end();
    },
  ),
];
