/** Links by mail: for whom there is one, and which browser may use it. */
import { createHash, randomBytes } from 'node:crypto';
import { parseCookies } from 'better-auth/cookies';
import type { Request, Response } from 'express';
import { codeOfLink, linkUrl, makeLink, SIGN_IN_LINK_MINUTES } from '../../shared/db/accounts/links.ts';
import { findPerson } from '../../shared/db/accounts/people.ts';
import type { AccountServices } from './open.ts';

type People = Pick<
  AccountServices,
  'mailCookie' | 'pool' | 'ways' | 'registration' | 'audit' | 'attempts' | 'mailer' | 'baseUrl'
>;

const SECRET_BYTES = 32;
const SECRET_PATTERN = /^[\w-]{43}$/;

/** The secret of the browser that asked for a mail; undefined where none did. */
export function browserOf({ mailCookie }: Pick<People, 'mailCookie'>, req: Request): string | undefined {
  const given = parseCookies(req.headers.cookie ?? '').get(mailCookie.name);
  return given !== undefined && SECRET_PATTERN.test(given) ? given : undefined;
}

/** Name in the table of attempts: neither an address nor a secret lies there in clear. */
export function attemptName(kind: string, text: string): string {
  return `${kind} ${createHash('sha256').update(text).digest('hex')}`;
}

/** A new one with each mail: a link is good for the request that it was made for, and for none before or after. */
export function markBrowser({ mailCookie: { name, secure } }: Pick<People, 'mailCookie'>, res: Response): string {
  const browser = randomBytes(SECRET_BYTES).toString('base64url');
  // Lax: the link is opened from the page of somebody's mail.
  const maxAge = SIGN_IN_LINK_MINUTES * 60_000;
  res.cookie(name, browser, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge });
  return browser;
}

export function unmarkBrowser({ mailCookie: { name, secure } }: Pick<People, 'mailCookie'>, res: Response): void {
  res.clearCookie(name, { httpOnly: true, sameSite: 'lax', secure, path: '/' });
}

/**
 * Sends a link; to whoever has a stronger way in and no authenticator app a mail that says so: the mailbox is one factor, and
 * must not stand in for two (ASVS 6.3.4). Nobody who has no account gets any, unless registration is open.
 * @throws the error of the mail server
 */
export async function sendLink(people: People, email: string, browser: string, network: string): Promise<void> {
  const person = await findPerson(people.pool, email);
  if (person === undefined && people.registration !== 'open') return;
  if (!(await people.attempts.mayMail(attemptName('to', email)))) return;
  const ways = person && (await people.ways.of(person.id));
  if (ways?.isStrong && !ways.hasTotp) return people.mailer?.sendStronger(email, `${people.baseUrl()}/sign-in`);
  const kind = person === undefined ? 'invite' : 'sign-in';
  const role = person?.role ?? 'seeker';
  const token = await makeLink(people.pool, { kind, email, role, madeBy: 'mail', browser });
  await people.audit('link-made', { userId: person?.id, network, detail: { kind, by: 'mail' } });
  await people.mailer?.sendLink(email, linkUrl(people.baseUrl(), token), codeOfLink(token));
}
