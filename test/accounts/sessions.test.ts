import { beforeAll, describe, expect, test } from 'vitest';
import { SESSION_LIFETIME_SECONDS } from '../../shared/db/accounts/sessions.ts';
import type { Database } from '../../shared/db/database.ts';
import { startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { browserOf, linkFor, signedIn } from './people.ts';

let db: Database;
let server: TestServer;

beforeAll(async () => {
  ({ db } = await testDatabase());
  server = await startServer(db);
});

const who = async (browser: { get(path: string): Promise<{ status: number }> }) =>
  (await browser.get('/api/v1/account')).status;
let count = 0;
const somebody = (role?: 'seeker' | 'admin') => signedIn(server, `person-${++count}@example.org`, role);
const sessionsOf = async (id: string) =>
  (await db.pool.query('select id from auth.session where "userId" = $1', [id])).rowCount;

describe('a session', () => {
  test('is who signed in, with the cookie that a browser keeps to itself', async () => {
    const { id, email, browser } = await somebody();
    const answer = await browser.get('/api/v1/account');
    expect(answer.json).toMatchObject({ id, email, role: 'seeker', passkeys: [], hasPassword: false });
    const again = await browserOf(server).useLink(await linkFor(server, email));
    expect(again.headers['set-cookie']?.join()).toMatch(
      /^iamscout\.session_token=\S+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  test.each([
    ['expired', `update auth.session set "expiresAt" = now() - interval '1 second' where "userId" = $1`],
    [
      'unused for twelve hours',
      `update auth.session set "expiresAt" = "expiresAt" - interval '12 hours', "updatedAt" = now() - interval '12 hours' where "userId" = $1`,
    ],
    [
      'older than thirty days',
      `update auth.session set "createdAt" = now() - interval '${SESSION_LIFETIME_SECONDS} seconds' where "userId" = $1`,
    ],
    ['ended', 'delete from auth.session where "userId" = $1'],
  ])('that is %s is none', async (_how, statement) => {
    const { id, browser } = await somebody();
    expect(await who(browser)).toBe(200);
    await db.pool.query(statement, [id]);
    expect(await who(browser)).toBe(401);
    expect(await sessionsOf(id)).toBe(0);
  });

  test('of a closed account is none, and no new one begins', async () => {
    const { id, email, browser } = await somebody();
    await db.pool.query('update auth."user" set banned = true where id = $1', [id]);
    expect(await who(browser)).toBe(401);
    expect(await sessionsOf(id)).toBe(0);
    const answer = await browserOf(server).useLink(await linkFor(server, email));
    expect(answer).toMatchObject({ status: 403, json: { type: '/problems/account-closed' } });
  });

  test('lasts while it is used: the row and the cookie move, the beginning does not', async () => {
    const { id, browser } = await somebody();
    await db.pool.query(
      `update auth.session set "expiresAt" = now() + interval '11 hours', "createdAt" = now() - interval '2 hours' where "userId" = $1`,
      [id],
    );
    const answer = await browser.get('/api/v1/account');
    expect(answer.headers['set-cookie']?.join()).toContain('Max-Age=43200');
    const { rows } = await db.pool.query(
      `select "expiresAt" > now() + interval '11 hours 50 minutes' as moved, "createdAt" < now() - interval '1 hour' as old from auth.session where "userId" = $1`,
      [id],
    );
    expect(rows).toEqual([{ moved: true, old: true }]);
  });

  test('that is forged, cut or of another key is none', async () => {
    const { browser } = await somebody();
    const value = browser.jar.get('iamscout.session_token') ?? '';
    const [token = ''] = decodeURIComponent(value).split('.');
    for (const forged of [token, `${token}.`, `${token}.${'A'.repeat(43)}%3D`, value.slice(0, -4), 'x'])
      expect(await who(browserOf(server, new Map([['iamscout.session_token', forged]])))).toBe(401);
  });

  test('ends the one before it in the same browser', async () => {
    const { id, email, browser } = await somebody();
    const before = new Map(browser.jar);
    await browser.useLink(await linkFor(server, email));
    expect(await who(browser)).toBe(200);
    expect(await who(browserOf(server, before))).toBe(401);
    expect(await sessionsOf(id)).toBe(1);
  });

  test('is not taken over from whoever planted a cookie', async () => {
    const attacker = await somebody();
    const victim = browserOf(server, new Map(attacker.browser.jar));
    await victim.useLink(await linkFor(server, 'victim@example.org', 'invite'));
    expect((await victim.get('/api/v1/account')).json.email).toBe('victim@example.org');
    expect(await who(attacker.browser)).toBe(401);
  });

  test('is listed with its beginnings, and ended one by one or all others at once', async () => {
    const { email, browser } = await somebody();
    const others = [browserOf(server), browserOf(server), browserOf(server)];
    for (const other of others) await other.useLink(await linkFor(server, email));
    const { items } = (await browser.get('/api/v1/account/sessions')).json;
    expect(items).toHaveLength(4);
    expect(items.filter((item: { current: boolean }) => item.current)).toHaveLength(1);
    expect(items[0]).toMatchObject({ method: 'link', ipAddress: '127.0.0.1' });
    const [first] = items.filter((item: { current: boolean }) => !item.current);
    expect((await browser.send('DELETE', `/api/v1/account/sessions/${first.id}`)).status).toBe(204);
    expect((await browser.send('DELETE', `/api/v1/account/sessions/${first.id}`)).status).toBe(404);
    expect((await browser.send('DELETE', '/api/v1/account/sessions')).json).toEqual({ ended: 2 });
    expect(await Promise.all(others.map(who))).toEqual([401, 401, 401]);
    expect(await who(browser)).toBe(200);
  });

  test('of somebody else cannot be ended', async () => {
    const [mine, theirs] = [await somebody(), await somebody()];
    const { items } = (await theirs.browser.get('/api/v1/account/sessions')).json;
    expect((await mine.browser.send('DELETE', `/api/v1/account/sessions/${items[0].id}`)).status).toBe(404);
    expect(await who(theirs.browser)).toBe(200);
  });

  test('ends by signing out, and the browser forgets the site', async () => {
    const { id, browser } = await somebody();
    const before = new Map(browser.jar);
    const answer = await browser.form('/sign-out', {});
    expect(answer).toMatchObject({ status: 303, headers: { 'clear-site-data': '"cache", "cookies", "storage"' } });
    expect(await who(browserOf(server, before))).toBe(401);
    expect(await sessionsOf(id)).toBe(0);
  });

  test('cannot be ended or used by a page of another site or port', async () => {
    const { browser } = await somebody();
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' },
    ] as Record<string, string>[]) {
      expect((await browser.form('/sign-out', {}, headers)).status).toBe(403);
      expect((await browser.send('DELETE', '/api/v1/account/sessions', { headers })).status).toBe(403);
    }
    expect(await who(browser)).toBe(200);
    expect(server.logged).toContainEqual(
      expect.objectContaining({ audit: 'cross-site request refused', origin: 'https://evil.example' }),
    );
  });
});

describe('a role', () => {
  test('is what the row says now, and cannot be taken by whoever asks for it', async () => {
    const { id, browser } = await somebody();
    expect((await browser.get('/api/v1/accounts')).json.type).toBe('/problems/admin-only');
    const asked = await browser.send('PATCH', `/api/v1/accounts/${id}`, { body: { role: 'admin' } });
    expect(asked.status).toBe(403);
    for (const fields of [{ role: 'admin' }, { banned: 'false' }]) {
      const token = await linkFor(server, `mass-${Object.keys(fields)[0]}@example.org`, 'invite');
      expect((await browserOf(server).form('/sign-in/link', { token, ...fields })).status).toBe(422);
    }
    await db.pool.query(`update auth."user" set role = 'admin' where id = $1`, [id]);
    expect((await browser.get('/api/v1/accounts')).status).toBe(200);
  });

  test('is given by an administrator, but not to oneself; the sessions of whom it concerns end', async () => {
    const [boss, other] = [await somebody('admin'), await somebody()];
    const give = (id: string, body: unknown) => boss.browser.send('PATCH', `/api/v1/accounts/${id}`, { body });
    expect((await give(boss.id, { role: 'seeker' })).status).toBe(409);
    expect((await give(other.id, { role: 'admin', banned: true })).status).toBe(204);
    expect(await who(other.browser)).toBe(401);
    const { rows } = await db.pool.query(
      `select event, by_user_id as by from auth.audit where user_id = $1 and event in ('role-changed', 'banned') order by id`,
      [other.id],
    );
    expect(rows).toEqual([
      { event: 'role-changed', by: boss.id },
      { event: 'banned', by: boss.id },
    ]);
  });
});

describe('a one-time link', () => {
  test('makes the account of an invitation once, and only for the address that was invited', async () => {
    const token = await linkFor(server, 'New.Person@example.org', 'invite', 'admin');
    const browser = browserOf(server);
    const asked = await browser.get(`/sign-in/link?token=${token}`, { accept: 'text/html' });
    expect(asked.text).toContain('new.person@example.org');
    expect((await browser.useLink(token)).headers.location).toBe('/settings');
    expect((await browser.get('/api/v1/account')).json).toMatchObject({
      email: 'new.person@example.org',
      role: 'admin',
    });
    expect((await browserOf(server).useLink(token)).json.type).toBe('/problems/link-used');
    expect((await browser.get(`/sign-in/link?token=${token}`)).status).toBe(410);
  });

  test('works for one of two who come at once', async () => {
    const { email } = await somebody();
    const token = await linkFor(server, email);
    const answers = await Promise.all([browserOf(server).useLink(token), browserOf(server).useLink(token)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 410]);
  });

  test('does not work when it is over, unknown, or replaced by three newer ones', async () => {
    const { email } = await somebody();
    const over = await linkFor(server, email);
    await db.pool.query(`update auth.link set expires_at = now() where email = $1`, [email]);
    const replaced = await linkFor(server, email);
    for (let i = 0; i < 3; i++) await linkFor(server, email);
    for (const token of [over, replaced, 'A'.repeat(43), '', "'--"])
      expect((await browserOf(server).useLink(token)).status, token).toBe(410);
  });

  test('lies in the database as a hash only', async () => {
    const token = await linkFor(server, 'hash@example.org', 'invite');
    const { rows } = await db.pool.query(`select * from auth.link where email = 'hash@example.org'`);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('leads to a page of this site and nowhere else', async () => {
    const { email } = await somebody();
    const next = async (to: string) => {
      const token = await linkFor(server, email);
      return (await browserOf(server).form('/sign-in/link', { token, next: to })).headers.location;
    };
    expect(await next('/jobs/1?x=y')).toBe('/jobs/1?x=y');
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example'])
      expect(await next(evil), evil).toBe('/');
  });
});

describe('a page', () => {
  test('that is for who is signed in leads there and back', async () => {
    const answer = await browserOf(server).get('/settings', { accept: 'text/html' });
    expect(answer).toMatchObject({ status: 303, headers: { location: '/sign-in?next=%2Fsettings' } });
    const { browser, email } = await somebody();
    const page = await browser.get('/settings', { accept: 'text/html' });
    expect(page.text).toContain(email);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  });
});
