/** The folder of everything that this machine keeps: the embedded database, its password, generated secrets. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './errors.ts';

/** An empty embedded database is 40 MB, and PostgreSQL stops hard when it cannot extend its log. */
const FREE_BYTES_MIN = 200 * 1024 * 1024;

/**
 * Makes the folder, readable by its owner only. As root it stays passable (0711), because PostgreSQL refuses to run as root
 * and its own user must get through to the database below; every secret in it is 0600 all the same.
 * @throws StartError when it cannot be made or its disk is nearly full
 */
export function ensureDataDir(dataDir: string): void {
  const isRoot = process.getuid?.() === 0;
  try {
    // The parents keep the usual mode: with 0700 on them the database's user would be locked out.
    makeFolder(dirname(dataDir));
    const made = makeFolder(dataDir);
    // An empty folder is as good as one of our own making (mktemp -d makes it 0700); a full one keeps its mode.
    if (made || (isRoot && readdirSync(dataDir).length === 0)) chmodSync(dataDir, isRoot ? 0o711 : 0o700);
  } catch (error) {
    throw dataDirFault(dataDir, error);
  }
  const disk = statfsSync(dataDir);
  if (disk.bavail * disk.bsize < FREE_BYTES_MIN) {
    throw new StartError(
      `The disk of ${dataDir} is full (less than ${FREE_BYTES_MIN / 1024 / 1024} MB are free): make room, or set DATA_DIR to a folder on another disk.`,
    );
  }
}

/** Makes a folder that every user may pass through, whatever this process's umask says. */
export function ensurePassable(path: string): void {
  try {
    if (makeFolder(path)) chmodSync(path, 0o755);
  } catch (error) {
    throw dataDirFault(path, error);
  }
}

/**
 * Makes the folder and its parents. Not with Node's `recursive`: where the system answers ENOENT although the parent is there
 * (/proc), that tries again without end and cannot be interrupted.
 * @returns false when it was there
 */
function makeFolder(path: string): boolean {
  if (isFolder(path)) return false;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    // Another process may have made it in this moment.
    if (isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Reads a file of the folder, or makes it (0600) when it is missing; of two processes that make it at once one wins. */
export function readOrMake(path: string, make: () => string): string {
  try {
    writeFileSync(path, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw dataDirFault(path, error);
  }
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw dataDirFault(path, error);
  }
}

/** What a failed access to the folder means for the person who started this. */
export function dataDirFault(path: string, error: unknown): StartError {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const reason =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'its disk is full: make room'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'this user may not write there: change its owner'
        : `of ${error instanceof Error ? error.message : String(error)}: look at that path`;
  return new StartError(`${path} cannot be used because ${reason}, or set DATA_DIR to another folder.`, {
    cause: error,
  });
}
