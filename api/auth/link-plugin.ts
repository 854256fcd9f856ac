/** Sign-in by a one-time link, for better-auth: only it can write its cookie. Its endpoint has no address of its own. */
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type Link, takeLink } from '../../shared/db/accounts/links.ts';
import type { Audit } from './audit.ts';
import { currentNotes } from './notes.ts';

export function linkPlugin(pool: Pool, audit: Audit) {
  return {
    id: 'one-time-link' as const,
    endpoints: {
      acceptLink: createAuthEndpoint(
        '/one-time-link/accept',
        { method: 'POST', body: z.object({ token: z.string() }), metadata: { SERVER_ONLY: true } },
        async (ctx) => {
          const link = await takeLink(pool, ctx.body.token);
          if (link === undefined) throw new APIError('GONE', { code: 'LINK_USED', message: 'used or over' });
          const { internalAdapter } = ctx.context;
          const known = await internalAdapter.findUserByEmail(link.email);
          // Of two invitations of one address the second would give an account to whoever finds it.
          if (known !== null && link.kind === 'invite')
            throw new APIError('GONE', { code: 'LINK_USED', message: 'there is an account' });
          const user = known?.user ?? (await makeAccount(link));
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ userId: user.id });

          async function makeAccount({ kind, email, role, madeBy }: Link) {
            if (kind !== 'invite') throw new APIError('GONE', { code: 'LINK_USED', message: 'no account' });
            currentNotes().role = role;
            const made = await internalAdapter.createUser(
              { email, name: email.split('@')[0] ?? email, emailVerified: true },
              { method: 'one-time-link' },
            );
            await audit('account-made', { userId: made.id, detail: { by: madeBy, role } });
            return made;
          }
        },
      ),
    },
  };
}
