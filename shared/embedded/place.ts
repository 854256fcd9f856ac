/** Where the embedded database of a data folder lives: usually below it, elsewhere when its user cannot get there. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { canReach, type OsUser } from './os-user.ts';

/** For root whose project lies below a folder that only root may enter, such as /root. */
export const FALLBACK_ROOT = '/var/lib/iam-job-scout';

/** The database that all roles use on the embedded server. */
export const DATABASE_NAME = 'jobscout';

export interface Place {
  /** PostgreSQL's own data directory. */
  readonly data: string;
  readonly password: string;
  readonly log: string;
}

/** The same answer for the process that starts the server and for those that look for it later. */
export function placeOf(dataDir: string, user: OsUser, fallbackRoot: string): Place {
  const wanted = resolve(dataDir);
  const root = canReach(user, [nearestExisting(wanted)])
    ? wanted
    : join(fallbackRoot, wanted.slice(1).replaceAll('/', '_'));
  return { data: join(root, 'postgres'), password: join(root, 'postgres-password'), log: join(root, 'postgres.log') };
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** @param password letters and digits only, so that it needs no escaping in a URL */
export function serverUrl(port: number, password: string, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}
