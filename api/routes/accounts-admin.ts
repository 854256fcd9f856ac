/** Accounts of others: who is here, invitations, roles, and closing. */
import type { Request } from 'express';
import { z } from 'zod';
import {
  type AccountChange,
  type AccountPlace,
  type Changed,
  changeAccount,
  LastAdministratorError,
  listAccounts,
  readTrail,
} from '../../shared/db/accounts/administer.ts';
import { AUDIT_EVENTS } from '../../shared/db/accounts/audit-events.ts';
import {
  AccountExistsError,
  type AccountRole,
  linkUrl,
  makeInvite,
  NoAdministratorError,
} from '../../shared/db/accounts/links.ts';
import { type Person, ROLES } from '../auth/accounts.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import { cursorOf, encodeCursor, exactMoment } from '../cursor.ts';
import { digits, limit, optional } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';

const admin = { auth: 'admin', tag: 'accounts', scope: 'admin:run' } as const;

/** Where a page of accounts ended. */
export const accountCursor = cursorOf<AccountPlace>(z.tuple([exactMoment, z.uuid()]));

const account = z.object({
  id: z.uuid(),
  email: z.string().max(254),
  name: z.string().max(200),
  role: z.enum(ROLES),
  banned: z.boolean(),
  createdAt: z.string().max(40),
  lastSeenAt: z.string().max(40).nullable(),
});
const trailRow = z.object({
  id: z.string(),
  at: z.string(),
  event: z.enum(AUDIT_EVENTS),
  userId: z.string().nullable().meta({ description: 'Whose account it was.' }),
  email: z.string().nullable().meta({ description: 'Its address; null when it is gone.' }),
  byUserId: z.string().nullable().meta({ description: 'Who did it, where that is somebody else.' }),
  byEmail: z.string().nullable(),
  network: z.string().nullable().meta({ description: 'An IPv4 address or an IPv6 network of /64.' }),
  detail: z.record(z.string(), z.unknown()),
});

export const ACCOUNTS_ADMIN_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/accounts',
      summary: 'Who has an account, the newest first, a page at a time',
      ...admin,
      query: z.strictObject({
        q: optional(z.string().max(254)).meta({ description: 'A part of the address or the name.' }),
        limit,
        cursor: accountCursor.optional(),
      }),
      responses: {
        200: {
          about: 'One page; the header Link and nextCursor lead to the next one.',
          headers: ['Link'],
          body: z.object({ items: z.array(account), nextCursor: z.string().max(200).nullable() }),
        },
      },
    },
    async ({ query: { q, limit: most, cursor }, services: { people }, res }) => {
      const { items, next } = await listAccounts(people.pool, { like: q, after: cursor, limit: most });
      const nextCursor = next === null ? null : encodeCursor(next);
      if (nextCursor !== null) {
        const parameters = new URLSearchParams({ ...(q && { q }), limit: String(most), cursor: nextCursor });
        res.set('Link', `</api/v1/accounts?${parameters}>; rel="next"`);
      }
      res.json({ items, nextCursor });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/invites',
      summary: 'Makes a one-time link with which somebody gets an account, within seven days',
      ...admin,
      body: z.strictObject({ email: z.email().max(254), role: z.enum(ROLES).default('seeker') }),
      responses: {
        201: { about: 'The link, this once.', body: z.object({ url: z.url().max(500) }) },
        409: { about: 'The address has an account already.' },
      },
    },
    async ({ body, person, services, req, res }) => {
      res.status(201).json({ url: await invite(services, { person, req }, body) });
    },
  ),
  route(
    {
      method: 'PATCH',
      path: '/api/v1/accounts/:id',
      summary: 'Gives a role, or closes and opens an account; its sessions end',
      ...admin,
      params: z.strictObject({ id: z.uuid() }),
      body: z
        .strictObject({ role: z.enum(ROLES).optional(), banned: z.boolean().optional() })
        .refine((body) => Object.values(body).some((value) => value !== undefined), 'must say what to change'),
      examples: { body: { role: 'admin' } },
      responses: {
        204: { about: 'Done.' },
        404: { about: 'There is no such account.' },
        409: { about: 'It is your own, or nobody would be administrator afterwards.' },
      },
    },
    async ({ params, body, person, services, req, res }) => {
      await change(services, { person, req }, params.id, body);
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/audit',
      summary: 'What happened to accounts, the newest first',
      about: 'Sign-ins and failures, locks, keys, roles, ends of sessions. Kept 400 days; no secret is in it.',
      ...admin,
      query: z.strictObject({ limit, before: digits(1, Number.MAX_SAFE_INTEGER).optional() }),
      responses: {
        200: {
          about: 'One page; nextBefore leads to the next one.',
          body: z.object({ items: z.array(trailRow), nextBefore: z.number().nullable() }),
        },
      },
    },
    async ({ query, services: { people }, res }) => {
      const { items, next } = await readTrail(people.pool, query);
      res.json({ items, nextBefore: next });
    },
  ),
];

export interface Who {
  readonly person: Person | undefined;
  readonly req: Request;
}

/** @throws Problem last-way-in for one's own account and for the last administrator's, admin-only, not-found */
export async function change(
  { db, log }: Services,
  { person, req }: Who,
  id: string,
  wanted: AccountChange,
): Promise<Changed> {
  // The last administrator must not shut themselves out by a slip.
  if (id === person?.id)
    throw new Problem('last-way-in', {
      detail: 'Your own role and account are for other administrators to change.',
    });
  const changer = { byUserId: person?.id, network: networkOfRequest(req) };
  const done = await changeAccount(db, id, wanted, changer).catch((error: unknown) => {
    if (error instanceof NoAdministratorError) throw new Problem('admin-only');
    if (!(error instanceof LastAdministratorError)) throw error;
    throw new Problem('last-way-in', { detail: error.message });
  });
  if (done === undefined) throw new Problem('not-found', { detail: `There is no account ${id}.` });
  const { role, banned } = done;
  for (const audit of done.events) log.warn({ audit, userId: id, ...changer, role, banned });
  return done;
}

/** @returns the link, which is nowhere else. @throws Problem already-on, admin-only */
export async function invite(
  { people }: Services,
  { person, req }: Who,
  { email, role }: { readonly email: string; readonly role: AccountRole },
): Promise<string> {
  const madeBy = person?.id ?? 'admin token';
  const token = await makeInvite(people.pool, { email, role, madeBy }, person?.id).catch((error: unknown) => {
    if (error instanceof NoAdministratorError) throw new Problem('admin-only');
    throw error instanceof AccountExistsError ? new Problem('already-on', { detail: 'There is an account.' }) : error;
  });
  const detail = { kind: 'invite', role };
  await people.audit('link-made', { byUserId: person?.id, network: networkOfRequest(req), detail });
  return linkUrl(people.baseUrl(), token);
}
