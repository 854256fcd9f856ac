/** Sign-in by a one-time link, for better-auth: only it can write its cookie. Its endpoint has no address of its own. */
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type Link, takeLink, takeLinkByCode } from '../../shared/db/accounts/links.ts';
import type { Audit } from './audit.ts';
import { currentNotes } from './notes.ts';
import { beginChallenge } from './second-factor.ts';
import type { WaysIn } from './ways-in.ts';

/** What the browser brings: the link's token or the code of the mail, and its own secret if it asked for a mail. */
const proof = z.object({
  token: z.string().optional(),
  code: z.string().optional(),
  browser: z.string().optional(),
});

export function linkPlugin(pool: Pool, audit: Audit, ways: WaysIn) {
  return {
    id: 'one-time-link' as const,
    endpoints: {
      acceptLink: createAuthEndpoint(
        '/one-time-link/accept',
        { method: 'POST', body: proof, metadata: { SERVER_ONLY: true } },
        async (ctx) => {
          const link = await taken(pool, ctx.body);
          if (link === undefined) throw gone('used, over, or of another browser');
          const { internalAdapter } = ctx.context;
          const known = await internalAdapter.findUserByEmail(link.email);
          // Of two invitations of one address the second would give an account to whoever finds it.
          if (known !== null && link.kind === 'invite') throw gone('there is an account');
          currentNotes().method = link.isBound ? 'mail' : 'link';
          if (known !== null && link.isBound) {
            const { hasTotp, isStrong } = await ways.of(known.user.id);
            // A mailbox is one factor, and no way around the second one (ASVS 6.3.4, 6.4.3).
            if (hasTotp) {
              await beginChallenge(ctx, known.user.id, 'mail');
              return ctx.json({ needsCode: true });
            }
            if (isStrong) throw gone('the account has a stronger way in');
          }
          const user = known?.user ?? (await makeAccount(link));
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ needsCode: false });

          async function makeAccount({ kind, email, role, madeBy }: Link) {
            if (kind !== 'invite') throw gone('no account');
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

async function taken(pool: Pool, { token, code, browser }: z.output<typeof proof>): Promise<Link | undefined> {
  if (token !== undefined) return takeLink(pool, token, browser);
  return code === undefined || browser === undefined ? undefined : takeLinkByCode(pool, code, browser);
}

function gone(message: string): APIError {
  return new APIError('GONE', { code: 'LINK_USED', message });
}
