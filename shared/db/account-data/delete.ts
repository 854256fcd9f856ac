/** Deletes an account and everything that is kept of its person, and says what that was. */
import { sql } from 'kysely';
import { LastAdministratorError } from '../accounts/administer.ts';
import type { AuditEvent } from '../accounts/audit-events.ts';
import type { Database } from '../database.ts';
import { lockOwner } from '../tracking/entry.ts';
import { NoAccountError } from './export.ts';

/** How many rows of each kind were removed. */
export interface Removed {
  readonly applications: number;
  readonly events: number;
  readonly adverts: number;
  readonly hides: number;
  readonly sessions: number;
  readonly passkeys: number;
  readonly apiKeys: number;
  readonly identities: number;
  /** One-time links: those to the address, and open invitations from there, which only administrators make. */
  readonly links: number;
}

/**
 * Rows of the person go with the account by their foreign keys; the trail keeps that an account was deleted, without its address.
 * @param by who did it: the account's own id, or undefined for an operator at the terminal
 * @throws NoAccountError
 * @throws LastAdministratorError where others would stay behind without one; at the terminal, which can make one, it may go
 */
export async function deleteAccount(
  db: Pick<Database, 'sql'>,
  owner: string,
  by: string | undefined,
): Promise<Removed> {
  return await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    // As `changeAccount` locks them: of two who go at once the second sees that the first is gone.
    await sql`select 1 from auth."user" where id = ${owner}::uuid or (role = 'admin' and not banned) order by id for no key update`.execute(
      tx,
    );
    const { rows } = await sql<Removed & { email: string; isLastAdmin: boolean }>`
      select u.email,
        u.role = 'admin' and not u.banned and exists (select from auth."user" o where o.id <> u.id)
          and not exists (select from auth."user" o where o.id <> u.id and o.role = 'admin' and not o.banned) as "isLastAdmin",
        (select count(*)::integer from application a where a.owner = u.id) as applications,
        (select count(*)::integer from application_event e join application a on a.id = e.application_id
          where a.owner = u.id) as events,
        (select count(*)::integer from application_advert f join application a on a.id = f.application_id
          where a.owner = u.id) as adverts,
        (select count(*)::integer from hide_rule h where h.owner = u.id) as hides,
        (select count(*)::integer from auth.session s where s."userId" = u.id) as sessions,
        (select count(*)::integer from auth.passkey p where p."userId" = u.id) as passkeys,
        (select count(*)::integer from auth.api_key k where k.user_id = u.id) as "apiKeys",
        (select count(*)::integer from auth.account c where c."userId" = u.id) as identities,
        (select count(*)::integer from auth.link l where l.email = u.email or ${openInviteOf(owner)}) as links
      from auth."user" u where u.id = ${owner}::uuid`.execute(tx);
    const [found] = rows;
    if (found === undefined) throw new NoAccountError('There is no such account.');
    const { email, isLastAdmin, ...removed } = found;
    if (isLastAdmin && by !== undefined) throw new LastAdministratorError();
    await sql`delete from auth.link l where l.email = ${email} or ${openInviteOf(owner)}`.execute(tx);
    await sql`delete from auth."user" where id = ${owner}::uuid`.execute(tx);
    await sql`
      insert into auth.audit (event, user_id, by_user_id, detail)
      values (${'account-deleted' satisfies AuditEvent}, ${owner}::uuid, ${by ?? null}::uuid, ${JSON.stringify(removed)}::jsonb)`.execute(
      tx,
    );
    return removed;
  });
}

const openInviteOf = (owner: string) =>
  sql`(l.made_by = ${owner}::uuid::text and l.kind = 'invite' and l.used_at is null)`;
