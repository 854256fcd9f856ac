import type { JWTPayload } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { ACCOUNTS, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { type Browser, browserOf, signedIn } from './people.ts';
import { CLIENT, startProvider, type TestProvider } from './provider.ts';

let db: Database;
let provider: TestProvider;
let server: TestServer;
let count = 0;

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

beforeAll(async () => {
  ({ db } = await testDatabase());
  provider = await startProvider(() => [`http://localhost:${server.port}/api/auth/callback/oidc`]);
  const config = {
    issuer: provider.issuer,
    ...CLIENT,
    label: 'Example',
    domains: undefined,
    acrValues: [],
    maxAgeSeconds: undefined,
  };
  server = await startServer(db, { accountOptions: { accounts: { ...ACCOUNTS.accounts, provider: config } } });
});

const now = () => Math.floor(Date.now() / 1000);

function claims(more: Record<string, unknown>): JWTPayload {
  return {
    iss: provider.issuer,
    aud: CLIENT.clientId,
    iat: now(),
    exp: now() + 120,
    jti: `jti-${++count}`,
    events: EVENTS,
    ...more,
  } as JWTPayload;
}

const send = (logout_token: string) => browserOf(server).form('/api/auth/back-channel-logout', { logout_token });
const who = async (browser: Browser) => (await browser.get('/api/v1/account')).status;

/** Somebody whose session came in by the provider. */
async function somebody(sub: string, sid = `sid-${++count}`): Promise<{ browser: Browser; sid: string; id: string }> {
  const { id, browser } = await signedIn(server, `${sub}-${++count}@example.org`);
  await db.pool.query(
    `update auth.session set "providerId" = 'oidc', "providerSubject" = $2, "providerSession" = $3 where "userId" = $1`,
    [id, sub, sid],
  );
  return { browser, sid, id };
}

describe('a logout token', () => {
  test('ends the one session that it names, and says so in the trail', async () => {
    const [one, other] = [await somebody('anna'), await somebody('anna')];
    expect((await send(await provider.sign(claims({ sid: one.sid, sub: 'anna' }), { typ: 'logout+jwt' }))).status).toBe(
      200,
    );
    expect([await who(one.browser), await who(other.browser)]).toEqual([401, 200]);
    const { rows } = await db.pool.query(`select user_id from auth.audit where event = 'logout-by-provider'`);
    expect(rows).toEqual([{ user_id: one.id }]);
  });

  test('that names only a person ends all of their sessions that came in by the provider, and no other', async () => {
    const [one, two, stranger] = [await somebody('berta'), await somebody('berta'), await somebody('carla')];
    const byLink = await signedIn(server, 'by-link@example.org');
    expect((await send(await provider.sign(claims({ sub: 'berta' })))).status).toBe(200);
    expect([await who(one.browser), await who(two.browser)]).toEqual([401, 401]);
    expect([await who(stranger.browser), await who(byLink.browser)]).toEqual([200, 200]);
  });

  test('works once', async () => {
    const token = await provider.sign(claims({ sub: 'nobody' }));
    expect((await send(token)).status).toBe(200);
    expect((await send(token)).json.type).toBe('/problems/logout-token-refused');
  });

  const bad: readonly [string, Record<string, unknown>, { unknownKey?: boolean }?][] = [
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another-client' }],
    ['without a client', { aud: undefined }],
    ['of an hour ago', { iat: now() - 3600, exp: undefined }],
    ['of tomorrow', { iat: now() + 86_400, exp: now() + 90_000 }],
    ['without a time', { iat: undefined }],
    ['that is over', { exp: now() - 300 }],
    ['without jti', { jti: undefined }],
    ['without events, as an ID token is', { events: undefined }],
    ['of another event', { events: { 'http://schemas.openid.net/event/other': {} } }],
    ['whose event is a text', { events: { ...EVENTS, 'http://schemas.openid.net/event/backchannel-logout': 'yes' } }],
    ['with a nonce, as an ID token has', { nonce: 'n' }],
    ['that names neither person nor session', { sub: undefined }],
    ['signed with a key that is not published', {}, { unknownKey: true }],
  ];
  test.each(bad)('%s ends nothing', async (_how, more, options) => {
    const { browser } = await somebody('doris');
    const answer = await send(await provider.sign(claims({ sub: 'doris', ...more }), options));
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/logout-token-refused' } });
    expect(await who(browser)).toBe(200);
  });

  test('that is unsigned, signed with the shared secret, or no token at all ends nothing', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = part(claims({ sub: 'doris' }));
    for (const token of [`${part({ alg: 'none' })}.${body}.`, `${part({ alg: 'HS256' })}.${body}.AAAA`, 'nonsense', ''])
      expect((await send(token)).status, token).toBe(400);
    expect((await browserOf(server).form('/api/auth/back-channel-logout', {})).status).toBe(422);
  });

  test('means nothing where there is no provider', async () => {
    const without = await startServer(db);
    expect((await browserOf(without).form('/api/auth/back-channel-logout', { logout_token: 'x' })).status).toBe(404);
  });
});
