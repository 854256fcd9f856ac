/** Mails with a one-time link; only where SMTP_URL is set. */
import { createTransport } from 'nodemailer';
import type { AccountConfig } from '../../shared/account-settings.ts';
import { isLoopbackName } from '../../shared/loopback.ts';

export interface Mailer {
  /** @throws the error of the mail server */
  sendLink(to: string, url: string): Promise<void>;
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
  return {
    sendLink: async (to, url) => {
      await transport.sendMail({
        from: { name: 'IAM Job Scout', address: mailFrom },
        to: { name: '', address: to },
        subject: 'Your link to sign in',
        text: `Open this link to sign in to IAM Job Scout. It works once and for a short time.\n\n${url}\n\nIf you did not ask for it, do nothing: nobody can sign in without it.\n`,
      });
    },
    close: () => transport.close(),
  };
}
