import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../shared/config.ts';
import type { Database } from '../../shared/db/database.ts';
import { ACCOUNTS, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { appClock, codeOf } from './authenticator-app.ts';
import { addPasskeyRow, browserOf, linkFor, signedIn } from './people.ts';

let db: Database;
/** Where others can reach it: one factor is not enough. */
let server: TestServer;
const PASSWORD = 'correct horse battery staple';
const SECRET = 'c4d1e0a94d2f5386b7c1e0a94d2f5386c4d1e0a94d2f5386';

beforeAll(async () => {
  ({ db } = await testDatabase());
  const accounts = { ...ACCOUNTS.accounts, secondFactor: 'required' as const };
  server = await startServer(db, { accountOptions: { accounts, clock: appClock.now } });
});

describe('a session that began with a link, where a second factor is required,', () => {
  test('only adds one, and then may do everything', async () => {
    const { browser } = await signedIn(server, 'first@example.org', 'admin');
    const refused = { status: 403, json: { type: '/problems/set-up-required' } };
    expect(await browser.get('/api/v1/applications')).toMatchObject(refused);
    expect(await browser.get('/api/v1/accounts')).toMatchObject(refused);
    expect(await browser.post('/api/v1/account/api-keys', { name: 'x', scopes: ['jobs:read'] })).toMatchObject(refused);
    expect(await browser.get('/api/v1/account/sessions')).toMatchObject(refused);
    const led = await browser.get('/tracker', { accept: 'text/html' });
    expect(led).toMatchObject({ status: 303, headers: { location: '/settings?error=set-up-required' } });
    const page = await browser.get('/settings?error=set-up-required', { accept: 'text/html' });
    expect(page.text).toContain('before you go on');
    expect((await browser.get('/api/v1/account')).json).toMatchObject({ mustSetUp: true });
    expect((await browser.get('/api/v1/jobs')).status).toBe(200);

    await browser.post('/api/v1/account/password', { newPassword: PASSWORD });
    expect(await browser.get('/api/v1/applications')).toMatchObject(refused);
    const { totpURI } = (await browser.post('/api/v1/account/totp', { password: PASSWORD })).json;
    await browser.post('/api/v1/account/totp/confirm', { code: codeOf(totpURI) });
    expect((await browser.get('/api/v1/applications')).status).toBe(200);
    expect((await browser.get('/api/v1/accounts')).status).toBe(200);
  });

  test('ends in every other browser once there is a stronger way in', async () => {
    const { email, browser } = await signedIn(server, 'second@example.org');
    const other = browserOf(server);
    await other.useLink(await linkFor(server, email));
    await browser.post('/api/v1/account/password', { newPassword: PASSWORD });
    expect((await other.get('/api/v1/account')).status).toBe(401);
    await other.useLink(await linkFor(server, email));
    const { totpURI } = (await browser.post('/api/v1/account/totp', { password: PASSWORD })).json;
    await browser.post('/api/v1/account/totp/confirm', { code: codeOf(totpURI) });
    expect((await other.get('/api/v1/account')).status).toBe(401);
    expect((await browser.get('/api/v1/account')).status).toBe(200);
  });

  test('that was made on the machine itself lets in whoever has a stronger way, and lost it', async () => {
    const { id, email } = await signedIn(server, 'lost@example.org');
    await addPasskeyRow(server, id);
    const browser = browserOf(server);
    expect((await browser.useLink(await linkFor(server, email))).status).toBe(303);
    expect((await browser.get('/api/v1/applications')).status).toBe(200);
  });
});

describe('a second factor', () => {
  const of = (env: Record<string, string>) => loadConfig({ SECRET_KEY: SECRET, ...env }).accounts.secondFactor;
  const exposed = { ADMIN_TOKEN: SECRET, METRICS_TOKEN: SECRET, TRUST_PROXY: '0' };

  test('is offered on a machine of one’s own, and required where others reach it, unless said', () => {
    expect(of({})).toBe('offered');
    expect(of({ PUBLIC_URL: 'http://localhost:5000' })).toBe('offered');
    expect(of({ PUBLIC_URL: 'https://jobs.example.org' })).toBe('required');
    expect(of({ HOST: '0.0.0.0', PUBLIC_URL: 'https://jobs.example.org', ...exposed })).toBe('required');
    expect(of({ NODE_ENV: 'production', ...exposed })).toBe('required');
    expect(of({ SECOND_FACTOR: 'required' })).toBe('required');
    expect(of({ PUBLIC_URL: 'https://jobs.example.org', SECOND_FACTOR: 'offered' })).toBe('offered');
    expect(() => of({ SECOND_FACTOR: 'no' })).toThrow(/SECOND_FACTOR .*must be "required" or "offered"/);
  });
});
