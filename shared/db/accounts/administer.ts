/** Accounts as an administrator has them: who is here, what becomes of them, and the trail. The API, its page and the terminal do the same. */
import type { Pool } from 'pg';
import type { Database } from '../database.ts';
import { inTransaction } from '../transaction.ts';
import type { AuditEvent } from './audit-events.ts';
import { type AccountRole, NoAdministratorError } from './links.ts';

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: AccountRole;
  readonly banned: boolean;
  readonly createdAt: string;
  /** Of their open sessions the latest use. */
  readonly lastSeenAt: string | null;
}

export interface AccountList {
  /** A part of the address or the name. */
  readonly like?: string | undefined;
  /** Where the page before ended, which its last account may be gone from since. */
  readonly after?: AccountPlace | undefined;
  readonly limit: number;
}

/** When an account was made, to the microsecond, and its id. */
export type AccountPlace = readonly [made: string, id: string];

/** As text, because not every pool makes the same of a time. */
const iso = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The newest first. */
export async function listAccounts(
  pool: Pick<Pool, 'query'>,
  { like, after, limit }: AccountList,
): Promise<{ items: AccountRow[]; next: AccountPlace | null }> {
  const { rows } = await pool.query<AccountRow & { readonly made: string }>(
    `select to_char("createdAt" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as made, id, email, name, role, banned, ${iso('"createdAt"')} as "createdAt",
       (select ${iso('max("updatedAt")')} from auth.session s where s."userId" = u.id and "expiresAt" > now()) as "lastSeenAt"
     from auth."user" u
     where ($1::text is null or strpos(lower(email || ' ' || name), lower($1)) > 0)
       and ($2::timestamptz is null or (u."createdAt", id) < ($2::timestamptz, $3::uuid))
     order by u."createdAt" desc, id desc limit $4`,
    [like ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
  const items = rows.slice(0, limit).map(({ made: _, ...item }) => item);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items, next: last === undefined ? null : [last.made, last.id] };
}

export interface AccountChange {
  readonly role?: AccountRole | undefined;
  /** A closed account lets nobody in, by no way, and its API keys mean nothing. */
  readonly banned?: boolean | undefined;
}

export interface Changer {
  /** Undefined for the admin token and the terminal. */
  readonly byUserId?: string | undefined;
  readonly network?: string | undefined;
  /** For the trail, where no account did it: `npm run accounts` and who ran it. */
  readonly detail?: Readonly<Record<string, string>>;
}

export interface Changed {
  /** What is in the trail; empty when everything was as asked for already. */
  readonly events: readonly AuditEvent[];
  readonly email: string;
  readonly role: AccountRole;
  readonly banned: boolean;
  /** How many ended: what somebody may no longer do they may not go on doing. */
  readonly sessionsEnded: number;
  /** Open accounts of administrators that are left. */
  readonly administrators: number;
  /** How many open invitations ended that this account had made: only administrators invite. */
  readonly invitesEnded: number;
}

/** Refused to a person: nobody would be administrator afterwards. The server's own machine may. */
export class LastAdministratorError extends Error {
  override message = 'Nobody would be administrator afterwards: make somebody one first.';
}

/**
 * Gives a role, closes or opens an account, ends its sessions and writes the trail, in one transaction. Twice is once.
 * @param dryRun tells the same and leaves everything as it is
 * @returns undefined where there is no such account
 * @throws LastAdministratorError
 * @throws NoAdministratorError
 */
export function changeAccount(
  db: Pick<Database, 'pool'>,
  id: string,
  change: AccountChange,
  changer: Changer,
  dryRun = false,
): Promise<Changed | undefined> {
  return inTransaction(db, async (client) => {
    const { rows } = await client.query<Pick<AccountRow, 'id' | 'email' | 'role' | 'banned'>>(LOCK, [id]);
    const before = rows.find((row) => row.id === id.toLowerCase());
    if (before === undefined) return undefined;
    const { email } = before;
    const { role = before.role, banned = before.banned } = change;
    const events: AuditEvent[] = [];
    if (role !== before.role) events.push('role-changed');
    if (banned !== before.banned) events.push('banned');
    const isAdministrator = role === 'admin' && !banned;
    const counts = await client.query<Counts>(COUNT, [id, isAdministrator]);
    const { sessions = 0, invites = 0, administrators = 0 } = counts.rows[0] ?? {};
    const wasAdministrator = before.role === 'admin' && !before.banned;
    if (changer.byUserId !== undefined && wasAdministrator && administrators === 0) throw new LastAdministratorError();
    const by = rows.find((row) => row.id === changer.byUserId);
    if (changer.byUserId !== undefined && (by?.role !== 'admin' || by.banned)) throw new NoAdministratorError();
    if (events.length > 0 && !dryRun) await client.query(WRITE, [id, role, banned]);
    const sessionsEnded = events.length > 0 ? sessions : 0;
    if (sessionsEnded > 0 && !dryRun) await client.query('delete from auth.session where "userId" = $1', [id]);
    const invitesEnded = events.length > 0 && !isAdministrator ? invites : 0;
    if (invitesEnded > 0 && !dryRun) await client.query(`delete from ${INVITES}`, [id]);
    for (const event of dryRun ? [] : events) {
      const detail = {
        ...changer.detail,
        ...(event === 'banned' ? { banned } : { role }),
        ...(invitesEnded > 0 && { invitesEnded }),
      };
      await client.query(
        'insert into auth.audit (event, user_id, by_user_id, network, detail) values ($1, $2, $3, $4, $5)',
        [event, id, changer.byUserId ?? null, changer.network ?? null, detail],
      );
    }
    return { events, email, role, banned, sessionsEnded, administrators, invitesEnded };
  });
}

/** With all administrators, always in the same order: of two who take each other's role the second sees what the first did. */
const LOCK = `
  select id, email, role, banned from auth."user" where id = $1 or (role = 'admin' and not banned)
  order by id for no key update`;

const WRITE = `update auth."user" set role = $2, banned = $3, "updatedAt" = now() where id = $1`;

interface Counts {
  readonly sessions: number;
  readonly invites: number;
  readonly administrators: number;
}

/** Those that this account made and nobody has used. */
const INVITES = `auth.link where made_by = $1::uuid::text and kind = 'invite' and used_at is null`;

/** `$2`: whether this account is one of them afterwards. */
const COUNT = `
  select (select count(*)::integer from auth.session where "userId" = $1 and "expiresAt" > now()) as sessions,
    (select count(*)::integer from ${INVITES} and expires_at > now()) as invites,
    (select count(*)::integer from auth."user" where role = 'admin' and not banned and id <> $1) + $2::boolean::integer
      as administrators`;

export interface TrailRow {
  readonly id: string;
  readonly at: string;
  readonly event: AuditEvent;
  /** Whose account it was; null where that is unknown. */
  readonly userId: string | null;
  /** Null when the account is gone. */
  readonly email: string | null;
  readonly byUserId: string | null;
  readonly byEmail: string | null;
  readonly network: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What happened to accounts, the newest first. @param before the number that the page before ended with */
export async function readTrail(
  pool: Pick<Pool, 'query'>,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<{ items: TrailRow[]; next: number | null }> {
  const { rows } = await pool.query<TrailRow>(
    `select a.id::text, ${iso('a.at')} as at, a.event, a.user_id as "userId", u.email, a.by_user_id as "byUserId", b.email as "byEmail",
       a.network, a.detail
     from auth.audit a left join auth."user" u on u.id = a.user_id left join auth."user" b on b.id = a.by_user_id
     where $1::bigint is null or a.id < $1 order by a.id desc limit $2`,
    [before ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? Number(items.at(-1)?.id) : null };
}
