import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccountConfig } from '../../shared/account-settings.ts';
import type { Database } from '../../shared/db/database.ts';
import { ACCOUNTS, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { type Browser, browserOf, linkFor, signedIn } from './people.ts';
import { CLIENT, startProvider, type TestProvider } from './provider.ts';

let db: Database;
let provider: TestProvider;
/** Lets people of example.org in without an invitation. */
let server: TestServer;
/** Lets in who is invited. */
let invitesOnly: TestServer;
/** Its settings name the provider otherwise than it names itself. */
let mixedUp: TestServer;
/** Asks the provider for how strongly, and for how long ago, people proved themselves. */
let strong: TestServer;
let recent: TestServer;
const TWO = 'urn:example:two';

beforeAll(async () => {
  ({ db } = await testDatabase());
  provider = await startProvider(() => [server, invitesOnly, mixedUp, strong, recent].map(callbackOf));
  server = await start({ domains: ['example.org'] });
  invitesOnly = await start({ domains: undefined });
  strong = await start({ domains: ['example.org'], acrValues: [TWO, 'urn:example:three'] });
  recent = await start({ domains: ['example.org'], maxAgeSeconds: 300 });
  mixedUp = await start({ domains: ['example.org'] }, provider.issuer.replace('127.0.0.1', 'localhost'));
});

beforeEach(() => {
  vi.useRealTimers();
  provider.bend = undefined;
  provider.signsWithUnknownKey = false;
  provider.tokenForm = 'signed';
  provider.down.clear();
  provider.person = { sub: 'somebody', email: 'somebody@example.org', emailVerified: true };
});

const callbackOf = ({ port }: TestServer) => `http://localhost:${port}/api/auth/callback/oidc`;

function start(more: Partial<NonNullable<AccountConfig['provider']>>, issuer = provider.issuer): Promise<TestServer> {
  const config = {
    issuer,
    ...CLIENT,
    label: 'Example',
    domains: undefined,
    acrValues: [],
    maxAgeSeconds: undefined,
    ...more,
  };
  return startServer(db, { accountOptions: { accounts: { ...ACCOUNTS.accounts, provider: config } } });
}

/** What a browser does from the first click until a page of the site is there. @returns its address */
async function goThrough(site: TestServer, browser: Browser, first: string): Promise<string> {
  const here = `http://localhost:${site.port}`;
  const theirs = browserOf({ ...site, port: Number(new URL(provider.issuer).port) } as TestServer);
  let url = new URL(first, here);
  for (let step = 0; step < 12; step++) {
    const at = url.origin === here ? browser : theirs;
    const answer = await at.get(url.pathname + url.search, { accept: 'text/html', host: url.host });
    if (answer.headers.location === undefined) return url.pathname + url.search;
    url = new URL(answer.headers.location, url);
    if (url.origin === here && !/^\/(api\/auth|sign-in\/provider)/.test(url.pathname)) return url.pathname + url.search;
  }
  throw new Error(`no end at ${url}`);
}

const signIn = (browser: Browser, site = server) => goThrough(site, browser, '/sign-in/provider?next=/scans');
const who = async (browser: Browser) => (await browser.get('/api/v1/account')).json.email;

describe('signing in by a provider', () => {
  test('makes the account, keeps none of its tokens, and is the same account the next time', async () => {
    const browser = browserOf(server);
    expect(await signIn(browser)).toBe('/scans');
    expect(await who(browser)).toBe('somebody@example.org');
    const again = browserOf(server);
    expect(await signIn(again)).toBe('/scans');
    expect((await again.get('/api/v1/account')).json.id).toBe((await browser.get('/api/v1/account')).json.id);
    const { rows } = await db.pool.query(
      `select "accountId", "idToken", "accessToken", "refreshToken" from auth.account where "providerId" = 'oidc'`,
    );
    expect(rows).toEqual([{ accountId: 'somebody', idToken: null, accessToken: null, refreshToken: null }]);
    const { rows: sessions } = await db.pool.query(
      `select distinct method, "providerSubject" as sub, "providerSession" is not null as sid from auth.session`,
    );
    expect(sessions).toEqual([{ method: 'provider', sub: 'somebody', sid: true }]);
  });

  test.each<[string, () => void, RegExp]>([
    ['is for another client', () => bendTo({ aud: 'another-client' }), /unable_to_get_user_info/],
    ['answers another request', () => bendTo({ nonce: 'of-another-request' }), /unable_to_get_user_info/],
    ['answers no request', () => bendTo({ nonce: undefined }), /unable_to_get_user_info/],
    ['is of another issuer', () => bendTo({ iss: 'https://evil.example' }), /unable_to_get_user_info/],
    ['is over', () => bendTo({ exp: Math.floor(Date.now() / 1000) - 300 }), /unable_to_get_user_info/],
    ['never ends', () => bendTo({ exp: undefined }), /unable_to_get_user_info/],
    ['names nobody', () => bendTo({ sub: undefined }), /unable_to_get_user_info/],
    ['names somebody else than the user info', () => bendTo({ sub: 'somebody-else' }), /unable_to_get_user_info/],
    ['is signed with a key that was taken out', () => set({ signsWithUnknownKey: true }), /unable_to_get_user_info/],
    ['is signed by nobody', () => set({ tokenForm: 'alg-none' }), /unable_to_get_user_info/],
    ['is not there', () => set({ tokenForm: 'missing' }), /unable_to_get_user_info/],
    ['never comes', () => void provider.down.add('/token'), /invalid_code/],
  ])('with an ID token that %s is refused, with a page that says so', async (_how, bend, code) => {
    const before = await db.pool.query('select count(*)::int as n from auth.session');
    bend();
    const browser = browserOf(server);
    const end = await signIn(browser);
    expect(end).toMatch(/^\/sign-in\?error=/);
    expect(end).toMatch(code);
    expect(await who(browser)).toBeUndefined();
    expect((await browser.get(end, { accept: 'text/html' })).text).toMatch(/role="alert">[A-Z][^<]{30,}</);
    const after = await db.pool.query('select count(*)::int as n from auth.session');
    expect(after.rows).toEqual(before.rows);
    const { rows } = await db.pool.query('select event, detail from auth.audit order by id desc limit 1');
    expect(rows).toMatchObject([{ event: 'sign-in-failed', detail: { method: 'provider' } }]);
  });

  test.each([
    ['an address that was not verified', { email: 'unproven@example.org', emailVerified: false }, 'email_not_verified'],
    ['an address of another domain', { email: 'somebody@example.com', emailVerified: true }, 'domain_not_allowed'],
    ['a domain that only ends alike', { email: 'a@evil-example.org', emailVerified: true }, 'domain_not_allowed'],
    ['an address with two signs', { email: 'a@example.org@evil.example', emailVerified: true }, 'domain_not_allowed'],
  ])('is refused to %s, also when it was let in before', async (_who, person, code) => {
    for (const sub of ['somebody', 'nobody']) {
      provider.person = { sub, ...person };
      const browser = browserOf(server);
      expect(await signIn(browser)).toBe(`/sign-in?error=${code}`);
      expect(await who(browser)).toBeUndefined();
    }
  });

  test('takes an invitation where there is no list of domains, and gives its role', async () => {
    provider.person = { sub: 'guest', email: 'guest@example.com', emailVerified: true };
    const browser = browserOf(invitesOnly);
    expect(await signIn(browser, invitesOnly)).toBe('/sign-in?error=not_invited');
    await linkFor(invitesOnly, 'guest@example.com', 'invite', 'admin');
    expect(await signIn(browser, invitesOnly)).toBe('/scans');
    expect((await browser.get('/api/v1/account')).json).toMatchObject({ email: 'guest@example.com', role: 'admin' });
  });

  test('does not take over an account with the same address; its owner links it, and then it works', async () => {
    const owner = await signedIn(server, 'owner@example.org');
    provider.person = { sub: 'owner-there', email: 'owner@example.org', emailVerified: true };
    expect(await signIn(browserOf(server))).toBe('/sign-in?error=account_not_linked');
    const { url } = (await owner.browser.post('/api/v1/account/identities')).json;
    expect(await goThrough(server, owner.browser, url)).toBe('/settings');
    const { identities } = (await owner.browser.get('/api/v1/account')).json;
    expect(identities).toMatchObject([{ providerId: 'oidc', accountId: 'owner-there' }]);
    const browser = browserOf(server);
    expect(await signIn(browser)).toBe('/scans');
    expect((await browser.get('/api/v1/account')).json.id).toBe(owner.id);
    const unlink = await owner.browser.send('DELETE', `/api/v1/account/identities/${identities[0].id}`);
    expect(unlink.json.type).toBe('/problems/last-way-in');
  });

  test('is in the trail as linked when it is linked, not when that is begun, refused or done already', async () => {
    const { id, browser } = await signedIn(server, 'linking@example.org');
    const begin = async () => (await browser.post('/api/v1/account/identities')).json.url as string;
    const linking = async () =>
      (
        await db.pool.query(
          `select event, network is not null as "hasNetwork", detail from auth.audit
           where user_id = $1 and event like 'identity-%' order by id`,
          [id],
        )
      ).rows;
    const begun = { event: 'identity-link-begun', hasNetwork: true, detail: {} };
    const url = await begin();
    expect(await linking()).toEqual([begun]);
    provider.person = { sub: 'linking-there', email: 'linking@example.org', emailVerified: false };
    expect(await goThrough(server, browser, url)).toMatch(/^\/settings\?error=/);
    expect(await linking()).toEqual([begun]);
    provider.person = { ...provider.person, emailVerified: true };
    expect(await goThrough(server, browser, await begin())).toBe('/settings');
    const linked = { ...begun, event: 'identity-linked' };
    expect(await linking()).toEqual([begun, begun, linked]);
    expect(await goThrough(server, browser, await begin())).toBe('/settings');
    await signIn(browserOf(server));
    expect(await linking()).toEqual([begun, begun, linked, begun]);
  });

  test('that makes an account is in the trail as linked to it', async () => {
    provider.person = { sub: 'joining-there', email: 'joining@example.org', emailVerified: true };
    const browser = browserOf(server);
    await signIn(browser);
    const { id } = (await browser.get('/api/v1/account')).json;
    const { rows } = await db.pool.query('select event from auth.audit where user_id = $1 order by id', [id]);
    expect(rows.map(({ event }) => event)).toEqual(['identity-linked', 'sign-in']);
  });

  test('is linked only after a sign-in of the last hour', async () => {
    const { id, browser } = await signedIn(server, 'stale@example.org');
    await db.pool.query(`update auth.session set "createdAt" = now() - interval '61 minutes' where "userId" = $1`, [
      id,
    ]);
    expect((await browser.post('/api/v1/account/identities')).json.type).toBe('/problems/fresh-sign-in-required');
  });

  test('that was begun in another browser, or by nobody, is refused', async () => {
    const begun = await browserOf(server).get('/sign-in/provider', { accept: 'text/html' });
    const state = new URL(begun.headers.location ?? '').searchParams.get('state');
    for (const query of [`code=x&state=${state}`, 'code=x&state=made-up', 'code=x', '']) {
      const browser = browserOf(server);
      const answer = await browser.get(`/api/auth/callback/oidc?${query}`, { accept: 'text/html' });
      expect(answer.headers.location, query).toMatch(/\/sign-in\?error=/);
      expect(await who(browser)).toBeUndefined();
    }
  });

  test('asks for PKCE, a state and a nonce, and leads nowhere else afterwards', async () => {
    const begun = await browserOf(server).get('/sign-in/provider?next=https://evil.example', { accept: 'text/html' });
    const asked = new URL(begun.headers.location ?? '');
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      code_challenge_method: 'S256',
      state: expect.any(String),
      nonce: expect.any(String),
      redirect_uri: callbackOf(server),
    });
    expect(await goThrough(server, browserOf(server), '/sign-in/provider?next=//evil.example')).toBe('/');
  });

  test('that is down is told, and works when it is there again', async () => {
    provider.down.add('*');
    const fresh = await start({ domains: ['example.org'] });
    const browser = browserOf(fresh);
    expect((await browser.get('/sign-in/provider', { accept: 'text/html' })).headers.location).toBe(
      '/sign-in?error=provider-unavailable',
    );
    provider.down.clear();
    expect((await browser.get('/sign-in/provider', { accept: 'text/html' })).headers.location).toMatch(
      new RegExp(`^${provider.issuer}/auth`),
    );
  });

  test('whose discovery document names another issuer lets nobody in', async () => {
    const browser = browserOf(mixedUp);
    expect(await signIn(browser, mixedUp)).toBe('/sign-in?error=unable_to_get_user_info');
    expect(await who(browser)).toBeUndefined();
  });
});

describe('how people proved themselves at the provider', () => {
  test('is asked for as the settings say, by its class', async () => {
    const begun = await browserOf(strong).get('/sign-in/provider', { accept: 'text/html' });
    expect(new URL(begun.headers.location ?? '').searchParams.get('acr_values')).toBe(`${TWO} urn:example:three`);
    provider.person = { ...provider.person, acr: TWO };
    const browser = browserOf(strong);
    expect(await signIn(browser, strong)).toBe('/scans');
    const { items } = (await browser.get('/api/v1/account/sessions')).json;
    expect(items.find((item: { current: boolean }) => item.current)).toMatchObject({ method: 'provider', acr: TWO });
  });

  test.each<[string, () => void]>([
    ['weaker', () => set({ person: { ...provider.person, acr: 'urn:example:one' } })],
    ['not told', () => undefined],
    ['no text', () => bendTo({ acr: [TWO] })],
    ['almost it', () => bendTo({ acr: `${TWO} ` })],
  ])('lets nobody in where the class is %s', async (_how, bend) => {
    bend();
    const browser = browserOf(strong);
    const end = await signIn(browser, strong);
    expect(end).toBe('/sign-in?error=authentication_too_weak');
    expect((await browser.get(end, { accept: 'text/html' })).text).toContain('as strongly as this site asks');
    expect(await who(browser)).toBeUndefined();
  });

  test('is asked for by its age, and is let in when it is young enough', async () => {
    const begun = await browserOf(recent).get('/sign-in/provider', { accept: 'text/html' });
    expect(new URL(begun.headers.location ?? '').searchParams.get('max_age')).toBe('300');
    const browser = browserOf(recent);
    expect(await signIn(browser, recent)).toBe('/scans');
    expect((await browser.post('/api/v1/account/api-keys', { name: 'x', scopes: ['jobs:read'] })).status).toBe(201);
  });

  test.each<[string, unknown]>([
    ['an hour old', Math.floor(Date.now() / 1000) - 3600],
    ['not told', undefined],
    ['no number', 'now'],
    ['before all time', -1],
  ])('lets nobody in where its time is %s', async (_how, auth_time) => {
    bendTo({ auth_time });
    const browser = browserOf(recent);
    expect(await signIn(browser, recent)).toBe('/sign-in?error=authentication_too_old');
    expect(await who(browser)).toBeUndefined();
  });

  test('counts for what takes a sign-in of the last hour; where it is not told, nothing is fresh', async () => {
    const makesKey = async (browser: Browser) =>
      (await browser.post('/api/v1/account/api-keys', { name: 'x', scopes: ['jobs:read'] })).json.type ?? 'made';
    const stale = '/problems/fresh-sign-in-required';
    const silent = browserOf(server);
    await signIn(silent);
    expect(await makesKey(silent)).toBe(stale);
    bendTo({ auth_time: Math.floor(Date.now() / 1000) - 3700 });
    const old = browserOf(server);
    await signIn(old);
    expect(await makesKey(old)).toBe(stale);
    expect((await old.get('/api/auth/passkey/generate-register-options')).json.type).toBe(stale);
    expect((await old.get('/sign-in?next=/settings', { accept: 'text/html' })).text).toContain('again=true');
    // Asked to have the person prove themselves anew, the provider says when that was.
    provider.bend = undefined;
    const end = await goThrough(server, old, '/sign-in/provider?next=/settings&again=true');
    expect(end).toBe('/settings');
    expect(await makesKey(old)).toBe('made');
    const asked = await old.get('/sign-in/provider?again=true', { accept: 'text/html' });
    expect(Object.fromEntries(new URL(asked.headers.location ?? '').searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '0',
    });
  });
});

// The last: servers that know the key before it would not ask for another for half a minute.
describe('a key of the provider', () => {
  test('that is new is fetched when the first token of it comes, half a minute after the last fetch at the soonest', {
    timeout: 60_000,
  }, async () => {
    const fresh = await start({ domains: ['example.org'] });
    await provider.rotate(callbackOf(fresh));
    expect(await signIn(browserOf(fresh), fresh)).toBe('/scans');
    const reads = provider.keyReads;
    // What somebody made up names a key that nobody has: it may not have the server ask each time.
    provider.signsWithUnknownKey = true;
    for (let i = 0; i < 5; i++) expect(await signIn(browserOf(fresh), fresh)).toMatch(/unable_to_get_user_info/);
    provider.signsWithUnknownKey = false;
    expect(provider.keyReads).toBe(reads);
    await provider.rotate(callbackOf(fresh));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    const browser = browserOf(fresh);
    expect(await signIn(browser, fresh)).toBe('/scans');
    expect(await who(browser)).toBe('somebody@example.org');
    expect(provider.keyReads).toBe(reads + 1);
    // The next half minute has begun.
    provider.signsWithUnknownKey = true;
    expect(await signIn(browserOf(fresh), fresh)).toMatch(/unable_to_get_user_info/);
    expect(provider.keyReads).toBe(reads + 1);
  });
});

function bendTo(claims: Record<string, unknown>): void {
  provider.bend = (given) => ({ ...given, ...claims });
}

function set(fields: Partial<TestProvider>): void {
  Object.assign(provider, fields);
}
