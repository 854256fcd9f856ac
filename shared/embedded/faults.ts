/** What PostgreSQL says when it does not start, as a sentence for the person who started it. */
import { existsSync, readFileSync } from 'node:fs';
import { StartError } from '../errors.ts';

const TAIL_CHARS = 4_000;

const KNOWN: readonly (readonly [RegExp, (data: string) => string])[] = [
  [
    /no space left on device|disk quota exceeded|ENOSPC|EDQUOT/i,
    (data) => `The disk of ${data} is full: make room, or set DATA_DIR to a folder on another disk.`,
  ],
  [
    /permission denied|EACCES|has wrong ownership|has invalid permissions/i,
    (data) =>
      `PostgreSQL may not use ${data}: give that folder to the user that starts this, or set DATA_DIR to another one.`,
  ],
  [
    /database files are incompatible with server/i,
    (data) =>
      `The database in ${data} was made by another version of PostgreSQL: use that version, or set DATA_DIR to a new folder.`,
  ],
  [
    /could not (?:bind|create any TCP\/IP sockets)|address already in use/i,
    () => 'PostgreSQL found no free port on 127.0.0.1: end what is listening there and start again.',
  ],
  [
    /cannot allocate memory|could not map anonymous shared memory|out of memory/i,
    () => 'There is not enough memory to start PostgreSQL (it wants about 200 MB): end something, or set DATABASE_URL.',
  ],
  [
    /ENOENT|exec format error|ENOEXEC|cannot execute/i,
    () =>
      'The PostgreSQL that comes with npm does not run on this system (it needs glibc, or macOS): set DATABASE_URL to a PostgreSQL of your own.',
  ],
];

/** @param said the output of PostgreSQL or the message of a failed spawn */
export function startFault(said: string, data: string, log: string, cause?: unknown): StartError {
  const sentence = KNOWN.find(([pattern]) => pattern.test(said))?.[1](data);
  const last = said
    .split('\n')
    .filter((line) => /FATAL|PANIC|error:/.test(line))
    .at(-1);
  return new StartError(
    sentence ?? `The embedded PostgreSQL did not start (${last?.trim() ?? 'it gave no reason'}): look into ${log}.`,
    cause === undefined ? undefined : { cause },
  );
}

/** What was written to the log after `from` bytes, the last part of it. */
export function logSince(log: string, from: number): string {
  return existsSync(log) ? readFileSync(log).subarray(from).toString('utf8').slice(-TAIL_CHARS) : '';
}
