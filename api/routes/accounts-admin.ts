/** Accounts of others: who is here, invitations, roles, and closing. */
import { z } from 'zod';
import { AccountExistsError, linkUrl, makeInvite } from '../../shared/db/accounts/links.ts';
import { ROLES } from '../auth/accounts.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

const admin = { auth: 'admin', tag: 'accounts', scope: 'admin:run' } as const;
const LISTED_MAX = 500;

const account = z.object({
  id: z.uuid(),
  email: z.string().max(254),
  name: z.string().max(200),
  role: z.enum(ROLES),
  banned: z.boolean(),
  createdAt: z.string().max(40),
  lastSeenAt: z.string().max(40).nullable(),
});

export const ACCOUNTS_ADMIN_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/accounts',
      summary: 'Who has an account, the newest first',
      ...admin,
      responses: { 200: { about: 'Accounts.', body: z.object({ items: z.array(account).max(LISTED_MAX) }) } },
    },
    async ({ services: { people }, res }) => {
      const { rows } = await people.pool.query(
        `select id, email, name, role, banned, "createdAt",
           (select max("updatedAt") from auth.session s where s."userId" = u.id) as "lastSeenAt"
         from auth."user" u order by "createdAt" desc limit ${LISTED_MAX}`,
      );
      res.json({ items: rows });
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
    async ({ body, person, services: { people }, req, res }) => {
      const madeBy = person?.id ?? 'admin token';
      const token = await makeInvite(people.pool, { email: body.email, role: body.role, madeBy }).catch(
        (error: unknown) => {
          throw error instanceof AccountExistsError
            ? new Problem('already-on', { detail: 'There is an account.' })
            : error;
        },
      );
      const detail = { kind: 'invite', role: body.role };
      await people.audit('link-made', { byUserId: person?.id, network: networkOfRequest(req), detail });
      res.status(201).json({ url: linkUrl(people.baseUrl(), token) });
    },
  ),
  route(
    {
      method: 'PATCH',
      path: '/api/v1/accounts/:id',
      summary: 'Gives a role, or closes and opens an account; its sessions end',
      ...admin,
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({ role: z.enum(ROLES).optional(), banned: z.boolean().optional() }),
      responses: {
        204: { about: 'Done.' },
        404: { about: 'There is no such account.' },
        409: { about: 'It is your own.' },
      },
    },
    async ({ params, body, person, services: { people }, req, res }) => {
      // The last administrator must not shut themselves out by a slip.
      if (params.id === person?.id)
        throw new Problem('last-way-in', {
          detail: 'Your own role and account are for other administrators to change.',
        });
      const { rowCount } = await people.pool.query(
        'update auth."user" set role = coalesce($2, role), banned = coalesce($3, banned), "updatedAt" = now() where id = $1',
        [params.id, body.role ?? null, body.banned ?? null],
      );
      if (rowCount === 0) throw new Problem('not-found');
      await people.sessions.endOthers(params.id, undefined);
      const who = { userId: params.id, byUserId: person?.id, network: networkOfRequest(req) };
      if (body.role !== undefined) await people.audit('role-changed', { ...who, detail: { role: body.role } });
      if (body.banned !== undefined) await people.audit('banned', { ...who, detail: { banned: body.banned } });
      res.status(204).end();
    },
  ),
];
