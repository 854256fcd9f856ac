/** Links that work once: to sign in without a password, and to become somebody here. Only a hash of them is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { StartError } from '../../errors.ts';

export const SIGN_IN_LINK_MINUTES = 15;
export const INVITE_DAYS = 7;
/** Links for one address that wait at once; older ones end. */
const OPEN_PER_ADDRESS_MAX = 3;
const TOKEN_BYTES = 32;
const TOKEN_PATTERN = /^[\w-]{43}$/;

export type LinkKind = 'invite' | 'sign-in';
export type AccountRole = 'seeker' | 'admin';

export interface NewLink {
  readonly kind: LinkKind;
  readonly email: string;
  readonly role: AccountRole;
  /** Who made it, for the trail: a user id, `npm run login`, `start`. */
  readonly madeBy: string;
}

export interface Link extends NewLink {
  readonly id: string;
}

/** There is an account for the address, so nobody is invited to it. */
export class AccountExistsError extends StartError {}

/** @returns the token, which is nowhere else from now on */
export async function makeLink(pool: Pick<Pool, 'query'>, { kind, email, role, madeBy }: NewLink): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const minutes = kind === 'invite' ? INVITE_DAYS * 24 * 60 : SIGN_IN_LINK_MINUTES;
  await pool.query(
    `with too_many as (
       select id from auth.link where email = $2 and used_at is null order by id desc offset $6
     ), ended as (
       delete from auth.link where id in (select id from too_many) or expires_at < now() - interval '30 days'
     )
     insert into auth.link (hash, email, kind, role, made_by, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(mins => $7))`,
    [hashOf(token), email.toLowerCase(), kind, role, madeBy, OPEN_PER_ADDRESS_MAX - 1, minutes],
  );
  return token;
}

/** @throws AccountExistsError */
export async function makeInvite(
  pool: Pick<Pool, 'query'>,
  invite: { readonly email: string; readonly role: AccountRole; readonly madeBy: string },
): Promise<string> {
  const { rows } = await pool.query('select 1 from auth."user" where email = $1', [invite.email.toLowerCase()]);
  if (rows.length > 0)
    throw new AccountExistsError(`${invite.email} has an account already: npm run login -- ${invite.email}`);
  return makeLink(pool, { kind: 'invite', ...invite });
}

/** What a link would do; it still works afterwards. */
export async function readLink(pool: Pick<Pool, 'query'>, token: string): Promise<Link | undefined> {
  if (!TOKEN_PATTERN.test(token)) return undefined;
  const { rows } = await pool.query<Link>(
    `select id, kind, email, role, made_by as "madeBy" from auth.link
     where hash = $1 and used_at is null and expires_at > now()`,
    [hashOf(token)],
  );
  return rows[0];
}

/** Uses the link up: of two who come at once one gets it. */
export async function takeLink(pool: Pick<Pool, 'query'>, token: string): Promise<Link | undefined> {
  if (!TOKEN_PATTERN.test(token)) return undefined;
  const { rows } = await pool.query<Link>(
    `update auth.link set used_at = now() where hash = $1 and used_at is null and expires_at > now()
     returning id, kind, email, role, made_by as "madeBy"`,
    [hashOf(token)],
  );
  return rows[0];
}

/** An open invitation of this address, used up: whoever proves the address otherwise (by a provider) is let in by it. */
export async function takeInviteOf(pool: Pick<Pool, 'query'>, email: string): Promise<Link | undefined> {
  const { rows } = await pool.query<Link>(
    `update auth.link set used_at = now() where id = (
       select id from auth.link where email = $1 and kind = 'invite' and used_at is null and expires_at > now()
       order by id limit 1 for update)
     returning id, kind, email, role, made_by as "madeBy"`,
    [email.toLowerCase()],
  );
  return rows[0];
}

/** The page that asks before it uses the link up: programs that look at every link of a mail must not. */
export function linkUrl(base: string, token: string): string {
  return `${base.replace(/\/+$/, '')}/sign-in/link?token=${token}`;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
