/** The database of a running or configured system, for commands that look at it or change it. */
import { type Config, loadConfig } from '../shared/config.ts';
import { type Database, openDatabase } from '../shared/db/database.ts';
import { findEmbedded } from '../shared/embedded/launch.ts';
import { StartError } from '../shared/errors.ts';
import { UnavailableError } from './command.ts';

/** @throws UnavailableError when nothing runs here and no DATABASE_URL is set, or nothing answers there */
export async function withSystemDatabase(
  work: (db: Database) => Promise<number>,
  config: Config = loadConfig(),
): Promise<number> {
  const url = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (url === undefined) {
    throw new UnavailableError(
      `Nothing is running with DATA_DIR ${config.dataDir}: start it with npm start, or set DATABASE_URL.`,
    );
  }
  const db = await openDatabase(url, 'cli', 2).catch((error: unknown) => {
    throw error instanceof StartError ? new UnavailableError(error.message) : error;
  });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
