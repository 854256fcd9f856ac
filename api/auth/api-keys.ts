/** API keys: shown once, kept as a hash, limited to scopes. The prefix is for programs that look for leaked secrets. */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from '../../shared/db/transaction.ts';
import type { Person, RoleName } from './accounts.ts';

export const KEY_PREFIX = 'iamscout_';
export const KEYS_MAX = 20;
const KEY_BYTES = 32;
const KEY_PATTERN = /^iamscout_[\w-]{43}$/;
/** Characters that are kept to know a key by: 5 of 43, beside the prefix. */
const SHOWN = KEY_PREFIX.length + 5;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly start: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresInDays: number | undefined;
}

/** More than KEYS_MAX of one person. */
export class TooManyKeysError extends Error {
  override readonly name = 'TooManyKeysError';
}

export interface ApiKeys {
  list(owner: string): Promise<ApiKey[]>;
  /** @throws TooManyKeysError */
  make(owner: string, key: NewKey): Promise<{ secret: string; key: ApiKey }>;
  /** False when this person has no such key. */
  revoke(owner: string, id: string): Promise<boolean>;
  /** Undefined for a key that means nothing: unknown, expired, revoked, or of a closed account. */
  personOf(secret: string): Promise<{ person: Person; keyId: string; isFirstUse: boolean } | undefined>;
}

const COLUMNS = `id, name, start, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"`;

export function openApiKeys(pool: Pool): ApiKeys {
  return {
    list: async (owner) => {
      const { rows } = await pool.query<ApiKey>(
        `select ${COLUMNS} from auth.api_key where user_id = $1 order by id desc limit ${KEYS_MAX}`,
        [owner],
      );
      return rows;
    },
    make: async (owner, { name, scopes, expiresInDays }) => {
      const secret = KEY_PREFIX + randomBytes(KEY_BYTES).toString('base64url');
      const rows = await inTransaction({ pool }, async (client) => {
        // A statement sees what was there when it began: the count must begin after the wait for whoever else makes one.
        await client.query('select from auth."user" where id = $1 for update', [owner]);
        const inserted = await client.query<ApiKey>(
          `insert into auth.api_key (user_id, name, start, hash, scopes, expires_at)
           select $1, $2, $3, $4, $5, now() + make_interval(days => $6)
           where (select count(*) from auth.api_key where user_id = $1) < ${KEYS_MAX}
           returning ${COLUMNS}`,
          [owner, name, secret.slice(0, SHOWN), hashOf(secret), scopes, expiresInDays ?? null],
        );
        return inserted.rows;
      });
      const [key] = rows;
      if (key === undefined) throw new TooManyKeysError();
      return { secret, key };
    },
    revoke: async (owner, id) => {
      const { rowCount } = await pool.query('delete from auth.api_key where id = $1 and user_id = $2', [id, owner]);
      return rowCount === 1;
    },
    personOf: async (secret) => {
      if (!KEY_PATTERN.test(secret)) return undefined;
      const { rows } = await pool.query<KeyRow>(PERSON_OF_KEY, [hashOf(secret)]);
      const [row] = rows;
      if (row === undefined) return undefined;
      if (row.stale) await pool.query('update auth.api_key set last_used_at = now() where id = $1', [row.keyId]);
      const { id, email, name, role, scopes, createdAt } = row;
      const person = { id, email, name, role, via: 'api-key' as const, scopes: new Set(scopes), signedInAt: createdAt };
      return { person, keyId: row.keyId, isFirstUse: row.lastUsedAt === null };
    },
  };
}

interface KeyRow {
  readonly keyId: string;
  readonly scopes: string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** The last use was noted a minute ago or more; noting each would be a write for every read. */
  readonly stale: boolean;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: RoleName;
}

const PERSON_OF_KEY = `
  select k.id as "keyId", k.scopes, k.created_at as "createdAt", k.last_used_at as "lastUsedAt",
    (k.last_used_at is null or k.last_used_at < now() - interval '1 minute') as stale,
    u.id, u.email, u.name, u.role
  from auth.api_key k join auth."user" u on u.id = k.user_id
  where k.hash = $1 and (k.expires_at is null or k.expires_at > now()) and not u.banned`;

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
