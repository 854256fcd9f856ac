/** A mail server of somebody else's making on loopback, which keeps what it is given. */
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { atEnd } from '../at-end.ts';
import { until } from '../until.ts';

export interface MailServer {
  readonly smtpUrl: string;
  readonly mails: readonly string[];
  /** The mail with this number, from 0, once it is there; with what it is for. */
  mail(number: number): Promise<ParsedMail & { readonly token: string; readonly code: string }>;
}

export async function startMailServer(): Promise<MailServer> {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const listening = smtp.listen(0, '127.0.0.1', () => resolve());
  await promise;
  atEnd(() => new Promise<void>((closed) => smtp.close(() => closed())));
  return {
    smtpUrl: `smtp://127.0.0.1:${(listening.address() as { port: number }).port}`,
    mails,
    mail: async (number) => {
      const mail = await simpleParser(await until(() => mails[number]));
      const token = /token=([\w-]{43})/.exec(mail.text ?? '')?.[1] ?? '';
      const code = /^([a-z2-9]{10})$/m.exec(mail.text ?? '')?.[1] ?? '';
      return { ...mail, token, code };
    },
  };
}
