/** What follows every sign-in, whatever the way: the session that the browser had ends (ASVS 7.2.4), and the trail says who came. */
import { createAuthMiddleware } from 'better-auth/api';
import type { Audit } from './audit.ts';
import { currentNotes } from './notes.ts';

export function afterSignIn(audit: Audit) {
  return {
    id: 'after-sign-in' as const,
    hooks: {
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (ctx) => {
            const fresh = ctx.context.newSession;
            const { method, network } = currentNotes();
            // Without a method it is a session that was touched or written anew, and nobody signed in.
            if (fresh == null || method === undefined) return;
            const { sessionToken } = ctx.context.authCookies;
            const before = await ctx.getSignedCookie(sessionToken.name, ctx.context.secret);
            if (before === fresh.session.token) return;
            if (before) await ctx.context.internalAdapter.deleteSession(before);
            await audit('sign-in', { userId: fresh.user.id, network, detail: { method } });
          }),
        },
      ],
    },
  };
}
