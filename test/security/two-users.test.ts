/** Two people who are really signed in, walked over every operation of the document that the server gives of itself. */
import { describe, expect, test } from 'vitest';
import { SCOPES } from '../../api/auth/accounts.ts';
import { signedIn } from '../accounts/people.ts';
import { insertJob } from '../api/rows.ts';
import { ALL_ROUTES, type Answer, asAdmin, call, findRoute, startServer, type TestServer } from '../api/server.ts';
import { type Operation, operationsOf, sampleOf } from '../contract/document.ts';
import { testDatabase } from '../db.ts';

const { db } = await testDatabase();
const server = await startServer(db);
const operations = operationsOf((await server.get('/api/openapi.json')).json);
const [robin, kim, boss] = [
  await signedIn(server, 'robin@example.org'),
  await signedIn(server, 'kim@example.org'),
  await signedIn(server, 'boss@example.org', 'admin'),
];
const foreign = await belongingsOf(robin.id, robin.headers());
// Of their own, so that nobody is refused for taking away the last way in.
await belongingsOf(kim.id, kim.headers());

/** As the table of routes has it: who may call an operation, and with which scope. */
const routeOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) => {
  const route = findRoute(ALL_ROUTES, method, path.replaceAll(/\{\w+\}/g, 'x'));
  if (route === undefined) throw new Error(`${method} ${path} is in the document and in no table`);
  return route;
};
const named = (some: readonly Operation[]) => some.map((one) => [one.method, one.path, one] as const);
const closed = operations.filter((one) => ['user', 'admin'].includes(routeOf(one).auth));
const ofUsers = operations.filter((one) => routeOf(one).auth === 'user');
const ofAdmins = operations.filter((one) => routeOf(one).auth === 'admin');
const withId = ofUsers.filter(({ path }) => path.includes('{'));

test('the walk sees the whole document', () => {
  expect(operations.length).toBeGreaterThanOrEqual(70);
  expect([ofUsers.length >= 25, ofAdmins.length >= 15, withId.length >= 12]).toEqual([true, true, true]);
});

describe('what belongs to another person', () => {
  test.each(named(withId))(
    '%s %s answers 404 for it, exactly as for what does not exist',
    async (_m, _p, operation) => {
      const nothing = '0190a6e0-0000-7000-8000-000000000000';
      const missing = told(await ask(server, operation, kim.headers(), nothing), nothing);
      for (const [kind, id] of Object.entries(foreign)) {
        const answer = await ask(server, operation, kim.headers(), id);
        expect(answer.status, `the ${kind} of another person: ${answer.text}`).toBe(404);
        expect(told(answer, id), kind).toEqual(missing);
      }
    },
  );

  test('is what it was after the walk, and its owner reaches each of these', async () => {
    const reached = new Set<string>();
    for (const operation of withId.toSorted((a, b) => rank(a) - rank(b))) {
      for (const [kind, id] of Object.entries(foreign)) {
        const { status } = await ask(server, operation, robin.headers(), id);
        if (status !== 404) reached.add(`${kind} ${status < 300}`);
      }
    }
    expect([...reached].sort()).toEqual(expect.arrayContaining(Object.keys(foreign).map((kind) => `${kind} true`)));
  });
});

describe('who is not signed in', () => {
  test.each(named(closed))('%s %s is a 401', async (_method, _path, operation) => {
    expect((await ask(server, operation, {})).status).toBe(401);
  });

  test('is asked by every page of a person, too', async () => {
    const pages = ALL_ROUTES.filter((route) => route.kind === 'page' && route.auth === 'user');
    expect(pages.length).toBeGreaterThan(8);
    for (const { method, path } of pages)
      expect((await call(server.port, method, path.replaceAll(/:\w+/g, foreign.application))).status, path).toBe(401);
  });
});

describe('a seeker', () => {
  test.each(named(ofAdmins))('%s %s is a 403', async (_method, _path, operation) => {
    expect((await ask(server, operation, kim.headers())).status).toBe(403);
  });
});

describe('an API key with every scope but the one that is needed', () => {
  test.each(named(closed))('%s %s is a 403, and says so in the log', async (_method, _path, operation) => {
    const route = routeOf(operation);
    // An administrator's own key, so that it is the scope that is missing and not the role.
    const needed = route.scope ?? (route.auth === 'admin' ? 'admin:run' : undefined);
    const secret = await keyWithout(boss.id, needed);
    const answer = await ask(server, operation, { authorization: `Bearer ${secret}` });
    expect(answer.status, answer.text).toBe(403);
    const line = server.logged.findLast(({ audit }) => audit === 'access refused');
    expect(line).toMatchObject({ userId: boss.id, endpoint: route.path, method: route.method });
  });
});

describe('where nobody reads without an account', () => {
  test('every operation of readers is a 401 for strangers and a 403 for a key without its scope', async () => {
    const config = { ...server.services.config, anonymousReading: false };
    const strict = await startServer(db, { config });
    const ofReaders = operations.filter((one) => routeOf(one).auth === 'reader');
    expect(ofReaders.length).toBeGreaterThanOrEqual(12);
    for (const operation of ofReaders) {
      expect((await ask(strict, operation, {})).status, operation.path).toBe(401);
      const secret = await keyWithout(boss.id, routeOf(operation).scope ?? 'jobs:read');
      const refused = await ask(strict, operation, { authorization: `Bearer ${secret}` });
      expect(refused.status, operation.path).toBe(403);
      const wrong = await ask(strict, operation, { 'x-admin-token': 'wrong' });
      expect([401, 429], operation.path).toContain(wrong.status);
    }
  });

  test('the admin token reads, pages lead to the sign-in, and what is left open tells nothing of jobs, boards or scans', async () => {
    const config = { ...server.services.config, anonymousReading: false };
    const strict = await startServer(db, { config });
    for (const path of ['/api/v1/scans', '/api/v1/sources', '/api/v1/boards', '/api/v1/jobs'])
      expect((await strict.get(path, asAdmin)).status, path).toBe(200);
    const pages = ALL_ROUTES.filter((route) => route.kind === 'page' && route.auth === 'reader');
    expect(pages.map(({ path }) => path).sort()).toEqual(['/', '/boards', '/jobs/:id', '/scans']);
    for (const { path } of pages) {
      const to = path.replace(':id', '1');
      const answer = await call(strict.port, 'GET', to, { accept: 'text/html' });
      expect([answer.status, answer.headers.location]).toEqual([303, `/sign-in?next=${encodeURIComponent(to)}`]);
    }
    const open = ALL_ROUTES.filter(({ auth, method }) => auth === 'public' && method === 'GET').map(({ path }) => path);
    const mayBe =
      /^\/(sign-in(\/\w+)?|problems\/:slug|\.well-known\/[\w.-]+|healthz|readyz|api\/openapi\.json|api\/docs|api\/auth\/.+)$/;
    expect(open.filter((path) => !mayBe.test(path))).toEqual([]);
  });
});

/** A request that fits in everything but, perhaps, the id and who sends it. */
function ask(to: TestServer, operation: Operation, headers: Record<string, string>, id = '1'): Promise<Answer> {
  const { method, path, body, parameters } = operation;
  const value = body?.example ?? (body && sampleOf(body.schema));
  const needed = parameters.filter((one) => one.in === 'query' && one.required === true);
  const query = new URLSearchParams(needed.map((one) => [one.name, String(one.example ?? sampleOf(one.schema))]));
  const ifMatch = parameters.some(({ name }) => name === 'If-Match') ? { 'if-match': '*' } : {};
  return call(
    to.port,
    method,
    `${path.replaceAll(/\{\w+\}/g, id)}?${query}`,
    {
      'sec-fetch-site': 'same-origin',
      ...(body !== undefined && { 'content-type': body.type }),
      ...ifMatch,
      ...headers,
    },
    body === undefined ? undefined : JSON.stringify(value),
  );
}

/** Everything of an answer by which one could tell that there is something; what it repeats of the question is not. */
function told({ status, headers, json }: Answer, id: string) {
  const { requestId: _name, ...body } = JSON.parse(JSON.stringify(json).replaceAll(id, 'ID')) as Record<
    string,
    unknown
  >;
  const { date: _date, etag: _etag, 'x-request-id': _id, 'set-cookie': _cookie, ...rest } = headers;
  return { status, body, rest };
}

function rank({ method }: Operation): number {
  return ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].indexOf(method);
}

/** One of each kind of thing that a person can have, by its id. */
async function belongingsOf(owner: string, headers: Record<string, string>) {
  const job = await insertJob(db);
  const mine = { 'sec-fetch-site': 'same-origin', ...headers };
  const application = (await server.put(`/api/v1/jobs/${job}/application`, { state: 'applied' }, mine)).json.id;
  const hide = (await server.post('/api/v1/hides', { kind: 'company', value: 'Globex' }, mine)).json.id;
  const { key } = await server.services.people.keys.make(owner, {
    name: 'mine',
    scopes: ['jobs:read'],
    expiresInDays: 1,
  });
  const one = async (sql: string) => (await db.pool.query<{ id: string }>(sql, [owner])).rows[0]?.id ?? '';
  const passkey = `insert into auth.passkey (name, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp")
    values ('key', 'AA', $1::uuid, $1::text || gen_random_uuid()::text, 0, 'singleDevice', false) returning id`;
  const identity = `insert into auth.account ("accountId", "providerId", "userId", "updatedAt")
    values ($1::text, 'oidc', $1::text::uuid, now()) returning id`;
  const session = `insert into auth.session (token, "userId", "expiresAt", "updatedAt")
    values (gen_random_uuid()::text, $1::uuid, now() + interval '1 hour', now()) returning id`;
  await one(passkey);
  return {
    application: String(application),
    hide: String(hide),
    key: key.id,
    passkey: await one(passkey),
    identity: await one(identity),
    session: await one(session),
  };
}

async function keyWithout(owner: string, scope: string | undefined): Promise<string> {
  const { keys } = server.services.people;
  for (const { id } of await keys.list(owner)) await keys.revoke(owner, id);
  const scopes = SCOPES.filter((one) => one !== scope);
  return (await keys.make(owner, { name: 'walk', scopes, expiresInDays: 1 })).secret;
}
