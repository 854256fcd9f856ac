/** Passwords: hashed with Argon2id (OWASP's parameters), kept as a PHC string, and refused where everybody guesses them first. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { dictionary } from '@zxcvbn-ts/language-common';

export const PASSWORD_LENGTH_MIN = 15;
export const PASSWORD_LENGTH_MAX = 128;

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

const run = promisify(argon2);

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await derive(password, { nonce, memory: MEMORY_KIB, passes: PASSES, lanes: LANES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${plain(nonce)}$${plain(tag)}`;
}

/** Answers false for a hash that is none: a broken row lets nobody in. */
export async function verifyPassword({ hash, password }: { hash: string; password: string }): Promise<boolean> {
  const parts = PHC.exec(hash);
  if (parts === null) return false;
  const [, memory, passes, lanes, salt = '', tag = ''] = parts;
  const expected = Buffer.from(tag, 'base64');
  const given = await derive(password, {
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
  });
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** What is wrong with a new password, or undefined. @param context words that everybody knows of this person and this site */
export function passwordFault(password: string, context: readonly string[]): string | undefined {
  if (password.length < PASSWORD_LENGTH_MIN)
    return `has ${password.length} characters; it must have at least ${PASSWORD_LENGTH_MIN}`;
  if (password.length > PASSWORD_LENGTH_MAX) return `must have at most ${PASSWORD_LENGTH_MAX} characters`;
  const low = password.toLowerCase();
  if (new Set(low).size < 5) return 'has fewer than 5 different characters';
  if (isCommon(low)) return 'is made of passwords that everybody tries first';
  const known = context.map((word) => word.toLowerCase()).find((word) => word.length > 3 && isMostly(low, word));
  return known === undefined
    ? undefined
    : `is hardly more than "${known}", which everybody knows of you or of this site`;
}

/** What is cut off is more than one person can guess around: 8 characters that are not the word. */
function isMostly(password: string, word: string): boolean {
  return password.includes(word) && password.replaceAll(word, '').length < 8;
}

let common: ReadonlySet<string> | undefined;

/** Also `password1password1`: a common word repeated, or padded with digits and signs. */
function isCommon(low: string): boolean {
  common ??= new Set(dictionary['passwords-common']);
  const letters = low.replace(/[^a-z]+$/, '').replace(/^[^a-z]+/, '');
  const half = low.slice(0, low.length / 2);
  return common.has(low) || common.has(letters) || (half.repeat(2) === low && common.has(half));
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,64})\$([\w+/]{22,128})$/;

interface Parameters {
  readonly nonce: Buffer;
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

function derive(password: string, { nonce, memory, passes, lanes }: Parameters): Promise<Buffer> {
  // Unicode has several spellings of one text; keyboards differ in which they send (NIST SP 800-63B, 5.1.1.2).
  const message = password.normalize('NFKC');
  return run('argon2id', { message, nonce, memory, passes, parallelism: lanes, tagLength: TAG_BYTES });
}

function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
