/** Makes the database's files, once. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { dataDirFault, readOrMake } from '../data-dir.ts';
import { startFault } from './faults.ts';
import type { OsUser } from './os-user.ts';
import type { Place } from './place.ts';
import { isAlive } from './running.ts';

const INIT_TIMEOUT_MS = 120_000;

/**
 * Runs initdb into a folder beside the final one and renames it, so that a killed first start leaves no half database.
 * @returns the superuser's password
 */
export async function initDatabase(native: string, place: Place, user: OsUser): Promise<string> {
  const password = readOrMake(place.password, () => randomBytes(24).toString('hex'));
  if (existsSync(join(place.data, 'PG_VERSION'))) return password;
  removeLeftovers(place.data);
  const part = `${place.data}.${process.pid}.${randomBytes(4).toString('hex')}.part`;
  const passwordFile = `${part}.password`;
  try {
    mkdirSync(part, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user.uid !== undefined && user.gid !== undefined) {
      for (const path of [part, passwordFile]) chownSync(path, user.uid, user.gid);
    }
    await runInitdb(native, part, passwordFile, user);
    // An empty folder left by somebody is replaced; a full one means that another process was first, and its database is kept.
    renameSync(part, place.data);
  } catch (error) {
    if (!existsSync(join(place.data, 'PG_VERSION'))) {
      const said = (error as { stderr?: unknown }).stderr;
      throw typeof said === 'string'
        ? startFault(`${said}\n${String(error)}`, place.data, place.log, error)
        : dataDirFault(dirname(place.data), error);
    }
  } finally {
    rmSync(part, { recursive: true, force: true });
    rmSync(passwordFile, { force: true });
  }
  return password;
}

/** What first starts left behind that were killed half way. */
function removeLeftovers(data: string): void {
  for (const name of readdirSync(dirname(data))) {
    const pid = Number(/^postgres\.(\d+)\..*part/.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) rmSync(join(dirname(data), name), { recursive: true, force: true });
  }
}

async function runInitdb(native: string, data: string, passwordFile: string, user: OsUser): Promise<void> {
  const args = [
    ...['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    // PostgreSQL's own UTF-8 collation: the same order on every machine, whatever locales and ICU it has.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--no-sync', '--no-instructions'],
  ];
  await promisify(execFile)(join(native, 'bin', 'initdb'), args, {
    ...user,
    cwd: data,
    timeout: INIT_TIMEOUT_MS,
    encoding: 'utf8',
  });
}
