/** Mails with a one-time link; only where SMTP_URL is set. */
import { createTransport } from 'nodemailer';
import type { AccountConfig } from '../../shared/account-settings.ts';
import { SIGN_IN_LINK_MINUTES } from '../../shared/db/accounts/links.ts';
import { isLoopbackName } from '../../shared/loopback.ts';

export interface Mailer {
  /** @param code for whoever reads the mail on another device @throws the error of the mail server */
  sendLink(to: string, url: string, code: string): Promise<void>;
  /** To whom a link would be a way around a stronger one. @throws the error of the mail server */
  sendStronger(to: string, url: string): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 10_000;

export function openMailer({ smtpUrl, mailFrom }: Pick<AccountConfig, 'smtpUrl' | 'mailFrom'>): Mailer | undefined {
  if (smtpUrl === undefined) return undefined;
  const { hostname, port, protocol, username, password } = new URL(smtpUrl);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // In clear a link can be read on the way, and used.
    requireTLS: !secure && !isLoopbackName(hostname),
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  const send = async (to: string, subject: string, text: string) => {
    const from = { name: 'IAM Job Scout', address: mailFrom };
    await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
  };
  return {
    sendLink: (to, url, code) =>
      send(
        to,
        'Your link to sign in',
        `Open this link to sign in to IAM Job Scout, in the browser in which you asked for it. It works once, within ${SIGN_IN_LINK_MINUTES} minutes.\n\n${url}\n\nIf that browser is on another device, enter this code there:\n\n${code}\n\nIf you did not ask for it, do nothing, and tell nobody the code: nobody can sign in without this mail.\n`,
      ),
    sendStronger: (to, url) =>
      send(
        to,
        'How you sign in',
        `Somebody, perhaps you, asked for a link to sign in to IAM Job Scout. Your account has a stronger way in, a passkey or your organisation's sign-in, and a link must be no way around it. Sign in with that:\n\n${url}\n\nIf you lost it, ask whoever runs this site: they can let you in again.\n`,
      ),
    close: () => transport.close(),
  };
}
