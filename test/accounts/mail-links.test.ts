import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { ACCOUNTS, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { appClock, codeOf } from './authenticator-app.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { addPasskeyRow, type Browser, browserOf, linkFor, signedIn } from './people.ts';

let db: Database;
let post: MailServer;
let server: TestServer;
const PASSWORD = 'correct horse battery staple';

beforeAll(async () => {
  ({ db } = await testDatabase());
  post = await startMailServer();
  const accounts = { ...ACCOUNTS.accounts, smtpUrl: post.smtpUrl };
  server = await startServer(db, { accountOptions: { accounts, clock: appClock.now } });
});

const ask = (browser: Browser, email: string) => browser.form('/sign-in/mail', { email, next: '/scans' });
const who = async (browser: Browser) => (await browser.get('/api/v1/account')).json.email;

/** A browser that asked for a mail, and the mail. */
async function asked(email: string) {
  const browser = browserOf(server);
  const number = post.mails.length;
  expect((await ask(browser, email)).status).toBe(200);
  return { browser, ...(await post.mail(number)) };
}

async function withTotp(email: string) {
  const { id, browser } = await signedIn(server, email);
  await browser.post('/api/v1/account/password', { newPassword: PASSWORD });
  const { totpURI, backupCodes } = (await browser.post('/api/v1/account/totp', { password: PASSWORD })).json;
  expect((await browser.post('/api/v1/account/totp/confirm', { code: codeOf(totpURI) })).status).toBe(204);
  appClock.nextStep();
  return { id, totpURI: totpURI as string, recoveryCodes: backupCodes as string[] };
}

describe('a link by mail', () => {
  test('signs in who has an account; an address without one gets nothing, and the same answer', async () => {
    const { id } = await signedIn(server, 'mail@example.org');
    const sent = post.mails.length;
    const browser = browserOf(server);
    const [known, unknown] = [await ask(browser, 'Mail@example.org'), await ask(browserOf(server), 'no@example.org')];
    expect([known.status, unknown.status, known.text === unknown.text]).toEqual([200, 200, true]);
    const mail = await post.mail(sent);
    expect(mail).toMatchObject({ subject: 'Your link to sign in', to: { text: 'mail@example.org' } });
    expect((await browser.get(`/sign-in/link?token=${mail.token}`)).text).toContain('mail@example.org');
    expect((await browser.useLink(mail.token)).status).toBe(303);
    expect((await browser.get('/api/v1/account')).json.id).toBe(id);
    expect((await browser.useLink(mail.token)).status).toBe(410);
    expect(post.mails).toHaveLength(sent + 1);
    expect((await ask(browser, 'x@example.org\r\nBcc: y@example.org')).status).toBe(422);
  });

  test('works in no other browser than the one that asked for it, and says so there', async () => {
    await signedIn(server, 'bound@example.org');
    const { browser, token } = await asked('bound@example.org');
    const elsewhere = browserOf(server);
    const page = await elsewhere.get(`/sign-in/link?token=${token}`, { accept: 'text/html' });
    expect(page).toMatchObject({ status: 403 });
    expect(page.text).toContain('This link belongs to another browser');
    expect(page.text).not.toContain('bound@example.org');
    expect((await elsewhere.useLink(token)).json.type).toBe('/problems/link-elsewhere');
    // One that asked for something of its own is another one, too.
    await ask(elsewhere, 'nobody@example.org');
    expect((await elsewhere.useLink(token)).json.type).toBe('/problems/link-elsewhere');
    expect(await who(elsewhere)).toBeUndefined();
    expect((await browser.useLink(token)).status).toBe(303);
    expect(await who(browser)).toBe('bound@example.org');
  });

  test('belongs to the request that it was made for, and to none after it in the same browser', async () => {
    await signedIn(server, 'requests@example.org');
    const { browser, token, code } = await asked('requests@example.org');
    const number = post.mails.length;
    await ask(browser, 'requests@example.org');
    const second = await post.mail(number);
    expect((await browser.useLink(token)).json.type).toBe('/problems/link-elsewhere');
    expect((await browser.form('/sign-in/mail-code', { code })).status).toBe(410);
    expect((await browser.useLink(second.token)).status).toBe(303);
  });

  test('has a code beside it for the browser that asked, when the mail is read elsewhere', async () => {
    await signedIn(server, 'phone@example.org');
    const { browser, token, code } = await asked('phone@example.org');
    expect(code).toHaveLength(10);
    expect((await browserOf(server).form('/sign-in/mail-code', { code })).status).toBe(410);
    const typed = ` ${code.slice(0, 5).toUpperCase()}-${code.slice(5)}`;
    const answer = await browser.form('/sign-in/mail-code', { code: typed, next: '/scans' });
    expect(answer).toMatchObject({ status: 303, headers: { location: '/scans' } });
    expect(await who(browser)).toBe('phone@example.org');
    expect((await browser.useLink(token)).status).toBe(410);
  });

  test('has a code that is guessed five times and no more', async () => {
    await signedIn(server, 'guess@example.org');
    const { browser, code } = await asked('guess@example.org');
    const guess = (given: string) => browser.form('/sign-in/mail-code', { code: given }, { accept: 'text/html' });
    for (let i = 0; i < 4; i++) {
      const again = await guess('aaaaaaaaaa');
      expect(again.status).toBe(200);
      expect(again.text).toContain('That is not the code');
    }
    expect((await guess('aaaaaaaaaa')).status).toBe(410);
    expect((await guess(code)).status).toBe(410);
    expect(await who(browser)).toBeUndefined();
  });

  test('is over after ten minutes, like one of an operator', async () => {
    await signedIn(server, 'ten@example.org');
    const { browser, token } = await asked('ten@example.org');
    await linkFor(server, 'ten@example.org');
    const { rows } = await db.pool.query(
      `select distinct round(extract(epoch from expires_at - created_at))::int as seconds from auth.link
       where email = 'ten@example.org' and used_at is null`,
    );
    expect(rows).toEqual([{ seconds: 600 }]);
    await db.pool.query(`update auth.link set expires_at = now() where email = 'ten@example.org'`);
    expect((await browser.useLink(token)).status).toBe(410);
  });

  test('lies in the database as hashes, the code and the secret of the browser too', async () => {
    await signedIn(server, 'hashes@example.org');
    const { browser, token, code } = await asked('hashes@example.org');
    const { rows } = await db.pool.query('select * from auth.link, auth.attempt');
    const secret = browser.jar.get('iamscout.mail') ?? '';
    expect(secret).toMatch(/^[\w-]{43}$/);
    for (const hidden of [token, code, secret]) expect(JSON.stringify(rows)).not.toContain(hidden);
  });

  test('is sent five times in a quarter of an hour, and ends no link of an operator', async () => {
    await signedIn(server, 'often@example.org');
    const ofOperator = await linkFor(server, 'often@example.org');
    const sent = post.mails.length;
    for (let i = 0; i < 8; i++) expect((await ask(browserOf(server), 'often@example.org')).status).toBe(200);
    await post.mail(sent + 4);
    // What is sent after them shows that none of the others is on its way still.
    await signedIn(server, 'after@example.org');
    await asked('after@example.org');
    expect(post.mails.slice(sent).filter((mail) => mail.includes('often@example.org'))).toHaveLength(5);
    expect((await browserOf(server).useLink(ofOperator)).status).toBe(303);
  });
});

describe('a link by mail, where there is a second factor,', () => {
  test('is followed by the code of the app, and signs nobody in before', async () => {
    const { totpURI } = await withTotp('app@example.org');
    const { browser, token } = await asked('app@example.org');
    const answer = await browser.form('/sign-in/link', { token, next: '/scans' });
    expect(answer.headers.location).toBe('/sign-in/code?next=%2Fscans');
    expect(await who(browser)).toBeUndefined();
    expect((await browser.form('/sign-in/code', { code: codeOf(totpURI, 5) })).status).toBe(401);
    expect(await who(browser)).toBeUndefined();
    expect((await browser.form('/sign-in/code', { code: codeOf(totpURI), next: '/scans' })).status).toBe(303);
    expect(await who(browser)).toBe('app@example.org');
    const { rows } = await db.pool.query(
      `select method from auth.session s join auth."user" u on u.id = s."userId" where email = 'app@example.org' order by s."createdAt" desc limit 1`,
    );
    expect(rows).toEqual([{ method: 'mail' }]);
  });

  test('is followed by a code also when the code of the mail was entered', async () => {
    const { recoveryCodes } = await withTotp('app-code@example.org');
    const { browser, code } = await asked('app-code@example.org');
    expect((await browser.form('/sign-in/mail-code', { code })).headers.location).toMatch(/^\/sign-in\/code/);
    expect(await who(browser)).toBeUndefined();
    expect((await browser.form('/sign-in/code', { code: recoveryCodes[0] ?? '' })).status).toBe(303);
    expect(await who(browser)).toBe('app-code@example.org');
  });

  test('is not sent to whoever has a passkey: the mail says to use that', async () => {
    await addPasskeyRow(server, (await signedIn(server, 'strong@example.org')).id);
    const { browser, subject, text, token } = await asked('strong@example.org');
    expect([subject, token]).toEqual(['How you sign in', '']);
    expect(text).toContain('a link must be no way around it');
    const { rowCount } = await db.pool.query(
      `select from auth.link where email = 'strong@example.org' and browser_hash is not null`,
    );
    expect(rowCount).toBe(0);
    expect(await who(browser)).toBeUndefined();
  });

  test('is worth nothing once a passkey was added after it was sent', async () => {
    const { id } = await signedIn(server, 'meanwhile@example.org');
    const { browser, token } = await asked('meanwhile@example.org');
    await addPasskeyRow(server, id);
    expect((await browser.useLink(token)).status).toBe(410);
    expect(await who(browser)).toBeUndefined();
  });

  test('and the code of the app let a forgotten password be set anew, for ten minutes; the app stays on', async () => {
    const { id, totpURI } = await withTotp('forgot@example.org');
    const { browser, token } = await asked('forgot@example.org');
    await browser.useLink(token);
    await browser.form('/sign-in/code', { code: codeOf(totpURI) });
    appClock.nextStep();
    const newPassword = 'a new horse battery staple';
    const set = () => browser.post('/api/v1/account/password', { newPassword });
    expect((await browser.get('/settings', { accept: 'text/html' })).text).not.toContain('Present password');
    expect((await set()).status).toBe(204);
    expect((await browser.get('/api/v1/account')).json).toMatchObject({ hasPassword: true, hasTotp: true });
    const other = browserOf(server);
    const signIn = await other.form('/sign-in', { email: 'forgot@example.org', password: newPassword });
    expect(signIn.headers.location).toMatch(/^\/sign-in\/code/);
    expect((await other.form('/sign-in/code', { code: codeOf(totpURI) })).status).toBe(303);
    await db.pool.query(
      `update auth.session set "createdAt" = now() - interval '11 minutes' where "userId" = $1 and method = 'mail'`,
      [id],
    );
    expect((await set()).status).toBe(401);
    // Whoever came by password, too, is asked for it.
    expect((await other.post('/api/v1/account/password', { newPassword })).status).toBe(401);
  });
});

describe('registration by mail', () => {
  test('makes an account in the browser that asked, within ten minutes', async () => {
    const accounts = { ...ACCOUNTS.accounts, smtpUrl: post.smtpUrl, registration: 'open' as const };
    const open = await startServer(db, { accountOptions: { accounts } });
    const number = post.mails.length;
    const browser = browserOf(open);
    await browser.form('/sign-in/mail', { email: 'newcomer@example.org' });
    const { token } = await post.mail(number);
    expect((await browserOf(open).useLink(token)).json.type).toBe('/problems/link-elsewhere');
    await browser.useLink(token);
    expect((await browser.get('/api/v1/account')).json).toMatchObject({
      email: 'newcomer@example.org',
      role: 'seeker',
    });
    const { rows } = await db.pool.query(
      `select expires_at <= created_at + interval '10 minutes' as short from auth.link where email = 'newcomer@example.org'`,
    );
    expect(rows).toEqual([{ short: true }]);
  });
});
