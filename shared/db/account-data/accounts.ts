/** Accounts by their address, for commands of the operator. */
import { sql } from 'kysely';
import type { AuditEvent } from '../accounts/audit-events.ts';
import type { Database } from '../database.ts';

type Db = Pick<Database, 'sql'>;

/** @returns the account's id; undefined when there is none */
export async function findAccount(db: Db, email: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from auth."user" where lower(email) = lower(${email}::text)`.execute(db.sql);
  return rows[0]?.id;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
}

/** An account that nobody can sign in to yet: `npm run login` makes its person a link. */
export async function addAccount(db: Db, { email, name }: NewAccount): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with made as (
      insert into auth."user" (name, email, "emailVerified", role, banned)
      values (${name}, lower(${email}::text), false, 'seeker', false) returning id
    ), told as (
      insert into auth.audit (event, user_id, detail)
      select ${'account-made' satisfies AuditEvent}, id, jsonb_build_object('by', 'import') from made
    )
    select id from made`.execute(db.sql);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the account was not made');
  return id;
}
