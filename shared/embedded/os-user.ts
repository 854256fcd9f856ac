/** PostgreSQL refuses to run as root: then it runs as another user, and that user must be able to reach its files. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { StartError } from '../errors.ts';

/** Ids to hand to `spawn`; empty when this process is nobody special and may run the server itself. */
export interface OsUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** `postgres` where it exists, else `nobody`, which every Linux has. */
export function serverUser(): OsUser {
  if (process.getuid?.() !== 0) return {};
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const row = rows.find((r) => r[0] === 'postgres') ?? rows.find((r) => r[0] === 'nobody');
  // macOS writes nobody's ids as -2, which no system call takes.
  if (row === undefined || Number(row[2]) <= 0) {
    throw new StartError(
      'PostgreSQL cannot run as root and there is no user "postgres" or "nobody": start this as another user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

/** Whether the user can pass to every path; only as that user can this be known (modes, ACLs, mounts). */
export function canReach(user: OsUser, paths: readonly string[]): boolean {
  if (user.uid === undefined) return true;
  return paths.every((path) => spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { ...user, cwd: '/' }).status === 0);
}
