import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { ATTEMPT_LIMITS } from '../../api/auth/attempts.ts';
import { route } from '../../api/route.ts';
import type { Database } from '../../shared/db/database.ts';
import { ALL_ROUTES, startServer, type TestServer } from '../api/server.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { appClock, codeOf } from './authenticator-app.ts';
import { type Browser, browserOf, linkFor, signedIn } from './people.ts';

let db: Database;
let server: TestServer;
const PASSWORD = 'correct horse battery staple';

beforeAll(async () => {
  ({ db } = await testDatabase());
  server = await startServer(db, { accountOptions: { clock: appClock.now } });
});

let count = 0;

async function withPassword(email = `password-${++count}@example.org`, site = server) {
  const person = await signedIn(site, email);
  expect((await person.browser.post('/api/v1/account/password', { newPassword: PASSWORD })).status).toBe(204);
  return person;
}

async function withTotp(email?: string, site = server) {
  const person = await withPassword(email, site);
  const { totpURI, backupCodes } = (await person.browser.post('/api/v1/account/totp', { password: PASSWORD })).json;
  const code = codeOf(totpURI);
  expect((await person.browser.post('/api/v1/account/totp/confirm', { code })).status).toBe(204);
  appClock.nextStep();
  return { ...person, totpURI: totpURI as string, backupCodes: backupCodes as string[] };
}

const enter = (browser: Browser, email: string, password = PASSWORD, headers?: Record<string, string>) =>
  browser.form('/sign-in', { email, password, next: '/scans' }, headers);
const who = async (browser: Browser) => (await browser.get('/api/v1/account')).json.email;

describe('a password', () => {
  test('and the code of the app sign in, and neither without the other', async () => {
    const { email, totpURI } = await withTotp();
    const browser = browserOf(server);
    expect((await enter(browser, email)).headers.location).toBe('/sign-in/code?next=%2Fscans');
    expect(await who(browser)).toBeUndefined();
    const code = codeOf(totpURI);
    expect((await browser.form('/sign-in/code', { code, next: '/scans' })).headers.location).toBe('/scans');
    expect(await who(browser)).toBe(email);
    // Over a shoulder: the same code again, with the password known.
    const other = browserOf(server);
    await enter(other, email);
    expect((await other.form('/sign-in/code', { code })).status).toBe(401);
    expect(await who(other)).toBeUndefined();
    expect((await browserOf(server).form('/sign-in/code', { code: codeOf(totpURI, 1) })).status).toBe(401);
  });

  test('without an app signs nobody in', async () => {
    const { email } = await withPassword();
    const browser = browserOf(server);
    expect(await enter(browser, email)).toMatchObject({ status: 403, json: { type: '/problems/totp-missing' } });
    expect(await who(browser)).toBeUndefined();
    const page = await enter(browserOf(server), email, PASSWORD, { accept: 'text/html' });
    expect(page.status).toBe(403);
    expect(page.text).toContain('A password needs an authenticator app here.');
  });

  test('is stood in for by each recovery code once, after the password', async () => {
    const { email, backupCodes } = await withTotp();
    const [code = ''] = backupCodes;
    const browser = browserOf(server);
    await enter(browser, email);
    expect((await browser.form('/sign-in/code', { code })).status).toBe(303);
    const again = browserOf(server);
    await enter(again, email);
    expect((await again.form('/sign-in/code', { code })).status).toBe(401);
  });

  test('is kept as argon2id and nowhere else, the secret of the app encrypted', async () => {
    const { id, totpURI } = await withTotp();
    const { rows } = await db.pool.query(
      `select a.password, t.secret, t."backupCodes" as codes from auth.account a join auth."twoFactor" t using ("userId") where "userId" = $1`,
      [id],
    );
    expect(rows[0].password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(JSON.stringify(rows)).not.toContain(new URL(totpURI).searchParams.get('secret'));
  });

  test('has recovery codes of 125 random bits, kept as hashes, and made anew at any time', async () => {
    const { id, browser, email, backupCodes } = await withTotp();
    expect(new Set(backupCodes).size).toBe(10);
    for (const code of backupCodes) expect(code).toMatch(/^([a-km-np-z2-9]{5}-){4}[a-km-np-z2-9]{5}$/);
    const stored = async () =>
      (await db.pool.query('select "backupCodes" as codes from auth."twoFactor" where "userId" = $1', [id])).rows[0]
        .codes as string;
    const hashes = backupCodes.map((code) => createHash('sha256').update(code.replaceAll('-', '')).digest('base64url'));
    expect(JSON.parse(await stored())).toEqual(hashes);
    const other = browserOf(server);
    await enter(other, email);
    const [first = '', second = '', third = ''] = backupCodes;
    expect((await other.form('/sign-in/code', { code: first.toUpperCase().replaceAll('-', ' ') })).status).toBe(303);
    expect((await browser.get('/api/v1/account')).json.recoveryCodesLeft).toBe(9);
    const { recoveryCodes } = (await browser.post('/api/v1/account/totp/recovery-codes')).json;
    expect(recoveryCodes).toHaveLength(10);
    const entered = async (code: string) => {
      const next = browserOf(server);
      await enter(next, email);
      return (await next.form('/sign-in/code', { code })).status;
    };
    expect([await entered(second), await entered(recoveryCodes[0])]).toEqual([401, 303]);
    // As an older release kept them, encrypted: they open nothing, and break nothing.
    await db.pool.query(`update auth."twoFactor" set "backupCodes" = '$ba$1$00ff' where "userId" = $1`, [id]);
    expect(await entered(third)).toBe(401);
    expect((await browser.get('/api/v1/account')).json.recoveryCodesLeft).toBe(0);
  });

  test('is followed by the code that the app shows now, not the one before it or after it', async () => {
    const { email, totpURI } = await withTotp();
    const entered = async (code: string) => {
      const browser = browserOf(server);
      await enter(browser, email);
      return (await browser.form('/sign-in/code', { code })).status;
    };
    expect([await entered(codeOf(totpURI, -1)), await entered(codeOf(totpURI, 1))]).toEqual([401, 401]);
    expect(await entered(codeOf(totpURI))).toBe(303);
  });

  test('is guessed with five codes at once as with five in a row', async () => {
    const { id, email, totpURI } = await withTotp();
    const browsers = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const browser = browserOf(server);
        await enter(browser, email);
        return browser;
      }),
    );
    const answers = await Promise.all(
      browsers.map((browser, i) => browser.form('/sign-in/code', { code: codeOf(totpURI, 100 + i) })),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
    const { rows } = await db.pool.query(
      `select count(*)::int as n from auth.audit where user_id = $1 and event = 'locked-out'`,
      [id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test.each([
    ['short', 'fourteen chars', /14 characters/],
    ['common, twice', 'password1password1', /everybody tries first/],
    ['one letter', 'aaaaaaaaaaaaaaaaaa', /fewer than 5/],
    ['the address', 'weak@example.org1', /hardly more than/],
    ['endless', 'ab'.repeat(100), /at most 128/],
  ])('that is %s is refused', async (_how, newPassword, why) => {
    const { browser } = await signedIn(server, 'weak@example.org');
    const answer = await browser.post('/api/v1/account/password', { newPassword });
    expect(answer).toMatchObject({
      status: 422,
      json: { type: '/problems/weak-password', detail: expect.stringMatching(why) },
    });
  });

  test('is changed with the old one only, in the first hour only, and the other sessions end', async () => {
    const { id, email, browser } = await withPassword();
    const other = browserOf(server);
    await other.useLink(await linkFor(server, email));
    const change = (body: unknown) => browser.post('/api/v1/account/password', body);
    const newPassword = `${PASSWORD} anew`;
    expect((await change({ newPassword })).status).toBe(401);
    expect((await change({ newPassword, currentPassword: 'wrong' })).status).toBe(401);
    expect(await who(other)).toBe(email);
    expect((await change({ newPassword, currentPassword: PASSWORD })).status).toBe(204);
    expect([await who(other), await who(browser)]).toEqual([undefined, email]);
    await db.pool.query(`update auth.session set "createdAt" = now() - interval '61 minutes' where "userId" = $1`, [
      id,
    ]);
    expect((await change({ newPassword: PASSWORD, currentPassword: newPassword })).json.type).toBe(
      '/problems/fresh-sign-in-required',
    );
  });

  test('tells nothing about who has an account, and works by POST of our own page only', async () => {
    const { email } = await withPassword();
    const [known, unknown] = [
      await enter(browserOf(server), email, 'wrong'),
      await enter(browserOf(server), 'x@y.z', 'wrong'),
    ];
    const { requestId: _a, ...one } = known.json;
    const { requestId: _b, ...two } = unknown.json;
    expect(one).toEqual(two);
    expect(known.status).toBe(401);
    for (const path of ['/api/auth/sign-in/email', '/api/auth/sign-up/email', '/api/auth/one-time-link/accept'])
      expect((await browserOf(server).post(path, { email, password: PASSWORD, token: 'x' })).status, path).toBe(404);
  });
});

describe('wrong passwords', () => {
  test('lock the address for a quarter of an hour, right ones too; other ways in stay open', async () => {
    const { id, email } = await withTotp();
    for (let i = 0; i < ATTEMPT_LIMITS.failures; i++)
      expect((await enter(browserOf(server), email, 'wrong')).status).toBe(401);
    const locked = await enter(browserOf(server), email.toUpperCase());
    expect(locked).toMatchObject({ status: 429, json: { type: '/problems/locked-out' } });
    const wait = Number(locked.headers['retry-after']);
    expect(wait).toBeGreaterThan(800);
    expect(wait).toBeLessThanOrEqual(900);
    expect((await browserOf(server).useLink(await linkFor(server, email))).status).toBe(303);
    const { rows } = await db.pool.query(
      `select event, count(*)::int as n from auth.audit where user_id = $1 and event in ('sign-in-failed', 'locked-out') group by event order by event`,
      [id],
    );
    expect(rows).toEqual([
      { event: 'locked-out', n: 1 },
      { event: 'sign-in-failed', n: 5 },
    ]);
  });

  test('lock an address without an account in the same way', async () => {
    const answers: number[] = [];
    for (let i = 0; i < 6; i++) answers.push((await enter(browserOf(server), 'nobody@example.org', 'wrong')).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  });

  test('are counted by all processes together', async () => {
    const second = await startServer(db);
    const answers: number[] = [];
    for (let i = 0; i < 6; i++)
      answers.push((await enter(browserOf(i % 2 === 0 ? server : second), 'shared@example.org', 'wrong')).status);
    expect(answers.at(-1)).toBe(429);
  });

  test('that are codes lock the second factor', async () => {
    const { email, totpURI } = await withTotp();
    for (let i = 0; i < 5; i++) {
      const browser = browserOf(server);
      await enter(browser, email);
      expect((await browser.form('/sign-in/code', { code: codeOf(totpURI, 1000 + i) })).status).toBe(401);
    }
    const browser = browserOf(server);
    await enter(browser, email);
    expect((await browser.form('/sign-in/code', { code: codeOf(totpURI) })).status).toBe(429);
  });
});

describe('wrong passwords of somebody who is signed in', () => {
  const change = (browser: Browser, currentPassword: string) =>
    browser.post('/api/v1/account/password', { newPassword: `${PASSWORD} anew`, currentPassword });
  const setUp = (browser: Browser, password: string) => browser.post('/api/v1/account/totp', { password });
  const failuresOf = async (id: string) =>
    (
      await db.pool.query(
        `select event, detail, network is not null as "hasNetwork", count(*)::int as n from auth.audit
         where user_id = $1 and event in ('sign-in-failed', 'proof-failed', 'locked-out') group by 1, 2, 3 order by 1, 2`,
        [id],
      )
    ).rows;

  test.each([
    ['a change of the password', change],
    ['setting up an app where there is one', setUp],
  ])('lock the address at %s as at the sign-in, right ones too, and are in the trail', async (_where, ask) => {
    const { id, email, browser } = await withTotp();
    for (let i = 0; i < ATTEMPT_LIMITS.failures; i++)
      expect(await ask(browser, 'wrong')).toMatchObject({ status: 401, json: { type: '/problems/wrong-credentials' } });
    for (const answer of [await ask(browser, PASSWORD), await enter(browserOf(server), email)]) {
      expect(answer).toMatchObject({ status: 429, json: { type: '/problems/locked-out' } });
      const wait = Number(answer.headers['retry-after']);
      expect(wait).toBeGreaterThan(800);
      expect(wait).toBeLessThanOrEqual(900);
    }
    expect(await failuresOf(id)).toEqual([
      { event: 'locked-out', detail: {}, hasNetwork: true, n: 1 },
      { event: 'proof-failed', detail: { method: 'password' }, hasNetwork: true, n: 5 },
    ]);
  });

  test('add up with those of the sign-in', async () => {
    const { id, email, browser } = await withTotp();
    for (let i = 0; i < 2; i++) expect((await enter(browserOf(server), email, 'wrong')).status).toBe(401);
    for (const ask of [change, setUp, change]) expect((await ask(browser, 'wrong')).status).toBe(401);
    expect((await change(browser, PASSWORD)).status).toBe(429);
    expect((await failuresOf(id)).map(({ event, n }) => [event, n])).toEqual([
      ['locked-out', 1],
      ['proof-failed', 3],
      ['sign-in-failed', 2],
    ]);
  });

  test('are five at once as five in a row', async () => {
    const { browser } = await withTotp();
    const answers = await Promise.all(Array.from({ length: 12 }, () => change(browser, 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  });

  test('are forgotten after a right one, also where that changes nothing', async () => {
    const { email, browser } = await withTotp();
    for (let round = 0; round < 2; round++) {
      for (let i = 1; i < ATTEMPT_LIMITS.failures; i++) expect((await setUp(browser, 'wrong')).status).toBe(401);
      expect((await setUp(browser, PASSWORD)).json.type).toBe('/problems/already-on');
    }
    expect((await enter(browserOf(server), email)).status).toBe(303);
  });

  test('that are codes lock the codes, and are in the trail', async () => {
    const { id, browser } = await withPassword();
    const { totpURI } = (await setUp(browser, PASSWORD)).json;
    const confirm = (steps: number) => browser.post('/api/v1/account/totp/confirm', { code: codeOf(totpURI, steps) });
    for (let i = 0; i < ATTEMPT_LIMITS.failures; i++) expect((await confirm(1000 + i)).status).toBe(401);
    expect(await confirm(0)).toMatchObject({ status: 429, json: { type: '/problems/locked-out' } });
    const detail = { method: 'code' };
    expect(await failuresOf(id)).toEqual([
      { event: 'locked-out', detail, hasNetwork: true, n: 1 },
      { event: 'proof-failed', detail, hasNetwork: true, n: 5 },
    ]);
  });
});

describe('sign-ins from one network', () => {
  test('are limited, whatever address a client makes up', async () => {
    const limits = { ...ATTEMPT_LIMITS, networkAttempts: 5 };
    const { db: own } = await testDatabase();
    const strict = await startServer(own, { accountOptions: { limits } });
    const answers: number[] = [];
    let last: Awaited<ReturnType<typeof enter>> | undefined;
    for (let i = 0; i < 7; i++) {
      last = await enter(browserOf(strict), `n${i}@example.org`, 'wrong', {
        'x-forwarded-for': `203.0.113.${i}`,
        forwarded: `for=203.0.113.${i}`,
        'x-scout-client-ip': `203.0.113.${i}`,
        'x-real-ip': `203.0.113.${i}`,
      });
      answers.push(last.status);
    }
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(last?.json.type).toBe('/problems/too-many-sign-ins');
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(last?.headers['retry-after'])).toBeLessThanOrEqual(limits.networkSeconds);
  });

  test('are told by the address that the proxy in front gives, where one is', async () => {
    const { db: own } = await testDatabase();
    const limits = { ...ATTEMPT_LIMITS, networkAttempts: 2 };
    const behind = await startServer(own, {
      accountOptions: { limits },
      config: { ...server.services.config, trustProxy: 1 },
    });
    const from = (address: string) =>
      enter(browserOf(behind), 'proxy@example.org', 'wrong', { 'x-forwarded-for': `198.51.100.1, ${address}` });
    const answers = [];
    for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2'])
      answers.push((await from(address)).status);
    expect(answers).toEqual([401, 401, 429, 401]);
  });
});

describe('an API key', () => {
  const make = (browser: Browser, body: Record<string, unknown>) => browser.post('/api/v1/account/api-keys', body);
  const call = (path: string, secret: string, method = 'GET') =>
    browserOf(server).send(method, path, { headers: { authorization: `Bearer ${secret}` } });

  test('is shown once, kept as a hash, and good for its scopes only', async () => {
    const { id, browser } = await signedIn(server, 'keys@example.org');
    const made = await make(browser, { name: 'cron', scopes: ['tracking:read'], expiresInDays: 30 });
    const { secret, start } = made.json;
    expect(secret).toMatch(/^iamscout_[\w-]{43}$/);
    expect(secret.startsWith(start)).toBe(true);
    const list = await browser.get('/api/v1/account/api-keys');
    expect(list.json.items).toMatchObject([{ name: 'cron', scopes: ['tracking:read'], lastUsedAt: null }]);
    expect(list.text).not.toContain(secret);
    const { rows } = await db.pool.query('select * from auth.api_key where user_id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(secret.slice(20));
    // Its account is for sessions only, whatever the scopes.
    expect((await call('/api/v1/account', secret)).json.type).toBe('/problems/session-required');
    expect((await call('/api/v1/accounts', secret)).json.type).toBe('/problems/admin-only');
    const { rows: used } = await db.pool.query(
      `select count(*)::int as n from auth.audit where event = 'key-first-used' and user_id = $1`,
      [id],
    );
    expect(used).toEqual([{ n: 1 }]);
  });

  test('of an administrator may what its scopes say, while they are one', async () => {
    const { id, browser } = await signedIn(server, 'admin-key@example.org', 'admin');
    const { secret } = (await make(browser, { name: 'all', scopes: ['admin:run'] })).json;
    const { secret: narrow } = (await make(browser, { name: 'scan', scopes: ['scan:run'] })).json;
    expect((await call('/api/v1/accounts', secret)).status).toBe(200);
    expect((await call('/api/v1/accounts', narrow)).json).toMatchObject({
      type: '/problems/scope-missing',
      scope: 'admin:run',
    });
    await db.pool.query(`update auth."user" set role = 'seeker' where id = $1`, [id]);
    expect((await call('/api/v1/accounts', secret)).json.type).toBe('/problems/admin-only');
  });

  test('with a scope of administrators is not for others, nor one that does not exist', async () => {
    const { browser } = await signedIn(server, 'greedy@example.org');
    expect((await make(browser, { name: 'x', scopes: ['admin:run'] })).status).toBe(403);
    expect((await make(browser, { name: 'x', scopes: ['everything'] })).status).toBe(422);
    expect((await make(browser, { name: 'x', scopes: ['jobs:read'], userId: 'x' })).status).toBe(422);
    expect((await make(browser, { name: 'x', scopes: [] })).status).toBe(422);
  });

  test.each([
    ['expired', `update auth.api_key set expires_at = now() where user_id = $1`],
    ['revoked', 'delete from auth.api_key where user_id = $1'],
    ['of a closed account', 'update auth."user" set banned = true where id = $1'],
  ])('that is %s means nothing', async (_how, statement) => {
    const { id, browser } = await signedIn(server, `key-${++count}@example.org`);
    const { secret } = (await make(browser, { name: 'x', scopes: ['jobs:read'] })).json;
    expect((await call('/api/v1/account', secret)).status).toBe(403);
    await db.pool.query(statement, [id]);
    expect(await call('/api/v1/account', secret)).toMatchObject({
      status: 401,
      json: { type: '/problems/bad-api-key' },
    });
  });

  test('of somebody else is not revoked, and twenty are enough', async () => {
    const [mine, theirs] = [
      await signedIn(server, 'key-mine@example.org'),
      await signedIn(server, 'key-theirs@example.org'),
    ];
    const { id } = (await make(theirs.browser, { name: 'x', scopes: ['jobs:read'] })).json;
    expect((await mine.browser.send('DELETE', `/api/v1/account/api-keys/${id}`)).status).toBe(404);
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => make(mine.browser, { name: 'x', scopes: ['jobs:read'] })),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(20);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(4);
  });

  test('is the twentieth of one person only once, also for two who have waited for the same moment', async () => {
    const { id, browser } = await signedIn(server, 'key-twenty@example.org');
    for (let n = 0; n < 19; n++)
      await server.services.people.keys.make(id, { name: 'x', scopes: ['jobs:read'], expiresInDays: 1 });
    const holder = await db.pool.connect();
    atEnd(() => holder.release(true));
    await holder.query('begin');
    await holder.query('select from auth."user" where id = $1 for update', [id]);
    const both = [1, 2].map(() => make(browser, { name: 'x', scopes: ['jobs:read'] }));
    // Both stand before the person's row, and have counted already if they ever count before it is theirs.
    await until(async () => {
      const { rows } = await db.pool.query<{ n: number }>(
        `select count(*)::integer as n from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query ~ 'auth'`,
      );
      return rows[0]?.n === 2;
    });
    await holder.query('commit');
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test('is what reading takes, too, where nobody reads without an account', async () => {
    const config = { ...server.services.config, anonymousReading: false };
    const read = route(
      {
        method: 'GET',
        path: '/read',
        summary: 'something to read',
        auth: 'reader',
        responses: { 200: { about: 'It.' } },
      },
      ({ person, res }) => void res.json({ by: person?.via ?? 'anybody' }),
    );
    const closed = await startServer(db, { config, routes: [...ALL_ROUTES, read] });
    const open = await startServer(db, { routes: [...ALL_ROUTES, read] });
    const { browser } = await signedIn(closed, 'reader@example.org');
    const { secret } = (await make(browser, { name: 'x', scopes: ['jobs:read'] })).json;
    const { secret: other } = (await make(browser, { name: 'x', scopes: ['tracking:read'] })).json;
    const by = async (site: TestServer, bearer?: string) => {
      const answer = await browserOf(site).get(
        '/read',
        bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      );
      return answer.json.by ?? answer.json.type;
    };
    expect(await by(open)).toBe('anybody');
    expect(await by(open, other)).toBe('api-key');
    expect(await by(open, `${secret}x`)).toBe('/problems/bad-api-key');
    expect(await by(closed)).toBe('/problems/sign-in-required');
    expect(await by(closed, secret)).toBe('api-key');
    expect(await by(closed, other)).toBe('/problems/scope-missing');
    expect((await browser.get('/read')).json.by).toBe('session');
  });
});
