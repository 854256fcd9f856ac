/** What is found under /.well-known/, and small promises of docs/security that have no better place. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ensurePerson } from '../../shared/db/accounts/people.ts';
import { linkFor, signedIn } from '../accounts/people.ts';
import { call, startServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';

const { db } = await testDatabase();
const server = await startServer(db);
const DAY_MS = 86_400_000;

test('security.txt names the contact of the settings, itself, and an end in more than 30 days and less than a year', async () => {
  const config = { ...server.services.config, securityContact: 'mailto:security@example.org' };
  const start = new Date('2026-12-31T23:59:59.999Z');
  for (const now of [start, new Date(start.getTime() + 1), new Date('2028-02-29T12:00:00Z')]) {
    const told = await startServer(db, { config, now: () => now });
    const { status, headers, text } = await told.get('/.well-known/security.txt');
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    const fields = new Map(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(/: (.*)/) as [string, string]),
    );
    expect(fields.get('Contact')).toBe('mailto:security@example.org');
    expect(fields.get('Canonical')).toBe(`http://localhost:${told.port}/.well-known/security.txt`);
    const days = (Date.parse(fields.get('Expires') ?? '') - now.getTime()) / DAY_MS;
    expect(days).toBeGreaterThan(30);
    expect(days).toBeLessThan(365);
  }
});

test('there is no security.txt where nobody is named', async () => {
  expect((await server.get('/.well-known/security.txt')).status).toBe(404);
});

test('password managers are led to the settings', async () => {
  const { status, headers } = await server.get('/.well-known/change-password');
  expect([status, headers.location]).toEqual([303, '/settings#password']);
  const { json } = await server.get('/.well-known/passkey-endpoints');
  expect(json).toEqual({ enroll: `${site()}/settings`, manage: `${site()}/settings` });
});

test('what is for a person is stored nowhere, what is for anybody is asked for again', async () => {
  const { headers } = await signedIn(server, 'stored@example.org');
  for (const path of ['/api/v1/account', '/api/v1/applications', '/api/v1/jobs', '/tracker', '/settings', '/'])
    expect((await server.get(path, headers())).headers['cache-control'], path).toBe('no-store');
  expect((await server.get('/api/v1/jobs')).headers['cache-control']).toBe('private, no-cache');
});

test('on https the session is in a __Host- cookie, and in no cookie without Secure', async () => {
  const publicUrl = 'https://jobs.example.org';
  const config = { ...server.services.config, publicUrl };
  const secure = await startServer(db, { config, accountOptions: { publicUrl } });
  await ensurePerson(db.pool, { email: 'secure@example.org', name: 'Secure', role: 'seeker' });
  const token = await linkFor(secure, 'secure@example.org');
  const headers = { host: 'jobs.example.org', origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await call(secure.port, 'POST', '/sign-in/link', headers, `token=${token}`);
  expect(answer.status).toBe(303);
  const cookies = answer.headers['set-cookie'] ?? [];
  const session = cookies.find((cookie) => cookie.startsWith('__Host-iamscout.session_token=')) ?? '';
  expect(session).not.toMatch(/domain=/i);
  for (const attribute of [/; path=\/(;|$)/i, /; secure(;|$)/i, /; httponly(;|$)/i, /; samesite=lax(;|$)/i])
    for (const cookie of cookies) expect(cookie).toMatch(attribute);
  const [pair = ''] = session.split(';');
  const asked = await call(secure.port, 'GET', '/api/v1/account', { host: 'jobs.example.org', cookie: pair });
  expect(asked.json.email).toBe('secure@example.org');
});

test('no page of another site may read an answer, whatever it says of itself', async () => {
  const foreign = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
  for (const [method, path] of [
    ['GET', '/api/v1/jobs'],
    ['OPTIONS', '/api/v1/jobs'],
    ['GET', '/api/openapi.json'],
  ] as const) {
    const { headers } = await call(server.port, method, path, foreign);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

test('a compressed body is not unpacked, and one of another type is not read', async () => {
  const { headers } = await signedIn(server, 'packed@example.org');
  const mine = { ...headers(), 'sec-fetch-site': 'same-origin' };
  const rule = JSON.stringify({ kind: 'company', value: 'Globex' });
  const packed = await server.post('/api/v1/hides', gzipSync(rule), { ...mine, 'content-encoding': 'gzip' });
  const plain = await server.post('/api/v1/hides', rule, { ...mine, 'content-type': 'text/plain' });
  expect([packed.status, plain.status]).toEqual([415, 415]);
  expect((await server.get('/api/v1/hides', mine)).json.items).toEqual([]);
});

test('TRACE repeats nothing', async () => {
  for (const path of ['/', '/api/v1/jobs', '/nowhere']) {
    const { status, text } = await call(server.port, 'TRACE', path, { 'x-secret': 'do-not-repeat' });
    expect([404, 405]).toContain(status);
    expect(text).not.toContain('do-not-repeat');
  }
});

function site(): string {
  return `http://localhost:${server.port}`;
}
