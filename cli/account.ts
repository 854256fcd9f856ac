/** `npm run account`: one person's account as a file, from a file, or away. */
import { createWriteStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { findAccount } from '../shared/db/account-data/accounts.ts';
import { deleteAccount } from '../shared/db/account-data/delete.ts';
import { exportAccount } from '../shared/db/account-data/export.ts';
import { AccountNotEmptyError, importAccount, WordlessHideError } from '../shared/db/account-data/import.ts';
import type { Database } from '../shared/db/database.ts';
import { TrackingFullError } from '../shared/db/tracking/errors.ts';
import { StartError } from '../shared/errors.ts';
import { readAccountFile } from '../shared/tracking/account-file.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';

const USAGE = `Usage: npm run account -- export EMAIL [--out FILE]
       npm run account -- import EMAIL FILE [--merge]
       npm run account -- delete EMAIL --yes

  export   everything that is kept of the person, without secrets; to the terminal unless --out
  import   brings such a file into the account; makes the account when there is none with that address.
           All of it or nothing. Into an account that tracks something only with --merge
  delete   removes the account and everything that is kept of the person, and says what that was`;

const OPTIONS = {
  out: { type: 'string' },
  merge: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
} as const;

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() => parseArgs({ args, options: OPTIONS, allowPositionals: true }));
  const [verb, email, file, ...more] = positionals;
  if (email === undefined || more.length > 0) throw new UsageError('Say what to do, and with which address.');
  if (file !== undefined && verb !== 'import') throw new UsageError(`${verb} takes no file; export has --out.`);
  if (verb === 'export') return withSystemDatabase((db) => write(db, email, values.out));
  if (verb === 'import') return bring(email, file, values.merge);
  if (verb === 'delete') return withSystemDatabase((db) => remove(db, email, values.yes));
  throw new UsageError(`There is no "${verb}".`);
});

async function write(db: Database, email: string, out: string | undefined): Promise<number> {
  const parts = Readable.from(exportAccount(db, await idOf(db, email)));
  await pipeline(parts, out === undefined ? process.stdout : createWriteStream(out, { mode: 0o600 }), {
    end: out !== undefined,
  });
  return 0;
}

function bring(email: string, path: string | undefined, merge: boolean): Promise<number> {
  if (path === undefined) throw new UsageError('import takes an address and a file.');
  const read = readAccountFile(readJson(path));
  if ('faults' in read) {
    const lines = read.faults.map(({ pointer, detail }) => `  ${pointer === '' ? '/' : pointer}  ${detail}`);
    throw new StartError(`${path} is no account file; nothing was imported:\n${lines.join('\n')}`);
  }
  return withSystemDatabase(async (db) => {
    const there = await findAccount(db, email);
    const whose = there ?? { email, name: read.file.profile.name };
    const done = await importAccount(db, whose, read.file, { merge }).catch((error: unknown) => {
      const refusals = [AccountNotEmptyError, TrackingFullError, WordlessHideError];
      if (!refusals.some((kind) => error instanceof kind)) throw error;
      throw new StartError(`${(error as Error).message} Nothing was imported.`);
    });
    const made = there === undefined ? `Made the account ${email}. ` : '';
    const unknown = `${done.unknownJobs} of them of jobs that this system does not have`;
    process.stdout.write(
      `${made}Imported ${done.applications} entries (${unknown}) and ${done.hides} hides; left out ${done.skipped}.\n`,
    );
    return 0;
  });
}

async function remove(db: Database, email: string, yes: boolean): Promise<number> {
  const owner = await idOf(db, email);
  if (!yes) throw new UsageError(`This removes everything of ${email}. Export it first; then add --yes.`);
  const removed = await deleteAccount(db, owner, undefined);
  const list = Object.entries(removed).map(([what, n]) => `${n} ${what}`);
  process.stdout.write(`Deleted ${email}: ${list.join(', ')}.\n`);
  return 0;
}

async function idOf(db: Database, email: string): Promise<string> {
  const id = await findAccount(db, email);
  if (id === undefined) throw new StartError(`There is no account ${email}.`);
  return id;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
