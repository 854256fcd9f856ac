/** Recovery codes: each stands in for the authenticator app once. 125 random bits, so that a plain hash of them tells nothing (ASVS 6.5.2). */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

const CODES = 10;
const GROUPS = 5;
const GROUP_LENGTH = 5;
/** Five bits each; nothing that is read for something else. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

type Db = Pick<Pool, 'query'>;

export function makeRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, () => {
    const letters = [...randomBytes(GROUPS * GROUP_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
    return (letters.match(new RegExp(`.{${GROUP_LENGTH}}`, 'g')) ?? []).join('-');
  });
}

/** The text of the column: a list of hashes. What else lies there is of an older release, and no code of it is good any more. */
export function storedCodes(codes: readonly string[]): string {
  return JSON.stringify(codes.map(hashOf));
}

export function countCodes(stored: string | null | undefined): number {
  return stored?.startsWith('[') ? (JSON.parse(stored) as unknown[]).length : 0;
}

/** Uses a code up: of two who come at once with the same one gets in. */
export async function takeRecoveryCode(pool: Db, owner: string, code: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update auth."twoFactor" set "backupCodes" = (("backupCodes")::jsonb - $2::text)::text
     where "userId" = $1 and case when "backupCodes" like '[%' then "backupCodes"::jsonb ? $2 else false end`,
    [owner, hashOf(code)],
  );
  return rowCount === 1;
}

/** New ones in place of all that were. @returns undefined where there is no authenticator app */
export async function renewRecoveryCodes(pool: Db, owner: string): Promise<string[] | undefined> {
  const codes = makeRecoveryCodes();
  const { rowCount } = await pool.query(
    `update auth."twoFactor" set "backupCodes" = $2 where "userId" = $1 and verified is not false`,
    [owner, storedCodes(codes)],
  );
  return rowCount === 1 ? codes : undefined;
}

/** Written with capitals, spaces or no hyphens it is the same code. */
function hashOf(code: string): string {
  const letters = code.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return createHash('sha256').update(letters).digest('base64url');
}
