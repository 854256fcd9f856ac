import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { openAuthPool } from '../../api/auth/pool.ts';
import { environmentWith } from '../../shared/config.ts';
import { AUDIT_EVENTS } from '../../shared/db/accounts/audit-events.ts';
import { sweepAccounts } from '../../shared/db/accounts/sessions.ts';
import type { Database } from '../../shared/db/database.ts';
import { readBusinessStats } from '../../shared/db/stats.ts';
import { startServer } from '../api/server.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { browserOf, linkFor, signedIn } from './people.ts';

let db: Database;
let url: string;

beforeAll(async () => {
  ({ db, url } = await testDatabase());
});

describe('the number of sessions', () => {
  test('is of those that have not ended, whoever counts', async () => {
    const { db: own } = await testDatabase();
    const server = await startServer(own);
    const count = async () => (await readBusinessStats(own, { sources: [], sourceKeys: {} })).activeSessions;
    expect(await count()).toBe(0);
    const people = [
      await signedIn(server, 'a@x.org'),
      await signedIn(server, 'b@x.org'),
      await signedIn(server, 'c@x.org'),
    ];
    expect(await count()).toBe(3);
    await own.pool.query(`update auth.session set "expiresAt" = now() where "userId" = $1`, [people[0]?.id]);
    await own.pool.query(`update auth.session set "createdAt" = now() - interval '31 days' where "userId" = $1`, [
      people[1]?.id,
    ]);
    expect(await count()).toBe(1);
    await sweepAccounts(own.pool);
    expect((await own.pool.query('select 1 from auth.session')).rowCount).toBe(1);
    expect((await people[2]?.browser.get('/api/v1/account'))?.status).toBe(200);
  });
});

describe("accounts' own connections", () => {
  test('read times as times and large numbers as numbers, or no session would ever be seen to expire', async () => {
    const { pool, close } = openAuthPool(url);
    atEnd(close);
    const { rows } = await pool.query('select now() as at, 1::bigint as n, true as yes');
    expect(rows).toEqual([{ at: expect.any(Date), n: 1, yes: true }]);
    const orm = await db.pool.query('select now() as at');
    expect(typeof orm.rows[0].at).toBe('string');
  });
});

describe('the key of this installation', () => {
  const [old, fresh] = [`${'o'.repeat(20)}ldkey-0123456789`, `${'n'.repeat(20)}ewkey-0123456789`];

  test('when it changes, sessions end, and what the old one encrypted is still read', async () => {
    const before = await startServer(db, { accountOptions: { secretKeys: [old] } });
    const person = await signedIn(before, 'rotate@example.org');
    await person.browser.post('/api/v1/account/password', { newPassword: 'correct horse battery staple' });
    const { backupCodes } = (
      await person.browser.post('/api/v1/account/totp', { password: 'correct horse battery staple' })
    ).json;
    // As if it had been confirmed with a code.
    await db.pool.query('update auth."twoFactor" set verified = true where "userId" = $1', [person.id]);
    await db.pool.query('update auth."user" set "twoFactorEnabled" = true where id = $1', [person.id]);
    const after = await startServer(db, { accountOptions: { secretKeys: [fresh, old] } });
    expect((await browserOf(after, person.browser.jar).get('/api/v1/account')).status).toBe(401);
    const signIn = async (server: typeof after) => {
      const browser = browserOf(server);
      await browser.form('/sign-in', { email: 'rotate@example.org', password: 'correct horse battery staple' });
      return (await browser.form('/sign-in/code', { code: backupCodes.shift() })).status;
    };
    expect(await signIn(after)).toBe(303);
  });
});

describe('from the terminal', () => {
  const run = (script: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../cli', script), ...args], {
      env: environmentWith({ DATABASE_URL: url, DATA_DIR: testFolder(), OWNER_EMAIL: 'boss@example.org' }),
    });

  test('npm run login lets the owner in, who is made when missing, and nobody who is unknown', async () => {
    const server = await startServer(db);
    const { stdout } = await run('login.ts');
    const link = new URL(stdout.trim());
    expect(link.pathname).toBe('/sign-in/link');
    const browser = browserOf(server);
    await browser.useLink(link.searchParams.get('token') ?? '');
    expect((await browser.get('/api/v1/account')).json).toMatchObject({ email: 'boss@example.org', role: 'admin' });
    await expect(run('login.ts', 'unknown@example.org')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm run invite -- unknown@example.org'),
    });
  });

  test('npm run invite makes an account once, and none for an address that has one', async () => {
    const server = await startServer(db);
    const { stdout } = await run('invite.ts', 'helper@example.org', '--admin');
    const browser = browserOf(server);
    await browser.useLink(new URL(stdout.trim()).searchParams.get('token') ?? '');
    expect((await browser.get('/api/v1/account')).json).toMatchObject({ email: 'helper@example.org', role: 'admin' });
    await expect(run('invite.ts', 'helper@example.org')).rejects.toMatchObject({ code: 1 });
    await expect(run('invite.ts', 'no address')).rejects.toMatchObject({ code: 64 });
  });
});

describe('the trail', () => {
  test('names what happened and never holds a secret', async () => {
    const { db: own } = await testDatabase();
    const server = await startServer(own);
    const { id, browser } = await signedIn(server, 'trail@example.org');
    const { secret, id: keyId } = (await browser.post('/api/v1/account/api-keys', { name: 'x', scopes: ['jobs:read'] }))
      .json;
    await browser.send('DELETE', `/api/v1/account/api-keys/${keyId}`);
    const token = await linkFor(server, 'trail@example.org');
    await browser.useLink(token);
    await browser.form('/sign-in', { email: 'trail@example.org', password: 'a wrong password' });
    await browser.form('/sign-out', {});
    const { rows } = await own.pool.query('select * from auth.audit order by id');
    expect(rows.filter((row) => row.user_id === id).map((row) => row.event)).toEqual([
      'account-made',
      'sign-in',
      'key-made',
      'key-revoked',
      'sign-in',
      'sign-in-failed',
      'sign-out',
    ]);
    for (const { event } of rows) expect(AUDIT_EVENTS).toContain(event);
    const everything = JSON.stringify([rows, server.logged]);
    for (const hidden of [secret, token, 'a wrong password']) expect(everything).not.toContain(hidden);
  });
});
