/** The page of administrators, and the forms on it. */
import { z } from 'zod';
import { type AccountPlace, listAccounts, readTrail } from '../../shared/db/accounts/administer.ts';
import { INVITE_DAYS } from '../../shared/db/accounts/links.ts';
import { ROLES } from '../auth/accounts.ts';
import { encodeCursor } from '../cursor.ts';
import { optional } from '../inputs.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { adminPage } from '../web/admin-page.ts';
import { show } from '../web/show.ts';
import { accountCursor, change, invite, type Who } from './accounts-admin.ts';

const SHOWN = 50;
const TRAIL_SHOWN = 50;
const HTML = { 200: { about: 'The page.', type: 'text/html' } };
const page = { auth: 'admin', kind: 'page', scope: 'admin:run' } as const;

/** What is told after a form that led back here. */
const SAID = {
  changed: 'It is changed, and their sessions have ended.',
  same: 'It was so already.',
} as const;

export const ADMIN_PAGE_ROUTES: readonly Route[] = [
  route(
    {
      ...page,
      method: 'GET',
      path: '/admin',
      summary: 'Page: accounts, invitations, and what happened',
      query: z.strictObject({
        q: optional(z.string().max(254)),
        cursor: accountCursor.optional(),
        said: z.enum(['changed', 'same']).optional(),
      }),
      responses: HTML,
    },
    async ({ query: { q, cursor, said }, services, person, req, res }) => {
      show(res, await pageOf(services, { person, req }, { q, cursor, said: said && SAID[said] }));
    },
  ),
  route(
    {
      ...page,
      method: 'POST',
      path: '/admin/accounts/:id',
      summary: 'Form: gives a role, closes or opens an account',
      bodyKind: 'form',
      params: z.strictObject({ id: z.uuid() }),
      body: z.union([
        z.strictObject({ role: z.enum(ROLES) }),
        z.strictObject({ banned: z.enum(['true', 'false']).transform((text) => text === 'true') }),
      ]),
      responses: {
        303: { about: 'Done; the header Location leads back to the page.' },
        404: { about: 'There is no such account.' },
        409: { about: 'It is your own.' },
      },
    },
    async ({ params, body, services, person, req, res }) => {
      const { events, email } = await change(services, { person, req }, params.id, body);
      const back = new URLSearchParams({ q: email, said: events.length > 0 ? 'changed' : 'same' });
      res.redirect(303, `/admin?${back}`);
    },
  ),
  route(
    {
      ...page,
      method: 'POST',
      path: '/admin/invites',
      summary: 'Form: makes a link with which somebody gets an account, and shows it once',
      bodyKind: 'form',
      body: z.strictObject({ email: z.email().max(254), role: z.enum(ROLES) }),
      responses: { ...HTML, 409: { about: 'The address has an account already.' } },
    },
    async ({ body, services, person, req, res }) => {
      const url = await invite(services, { person, req }, body);
      show(res, await pageOf(services, { person, req }, { invited: { email: body.email, url, days: INVITE_DAYS } }));
    },
  ),
];

interface Asked {
  readonly q?: string | undefined;
  readonly cursor?: AccountPlace | undefined;
  readonly said?: string | undefined;
  readonly invited?: { readonly email: string; readonly url: string; readonly days: number };
}

async function pageOf({ people, now }: Services, { person }: Who, { q, cursor, said, invited }: Asked) {
  const { items: accounts, next } = await listAccounts(people.pool, { like: q, after: cursor, limit: SHOWN });
  const { items: trail } = await readTrail(people.pool, { limit: TRAIL_SHOWN });
  const older =
    next === null ? undefined : `/admin?${new URLSearchParams({ ...(q && { q }), cursor: encodeCursor(next) })}`;
  return adminPage({ person, accounts, q, next: older, trail, said, invited, now: now() });
}
