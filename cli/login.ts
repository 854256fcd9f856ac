/** `npm run login`: a one-time link to sign in, for whoever can reach the server's own machine. Also the way back in. */
import { loadConfig } from '../shared/config.ts';
import { linkUrl, makeLink, type NewLink, SIGN_IN_LINK_MINUTES, tellLink } from '../shared/db/accounts/links.ts';
import { ensurePerson, findPerson } from '../shared/db/accounts/people.ts';
import { StartError } from '../shared/errors.ts';
import { siteUrl } from '../shared/site-url.ts';
import { runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';
import { operatorName } from './operator-name.ts';

const USAGE = `Usage: npm run login [-- EMAIL]

Prints a link that signs in once, within ${SIGN_IN_LINK_MINUTES} minutes. Without EMAIL: the owner, OWNER_EMAIL.`;

await runCommand(USAGE, async ([given, ...more]) => {
  if (more.length > 0) throw new UsageError('One address at a time.');
  const config = loadConfig();
  const { ownerEmail } = config.accounts;
  const email = (given ?? ownerEmail).toLowerCase();
  return withSystemDatabase(async ({ pool }) => {
    if (email === ownerEmail) await ensurePerson(pool, { email, name: 'Owner', role: 'admin' });
    const person = await findPerson(pool, email);
    if (person === undefined)
      throw new StartError(
        `Nobody here has the address ${email}: npm run invite -- ${email} makes a link to become one.`,
      );
    if (person.banned)
      throw new StartError(`The account ${email} is closed: npm run accounts -- unban ${email} opens it again.`);
    const link: NewLink = { kind: 'sign-in', email, role: person.role, madeBy: 'npm run login' };
    const token = await makeLink(pool, link);
    await tellLink(pool, link, operatorName());
    process.stdout.write(`${linkUrl(siteUrl(config), token)}\n`);
    return 0;
  }, config);
});
