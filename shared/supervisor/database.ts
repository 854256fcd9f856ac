/** The database of this installation, somebody's own or the embedded one, in the state that the roles expect. */
import type { Config } from '../config.ts';
import { linkUrl, makeLink, type NewLink, tellLink } from '../db/accounts/links.ts';
import { ensurePerson, findPerson } from '../db/accounts/people.ts';
import { addStarterBoards } from '../db/boards.ts';
import { openDatabase } from '../db/database.ts';
import { isDiskFull } from '../db/failure.ts';
import { databaseAddress } from '../db/faults.ts';
import { migrate } from '../db/migrate.ts';
import { keepEmbedded } from '../embedded/keeper.ts';
import { StartError } from '../errors.ts';
import type { Log } from '../log.ts';
import { siteUrl } from '../site-url.ts';

export interface AppDatabase {
  readonly url: string;
  /** Where it runs, for people. */
  readonly about: string;
  /** What the roles need in their environment to find it. */
  readonly env: Readonly<Record<string, string>>;
  release(): Promise<void>;
}

/**
 * Starts or finds the database, brings its tables up to date, adds the boards that are missing and the owner's account.
 * @param onLost the embedded server ended and cannot be started again
 * @throws StartError or ConfigError; an embedded server that was started is stopped again
 */
export async function openAppDatabase(
  config: Config,
  log: Log,
  onLost: (error: unknown) => void,
): Promise<AppDatabase> {
  const database =
    config.databaseUrl === undefined ? await embedded(config, log, onLost) : external(config.databaseUrl);
  try {
    await migrate(database.url);
    await prepare(database.url, config);
    return database;
  } catch (error) {
    await database.release();
    throw diskFault(error, config) ?? error;
  }
}

function external(url: string): AppDatabase {
  return { url, about: databaseAddress(url), env: {}, release: async () => undefined };
}

async function embedded(config: Config, log: Log, onLost: (error: unknown) => void) {
  const server = await keepEmbedded(config.dataDir, {
    onRevived: () => log.warn('the embedded PostgreSQL had ended and was started again'),
    onLost,
  });
  const how = server.adopted ? 'was already running' : 'started';
  return {
    url: server.url,
    about: `embedded PostgreSQL, ${how}, 127.0.0.1:${server.port}, data in ${server.data}`,
    env: { DATABASE_URL: server.url },
    release: server.release,
  };
}

/** What must be there before the roles: the boards that ship with this, and somebody who may sign in. */
async function prepare(url: string, { boardsFile, accounts }: Config): Promise<void> {
  const db = await openDatabase(url, 'supervisor', 1);
  try {
    await addStarterBoards(db, boardsFile);
    await ensurePerson(db.pool, { email: accounts.ownerEmail, name: 'Owner', role: 'admin' });
  } finally {
    await db.close();
  }
}

function diskFault(error: unknown, config: Config): StartError | undefined {
  if (!isDiskFull(error)) return undefined;
  const where = config.databaseUrl === undefined ? config.dataDir : databaseAddress(config.databaseUrl);
  return new StartError(`The disk of the database (${where}) is full: make room and start again.`, { cause: error });
}

/**
 * A link for the owner, who sits at this terminal: only on a machine of one's own.
 * @returns in its place, where their account is closed, what opens it; the line it is in ends with how long a link works
 */
export async function ownerLink(url: string, config: Config): Promise<string> {
  const db = await openDatabase(url, 'supervisor', 1);
  try {
    const email = config.accounts.ownerEmail;
    if ((await findPerson(db.pool, email))?.banned)
      return `the account ${email} is closed: npm run accounts -- unban ${email} opens it again, and the next start shows a link`;
    const link: NewLink = { kind: 'sign-in', email, role: 'admin', madeBy: 'start' };
    const token = await makeLink(db.pool, link);
    await tellLink(db.pool, link);
    return linkUrl(siteUrl(config), token);
  } finally {
    await db.close();
  }
}
