/** How a person may come in: what /settings shows, and what must not be taken away last. */
import type { Pool } from 'pg';
import { Problem } from '../problems.ts';
import { countCodes } from './recovery-codes.ts';

export interface Passkey {
  readonly id: string;
  readonly name: string | null;
  readonly createdAt: Date | null;
  readonly deviceType: string;
  readonly backedUp: boolean;
}

export interface Identity {
  readonly id: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly createdAt: Date;
}

export interface Ways {
  readonly passkeys: readonly Passkey[];
  readonly identities: readonly Identity[];
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  /** Of the authenticator app; 0 also for those of a release that kept them otherwise. */
  readonly recoveryCodesLeft: number;
  /** Something opens the account that is worth two factors: a passkey, password and app, or the provider. */
  readonly isStrong: boolean;
}

export interface WaysIn {
  of(owner: string): Promise<Ways>;
  renamePasskey(owner: string, id: string, name: string): Promise<boolean>;
  /** Removes one of these, unless nothing would be left. @returns false where there is no such one @throws Problem last-way-in */
  remove(owner: string, what: 'passkey' | 'identity' | 'password', id?: string): Promise<boolean>;
}

const LISTED_MAX = 50;

/** @param hasProvider there is one in the settings; an identity of one that was taken out opens nothing */
export function openWaysIn(pool: Pool, hasProvider: boolean): WaysIn {
  const waysOf = async (owner: string): Promise<Ways> => {
    const [passkeys, accounts, user] = await Promise.all([
      pool.query<Passkey>(
        `select id, name, "createdAt", "deviceType", "backedUp" from auth.passkey where "userId" = $1 order by "createdAt" limit ${LISTED_MAX}`,
        [owner],
      ),
      pool.query<Identity>(
        `select id, "providerId", "accountId", "createdAt" from auth.account where "userId" = $1 order by "createdAt" limit ${LISTED_MAX}`,
        [owner],
      ),
      pool.query<{ totp: boolean | null; codes: string | null }>(
        `select u."twoFactorEnabled" as totp, t."backupCodes" as codes
         from auth."user" u left join auth."twoFactor" t on t."userId" = u.id where u.id = $1`,
        [owner],
      ),
    ]);
    const identities = accounts.rows.filter((row) => row.providerId !== 'credential');
    const hasPassword = accounts.rows.some((row) => row.providerId === 'credential');
    const hasTotp = user.rows[0]?.totp === true;
    const isStrong = passkeys.rows.length > 0 || (hasPassword && hasTotp) || (hasProvider && identities.length > 0);
    const recoveryCodesLeft = hasTotp ? countCodes(user.rows[0]?.codes) : 0;
    return { passkeys: passkeys.rows, identities, hasPassword, hasTotp, recoveryCodesLeft, isStrong };
  };
  return {
    of: waysOf,
    renamePasskey: async (owner, id, name) => {
      const { rowCount } = await pool.query('update auth.passkey set name = $3 where id = $1 and "userId" = $2', [
        id,
        owner,
        name,
      ]);
      return rowCount === 1;
    },
    remove: async (owner, what, id) => {
      const ways = await waysOf(owner);
      // A password without the second factor opens nothing.
      const left = ways.passkeys.length + ways.identities.length + Number(ways.hasPassword && ways.hasTotp);
      const counts = what !== 'password' || ways.hasTotp;
      if (left - Number(counts) < 1) throw new Problem('last-way-in');
      const { rowCount } = await pool.query(...statementOf(what, owner, id));
      return (rowCount ?? 0) > 0;
    },
  };
}

function statementOf(
  what: 'passkey' | 'identity' | 'password',
  owner: string,
  id: string | undefined,
): [string, string[]] {
  if (what === 'passkey') return ['delete from auth.passkey where id = $1 and "userId" = $2', [id ?? '', owner]];
  if (what === 'identity')
    return [
      `delete from auth.account where id = $1 and "userId" = $2 and "providerId" <> 'credential'`,
      [id ?? '', owner],
    ];
  return [`delete from auth.account where "userId" = $1 and "providerId" = 'credential'`, [owner]];
}
