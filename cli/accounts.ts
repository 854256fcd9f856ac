/** `npm run accounts`: who has an account here, and what an administrator may do with it, for whoever can reach the server's machine. */
import { parseArgs } from 'node:util';
import { findAccount } from '../shared/db/account-data/accounts.ts';
import {
  type AccountChange,
  type AccountPlace,
  type AccountRow,
  type Changed,
  changeAccount,
  listAccounts,
} from '../shared/db/accounts/administer.ts';
import type { Database } from '../shared/db/database.ts';
import { StartError } from '../shared/errors.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';
import { operatorName } from './operator-name.ts';
import { printable, table } from './terminal.ts';

const USAGE = `Usage: npm run accounts -- list [PART OF AN ADDRESS OR NAME] [--json]
       npm run accounts -- ban EMAIL | unban EMAIL | role EMAIL seeker|admin [--dry-run] [--json]

  list    who has an account, the newest first
  ban     closes an account: its sessions end, its API keys mean nothing, nobody comes in; what it tracks stays
  unban   opens it again
  role    makes somebody an administrator, or no more; their sessions end

With --dry-run it only tells what would happen. npm run account takes one account out, in or away.`;

/** More than anybody reads; a part of an address finds the rest. */
const LISTED_MAX = 1000;
const BATCH = 200;
const BY = 'npm run accounts';

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() => parseArgs({ args, options: OPTIONS, allowPositionals: true }));
  const [verb, ...rest] = positionals;
  const { json, 'dry-run': dryRun } = values;
  if (verb === 'list') {
    if (dryRun || rest.length > 1) throw new UsageError('list takes a part of an address or name, and --json.');
    return withSystemDatabase((db) => list(db, rest[0], json));
  }
  const [email, change] = changeOf(verb, rest);
  return withSystemDatabase(async (db) => {
    const id = await findAccount(db, email);
    const by = { detail: { by: BY, user: operatorName() } };
    const done = id === undefined ? undefined : await changeAccount(db, id, change, by, dryRun);
    if (done === undefined) throw new StartError(`There is no account ${email}: npm run accounts -- list shows all.`);
    process.stdout.write(json ? `${JSON.stringify({ ...done, dryRun })}\n` : told(done, change, dryRun));
    return 0;
  });
});

/** @throws UsageError */
function changeOf(verb: string | undefined, [email, role, ...more]: string[]): [email: string, change: AccountChange] {
  if (verb !== 'ban' && verb !== 'unban' && verb !== 'role')
    throw new UsageError(verb === undefined ? 'Say what to do.' : `There is no "${verb}".`);
  if (email === undefined || more.length > 0) throw new UsageError(`${verb} takes one address.`);
  if (verb !== 'role') {
    if (role !== undefined) throw new UsageError('One address at a time.');
    return [email, { banned: verb === 'ban' }];
  }
  if (role !== 'seeker' && role !== 'admin') throw new UsageError('The role is seeker or admin.');
  return [email, { role }];
}

function told(done: Changed, change: AccountChange, dryRun: boolean) {
  const { events, email, sessionsEnded, invitesEnded, administrators } = done;
  const state =
    change.role === undefined
      ? change.banned
        ? 'closed'
        : 'open'
      : change.role === 'admin'
        ? 'an administrator'
        : 'a seeker';
  if (events.length === 0) return `${email} is ${state} already: nothing to do.\n`;
  const ended = `${sessionsEnded} ${sessionsEnded === 1 ? 'session' : 'sessions'}`;
  const lines = dryRun
    ? [`Dry run, nothing changed. ${email} would be ${state}, and ${ended} would end.`]
    : [`${email} is ${state} now; ${ended} ended.`];
  if (invitesEnded > 0)
    lines.push(`Open invitations from there that ${dryRun ? 'would end' : 'ended'}: ${invitesEnded}.`);
  if (administrators === 0)
    lines.push(
      `Nobody ${dryRun ? 'would be' : 'is'} administrator then: npm run accounts -- role EMAIL admin makes one.`,
    );
  return `${lines.join('\n')}\n`;
}

async function list({ pool }: Database, like: string | undefined, json: boolean): Promise<number> {
  const items: AccountRow[] = [];
  let after: AccountPlace | undefined;
  do {
    const page = await listAccounts(pool, { like, after, limit: BATCH });
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined && items.length < LISTED_MAX);
  process.stdout.write(json ? `${JSON.stringify(items)}\n` : shown(items));
  if (after !== undefined) process.stderr.write('There are more: say a part of the address or name.\n');
  return 0;
}

function shown(items: readonly AccountRow[]): string {
  if (items.length === 0) return 'Nobody has such an account.\n';
  const minute = (time: string | null) => time?.slice(0, 16).replace('T', ' ') ?? '-';
  const rows = items.map(({ email, role, banned, lastSeenAt, createdAt, name }) => [
    printable(email),
    role,
    banned ? 'closed' : 'open',
    minute(lastSeenAt),
    minute(createdAt),
    printable(name),
  ]);
  return table([['address', 'role', 'state', 'last seen (UTC)', 'made (UTC)', 'name'], ...rows]);
}
