/** Links that work once: to sign in without a password, and to become somebody here. Only a hash of them is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { StartError } from '../../errors.ts';
import type { AuditEvent } from './audit-events.ts';

/** ASVS 6.5.5: ten at most. */
export const SIGN_IN_LINK_MINUTES = 10;
export const INVITE_DAYS = 7;
/** Links for one address that wait at once; older ones end. Mails that strangers ask for end no link of an operator. */
const OPEN_PER_ADDRESS_MAX = 3;
const TOKEN_BYTES = 32;
const TOKEN_PATTERN = /^[\w-]{43}$/;
/** Of 50 bits, and worth something only beside the cookie of the browser that asked. */
const CODE_LENGTH = 10;
/** Nothing that is read for something else. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

export type LinkKind = 'invite' | 'sign-in';
export type AccountRole = 'seeker' | 'admin';

export interface NewLink {
  readonly kind: LinkKind;
  readonly email: string;
  readonly role: AccountRole;
  /** Who made it, for the trail: a user id, `npm run login`, `start`. */
  readonly madeBy: string;
  /** The secret of the browser that asked for the link, which then works in no other (ASVS 6.6.2). Undefined for links of an operator. */
  readonly browser?: string | undefined;
}

export interface Link extends Omit<NewLink, 'browser'> {
  readonly id: string;
  /** It was asked for by a browser, and belongs to that. */
  readonly isBound: boolean;
}

/** There is an account for the address, so nobody is invited to it. */
export class AccountExistsError extends StartError {}

/** Whoever did it is an administrator no more. */
export class NoAdministratorError extends Error {}

/**
 * @param maker the account that makes it, where only administrators do; it is one until the link is made
 * @returns the token, which is nowhere else from now on
 * @throws NoAdministratorError
 */
export async function makeLink(pool: Pick<Pool, 'query'>, link: NewLink, maker?: string): Promise<string> {
  const { kind, email, role, madeBy, browser } = link;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const minutes = kind === 'invite' && browser === undefined ? INVITE_DAYS * 24 * 60 : SIGN_IN_LINK_MINUTES;
  const { rowCount } = await pool.query(
    `with allowed as materialized (
       select from auth."user" where id = $10 and role = 'admin' and not banned for share
     ), may as materialized (
       select from (values ($10::uuid)) as maker (id) where id is null or exists (select from allowed)
     ), too_many as (
       select id from auth.link where email = $2 and used_at is null and (browser_hash is null) = ($8::bytea is null)
       order by id desc offset $6
     ), ended as (
       delete from auth.link where exists (select from may)
         and (id in (select id from too_many) or expires_at < now() - interval '30 days')
     )
     insert into auth.link (hash, email, kind, role, made_by, expires_at, browser_hash, code_hash)
     select $1, $2, $3, $4, $5, now() + make_interval(mins => $7), $8, $9
     from may`,
    [
      hashOf(token),
      email.toLowerCase(),
      kind,
      role,
      madeBy,
      OPEN_PER_ADDRESS_MAX - 1,
      minutes,
      browser === undefined ? null : hashOf(browser),
      browser === undefined ? null : hashOf(codeOfLink(token)),
      maker ?? null,
    ],
  );
  if (rowCount !== 1) throw new NoAdministratorError();
  return token;
}

/** What stands in a mail beside the link, for whoever reads it on another device: the browser that asked takes it in its place. */
export function codeOfLink(token: string): string {
  const bytes = createHash('sha256').update(`code of ${token}`).digest().subarray(0, CODE_LENGTH);
  return [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/**
 * @param maker the account of the administrator who invites, if it is one
 * @throws AccountExistsError
 * @throws NoAdministratorError
 */
export async function makeInvite(
  pool: Pick<Pool, 'query'>,
  invite: { readonly email: string; readonly role: AccountRole; readonly madeBy: string },
  maker?: string,
): Promise<string> {
  const { rows } = await pool.query('select 1 from auth."user" where email = $1', [invite.email.toLowerCase()]);
  if (rows.length > 0)
    throw new AccountExistsError(`${invite.email} has an account already: npm run login -- ${invite.email}`);
  return makeLink(pool, { kind: 'invite', ...invite }, maker);
}

/** Puts a link of the server's own machine into the trail. Whoever makes one calls this before it is shown to anybody. @param user of the operating system */
export async function tellLink(pool: Pick<Pool, 'query'>, link: NewLink, user?: string): Promise<void> {
  const { kind, email, role, madeBy } = link;
  await pool.query(
    `insert into auth.audit (event, user_id, detail) values ($1, (select id from auth."user" where email = $2), $3)`,
    ['link-made' satisfies AuditEvent, email.toLowerCase(), { kind, role, by: madeBy, ...(user && { user }) }],
  );
}

const COLUMNS = 'id, kind, email, role, made_by as "madeBy", browser_hash is not null as "isBound"';
const IS_OPEN = 'used_at is null and expires_at > now()';
const IS_HERE = '(browser_hash is null or browser_hash = $2)';

/** What a link would do, and whether it would do so in this browser; it still works afterwards. */
export async function readLink(
  pool: Pick<Pool, 'query'>,
  token: string,
  browser: string | undefined,
): Promise<(Link & { readonly isHere: boolean }) | undefined> {
  if (!TOKEN_PATTERN.test(token)) return undefined;
  const { rows } = await pool.query<Link & { isHere: boolean }>(
    `select ${COLUMNS}, coalesce(${IS_HERE}, false) as "isHere" from auth.link where hash = $1 and ${IS_OPEN}`,
    [hashOf(token), hashOf(browser ?? '')],
  );
  return rows[0];
}

/** Uses the link up: of two who come at once one gets it. One that belongs to another browser stays as it is. */
export async function takeLink(
  pool: Pick<Pool, 'query'>,
  token: string,
  browser: string | undefined,
): Promise<Link | undefined> {
  if (!TOKEN_PATTERN.test(token)) return undefined;
  const { rows } = await pool.query<Link>(
    `update auth.link set used_at = now() where hash = $1 and ${IS_HERE} and ${IS_OPEN} returning ${COLUMNS}`,
    [hashOf(token), hashOf(browser ?? '')],
  );
  return rows[0];
}

/** The same by the code of the mail, in the browser that asked for it. */
export async function takeLinkByCode(
  pool: Pick<Pool, 'query'>,
  code: string,
  browser: string,
): Promise<Link | undefined> {
  const { rows } = await pool.query<Link>(
    `update auth.link set used_at = now() where code_hash = $1 and browser_hash = $2 and ${IS_OPEN} returning ${COLUMNS}`,
    [hashOf(code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')), hashOf(browser)],
  );
  return rows[0];
}

/** An open invitation of this address, used up: whoever proves the address otherwise (by a provider) is let in by it. */
export async function takeInviteOf(pool: Pick<Pool, 'query'>, email: string): Promise<Link | undefined> {
  const { rows } = await pool.query<Link>(
    `update auth.link set used_at = now() where id = (
       select id from auth.link where email = $1 and kind = 'invite' and browser_hash is null and ${IS_OPEN}
       order by id limit 1 for update)
     returning ${COLUMNS}`,
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
