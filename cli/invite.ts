/** `npm run invite`: a one-time link to become somebody here. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadConfig } from '../shared/config.ts';
import { INVITE_DAYS, linkUrl, makeInvite, tellLink } from '../shared/db/accounts/links.ts';
import { siteUrl } from '../shared/site-url.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';
import { operatorName } from './operator-name.ts';

const USAGE = `Usage: npm run invite -- EMAIL [--admin]

Prints a link that makes an account for EMAIL, once, within ${INVITE_DAYS} days. --admin gives it the role admin.`;

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() =>
    parseArgs({ args, allowPositionals: true, options: { admin: { type: 'boolean', default: false } } }),
  );
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0) throw new UsageError('Say one address.');
  if (!z.email().safeParse(email).success) throw new UsageError(`${email} is no e-mail address.`);
  const config = loadConfig();
  return withSystemDatabase(async ({ pool }) => {
    const role = values.admin ? 'admin' : 'seeker';
    const invite = { email, role, madeBy: 'npm run invite' } as const;
    const token = await makeInvite(pool, invite);
    await tellLink(pool, { kind: 'invite', ...invite }, operatorName());
    process.stdout.write(`${linkUrl(siteUrl(config), token)}\n`);
    return 0;
  }, config);
});
