import type { Page } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { authenticatorOf, CHROMIUM, expectClean, openPage } from './chromium.ts';
import { browserOf, linkFor, signedIn } from './people.ts';

const PASSWORD = 'correct horse battery staple';
let db: Database;
let server: TestServer;
let site: string;

beforeAll(async () => {
  ({ db } = await testDatabase());
  server = await startServer(db);
  site = `http://localhost:${server.port}`;
});

async function comeIn(page: Page, email: string): Promise<void> {
  await page.goto(`${site}/sign-in/link?token=${await linkFor(server, email, 'invite')}`);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL('**/settings');
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.locator('#add-passkey input[name=name]').fill(name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
}

const bodyOf = (page: Page, path: string) =>
  page.waitForRequest((request) => request.url().endsWith(path)).then((request) => request.postDataJSON());

describe.skipIf(CHROMIUM === undefined)('a passkey in a real browser', () => {
  test('is added, signs in without a name, and works once for each challenge', { timeout: 120_000 }, async () => {
    const { page, faults } = await openPage();
    const authenticator = await authenticatorOf(page);
    await comeIn(page, 'passkey@example.org');
    await addPasskey(page, 'This <b>computer</b>');
    // What a person calls it is text, whatever it looks like.
    await page.getByText('This <b>computer</b>').waitFor();
    const [credential] = await authenticator.credentials();
    expect(credential).toMatchObject({ isResidentCredential: true, rpId: 'localhost' });

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    expect(await page.context().cookies()).toEqual([]);
    await page.goto(`${site}/sign-in?next=/scans`);
    const assertion = bodyOf(page, '/verify-authentication');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${site}/scans`);
    const { rows } = await db.pool.query(`select method from auth.session`);
    expect(rows).toEqual([{ method: 'passkey' }]);

    // Whoever recorded it, challenge cookie and all, comes too late.
    const cookies = await page.context().cookies();
    const replayed = browserOf(server, new Map(cookies.map((cookie) => [cookie.name, cookie.value])));
    const answer = await replayed.post('/api/auth/passkey/verify-authentication', await assertion);
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/challenge-used' } });
    const elsewhere = await browserOf(server).post('/api/auth/passkey/verify-authentication', await assertion);
    expect(elsewhere.status).toBe(400);
    expectClean(faults);
  });

  test('that does not verify its person signs nobody in', { timeout: 120_000 }, async () => {
    const { page } = await openPage();
    const authenticator = await authenticatorOf(page);
    await comeIn(page, 'unverified@example.org');
    await addPasskey(page, 'Key');
    await page.getByText('Key', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await authenticator.verifies(false);
    // A page of an attacker would not ask for verification, so the server is asked as one.
    await page.goto(`${site}/sign-in`);
    const refused = await page.evaluate(async () => {
      const options = (await (await fetch('/api/auth/passkey/generate-authenticate-options')).json()) as Record<
        string,
        unknown
      >;
      const browser = globalThis as unknown as {
        PublicKeyCredential: { parseRequestOptionsFromJSON(options: unknown): unknown };
        navigator: { credentials: { get(options: unknown): Promise<{ toJSON(): unknown }> } };
      };
      const publicKey = browser.PublicKeyCredential.parseRequestOptionsFromJSON({
        ...options,
        userVerification: 'discouraged',
      });
      const credential = await browser.navigator.credentials.get({ publicKey });
      const answer = await fetch('/api/auth/passkey/verify-authentication', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response: credential.toJSON() }),
      });
      return { asked: options.userVerification, status: answer.status, body: await answer.json() };
    });
    expect(refused).toMatchObject({ asked: 'required', status: 401, body: { type: '/problems/passkey-refused' } });
    expect(await page.context().cookies()).not.toContainEqual(
      expect.objectContaining({ name: 'iamscout.session_token' }),
    );
    const { rows } = await db.pool.query(
      `select detail from auth.audit where event = 'sign-in-failed' order by id desc limit 1`,
    );
    expect(rows).toEqual([{ detail: { method: 'passkey' } }]);
  });

  test('cannot be added without verification, twice to one device, or after the first hour', {
    timeout: 120_000,
  }, async () => {
    const { page } = await openPage();
    const authenticator = await authenticatorOf(page);
    await comeIn(page, 'again@example.org');
    await authenticator.verifies(false);
    await addPasskey(page, 'Unverified');
    await page.locator('#status:not(:empty)').waitFor();
    expect(await authenticator.credentials()).toEqual([]);
    await authenticator.verifies(true);
    await addPasskey(page, 'First');
    await page.getByText('First', { exact: true }).waitFor();
    await addPasskey(page, 'Second');
    await page.getByText('This device has a passkey for the account already.').waitFor();
    await db.pool.query(
      `update auth.session set "createdAt" = now() - interval '61 minutes' where "userId" = (select id from auth."user" where email = 'again@example.org')`,
    );
    await addPasskey(page, 'Late');
    await page.getByText('You signed in too long ago for this').waitFor();
    expect(await authenticator.credentials()).toHaveLength(1);
  });
});

describe('a passkey', () => {
  test('is asked for with user verification, by name of this site only', async () => {
    const { browser } = await signedIn(server, 'options@example.org');
    const register = await browser.get('/api/auth/passkey/generate-register-options');
    expect(register.json).toMatchObject({
      rp: { id: 'localhost' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const authenticate = await browserOf(server).get('/api/auth/passkey/generate-authenticate-options');
    expect(authenticate.json).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(authenticate.json.allowCredentials ?? []).toEqual([]);
  });

  test('is not added for whoever is not signed in, nor by an API key', async () => {
    expect((await browserOf(server).get('/api/auth/passkey/generate-register-options')).status).toBe(401);
  });

  test('of somebody else is neither renamed nor removed, and the last way in stays', async () => {
    const [mine, theirs] = [await signedIn(server, 'mine@example.org'), await signedIn(server, 'theirs@example.org')];
    const { rows } = await db.pool.query(
      `insert into auth.passkey ("publicKey", "userId", "credentialID", counter, "deviceType", "backedUp", "createdAt")
       values ('k', $1, 'c', 0, 'singleDevice', false, now()) returning id`,
      [theirs.id],
    );
    const path = `/api/v1/account/passkeys/${rows[0].id}`;
    expect((await mine.browser.send('PATCH', path, { body: { name: 'x' } })).status).toBe(404);
    expect([404, 409]).toContain((await mine.browser.send('DELETE', path)).status);
    expect((await theirs.browser.send('PATCH', path, { body: { name: 'Key' } })).status).toBe(204);
    expect((await theirs.browser.send('DELETE', path)).json.type).toBe('/problems/last-way-in');
    expect((await theirs.browser.get('/api/v1/account')).json.passkeys).toMatchObject([{ name: 'Key' }]);
  });

  test('cannot belong to two accounts', async () => {
    const insert = `insert into auth.passkey ("publicKey", "userId", "credentialID", counter, "deviceType", "backedUp") values ('k', $1, 'same', 0, 'd', false)`;
    const [one, other] = [await signedIn(server, 'one@example.org'), await signedIn(server, 'other@example.org')];
    await db.pool.query(insert, [one.id]);
    await expect(db.pool.query(insert, [other.id])).rejects.toThrow(/passkey_credentialID_key/);
  });
});

describe.skipIf(CHROMIUM === undefined)('an authenticator app in a real browser', () => {
  test('reads the picture on the page, which says what the link beside it says', { timeout: 120_000 }, async () => {
    const { page, faults } = await openPage();
    await comeIn(page, 'app@example.org');
    await page.locator('#set-password input[name=newPassword]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set a password' }).click();
    await page.locator('#begin-totp input[name=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    const picture = page.getByRole('img', { name: 'QR code' });
    await picture.locator('path').waitFor({ state: 'attached' });
    expect((await picture.boundingBox())?.width).toBeGreaterThan(150);
    const size = Number((await picture.getAttribute('viewBox'))?.split(' ')[2]);
    const path = (await picture.locator('path').getAttribute('d')) ?? '';
    const link = await page.locator('#totp-link').getAttribute('href');
    expect(decodeQR(pixelsOf(size, path))).toBe(link);
    expect(link).toMatch(/^otpauth:/);
    expectClean(faults);
  });
});

/** What a camera sees of the squares of a path: four pixels a unit. */
function pixelsOf(size: number, path: string) {
  const width = size * 4;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let row = Number(y) * 4; row < Number(y) * 4 + 4; row++) {
      for (let column = Number(x) * 4; column < Number(x) * 4 + 4; column++)
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
  return { width, height: width, data };
}
