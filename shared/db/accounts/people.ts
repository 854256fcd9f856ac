/** Accounts as rows, for what happens outside a request: the owner at start, the terminal. */
import type { Pool } from 'pg';
import type { AuditEvent } from './audit-events.ts';
import type { AccountRole } from './links.ts';

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly role: AccountRole;
}

/** @returns the id; of whom it was already, with the role that they have */
export async function ensurePerson(pool: Pick<Pool, 'query'>, { email, name, role }: NewPerson): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with made as (
       insert into auth."user" (email, name, role, "emailVerified", banned) values ($1, $2, $3, true, false)
       on conflict (email) do nothing returning id
     ), told as (
       insert into auth.audit (event, user_id, detail) select $4, id, jsonb_build_object('by', 'start') from made
     )
     select id from made union all select id from auth."user" where email = $1 limit 1`,
    [email.toLowerCase(), name, role, 'account-made' satisfies AuditEvent],
  );
  const [row] = rows;
  // Somebody else made it between the two halves of the statement.
  if (row === undefined) return ensurePerson(pool, { email, name, role });
  return row.id;
}

export async function findPerson(
  pool: Pick<Pool, 'query'>,
  email: string,
): Promise<{ id: string; role: AccountRole; banned: boolean } | undefined> {
  const { rows } = await pool.query<{ id: string; role: AccountRole; banned: boolean }>(
    'select id, role, banned from auth."user" where email = $1',
    [email.toLowerCase()],
  );
  return rows[0];
}
