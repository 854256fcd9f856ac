/** What is true of every address: headers, hosts, methods, refusals, and what the log says of them. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { PROBLEM_SLUGS } from '../../api/problems.ts';
import { statusesOf } from '../../api/route.ts';
import { testDatabase } from '../db.ts';
import { ALL_ROUTES, asAdmin, call, checkAnswer, startServer } from './server.ts';

const { db } = await testDatabase();
const server = await startServer(db);

const concrete = (path: string) =>
  path
    .replace(':slug', 'not-found')
    .replace(':id', path.includes('scans') ? '018f0000-0000-7000-8000-000000000000' : '1');

describe('every answer', () => {
  test.each(['/', '/api/v1/jobs', '/nowhere', '/healthz', '/problems/not-found'])(
    'of %s has the headers that protect',
    async (path) => {
      const { headers } = await server.get(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none';require-trusted-types-for 'script';trusted-types 'none'",
      );
      expect(headers).toMatchObject({
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(headers['permissions-policy']).toContain('camera=()');
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['cache-control']).toBeDefined();
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  test('asks browsers to stay with https when PUBLIC_URL is https', async () => {
    const https = await startServer(db, { config: { publicUrl: 'https://scout.example' } as never });
    expect((await https.get('/healthz')).headers['strict-transport-security']).toBe(
      'max-age=31536000; includeSubDomains',
    );
  });
});

describe('the Host header', () => {
  const hosts = (port: number) => [
    ['localhost', 421],
    [`localhost:${port}`, 200],
    [`LOCALHOST:${port}`, 200],
    [`127.0.0.1:${port}`, 200],
    [`[::1]:${port}`, 200],
    [`localhost:${port + 1}`, 421],
    [`evil.example:${port}`, 421],
    [`localhost.evil.example:${port}`, 421],
    [`127.0.0.1.nip.io:${port}`, 421],
    [`${'a'.repeat(5000)}`, 421],
    ['scout.example', 421],
  ];

  test('must be ours', async () => {
    for (const [host, status] of hosts(server.port)) {
      for (const path of ['/', '/api/v1/jobs', '/static/x.css']) {
        const answer = await call(server.port, 'GET', path, { host: String(host) });
        checkAnswer(ALL_ROUTES, 'GET', path, answer);
        expect(answer.status, `${path} as ${host}`).toBe(status === 200 && path.startsWith('/static') ? 404 : status);
      }
    }
  });

  test('may be that of PUBLIC_URL, with or without its default port', async () => {
    const { port } = await startServer(db, { config: { publicUrl: 'https://Scout.Example/jobs' } as never });
    for (const host of ['scout.example', 'scout.example:443'])
      expect((await call(port, 'GET', '/', { host })).status, host).toBe(200);
    for (const host of ['scout.example:80', 'scout.example:8443', 'a.scout.example'])
      expect((await call(port, 'GET', '/', { host })).status, host).toBe(421);
  });

  test('does not matter to probes, which call by address', async () => {
    const answer = await call(server.port, 'GET', '/healthz', { host: '10.0.0.7:5000' });
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok' }]);
    const ready = await call(server.port, 'GET', '/readyz', { host: '10.0.0.7:5000' });
    expect([ready.status, ready.json]).toEqual([200, { status: 'ready' }]);
  });

  test('is written to the log when it was refused', async () => {
    await call(server.port, 'GET', '/', { host: 'rebound.example' });
    expect(server.logged).toContainEqual(
      expect.objectContaining({ audit: 'foreign host refused', host: 'rebound.example' }),
    );
  });
});

describe('a forged request', () => {
  const cookie = { cookie: 'session=1', ...asAdmin };
  test.each([
    ['a cookie and Sec-Fetch-Site cross-site', { ...cookie, 'sec-fetch-site': 'cross-site' }, 403],
    ['a cookie and Sec-Fetch-Site same-site', { ...cookie, 'sec-fetch-site': 'same-site' }, 403],
    ['a cookie and a foreign Origin', { ...cookie, origin: 'https://evil.example' }, 403],
    ['a cookie and the Origin null', { ...cookie, origin: 'null' }, 403],
    ['a cookie and nothing else', cookie, 403],
    ['a cookie and Sec-Fetch-Site same-origin', { ...cookie, 'sec-fetch-site': 'same-origin' }, 202],
    ['a cookie and our own Origin', { ...cookie, origin: server.url }, 202],
    ['no cookie', { ...asAdmin, 'sec-fetch-site': 'cross-site' }, 202],
  ])('with %s', async (_what, headers, status) => {
    expect((await server.post('/api/v1/scans', undefined, headers)).status).toBe(status);
  });
});

describe('addresses and methods', () => {
  test('each declared route answers, and only with what it declares', async () => {
    const seen = new Map<string, number>();
    for (const route of ALL_ROUTES) {
      const path = concrete(route.path);
      // The stream of events ends only with its scan; scans.test.ts reads it.
      const answer = route.method === 'GET' ? await server.get(path) : await server.post(path, undefined, asAdmin);
      seen.set(`${route.method} ${route.path}`, answer.status);
    }
    expect(seen.size).toBe(ALL_ROUTES.length);
    expect(seen.size).toBeGreaterThanOrEqual(14);
    expect([...seen.values()].filter((status) => status >= 500)).toEqual([]);
  });

  test.each([
    '/nowhere',
    '/api/v1/job',
    '/api/v1/jobs/',
    '/API/v1/jobs',
    '/api//v1/jobs',
    '/%2e%2e/etc/passwd',
    '/%',
    '/.env',
    '/static/../package.json',
  ])('%s does not exist', async (path) => {
    const { status, json } = await server.get(path);
    expect([status, json.type]).toEqual([404, '/problems/not-found']);
  });

  test('another method on an address that exists is a 405 that says which ones there are', async () => {
    for (const path of new Set(ALL_ROUTES.map((route) => route.path))) {
      const methods = new Set<string>(ALL_ROUTES.filter((route) => route.path === path).map((route) => route.method));
      const allow = ['OPTIONS', ...methods, ...(methods.has('GET') ? ['HEAD'] : [])];
      const others = ['PUT', 'PATCH', 'DELETE', 'POST', 'TRACE', 'PROPFIND'].filter((method) => !methods.has(method));
      for (const method of others) {
        const answer = await call(server.port, method, concrete(path));
        expect([answer.status, answer.headers.allow], `${method} ${path}`).toEqual([405, allow.sort().join(', ')]);
        expect(answer.headers['content-type']).toBe('application/problem+json');
      }
      const options = await call(server.port, 'OPTIONS', concrete(path), { origin: 'https://evil.example' });
      expect([options.status, options.headers.allow]).toEqual([204, allow.sort().join(', ')]);
    }
  });

  test('a person who went astray sees a page, a program a problem', async () => {
    for (const path of ['/nowhere', '/jobs/12345', '/?limit=x', '/jobs/abc']) {
      const browser = await server.get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      expect(browser.headers['content-type'], path).toBe('text/html; charset=utf-8');
      expect(browser.headers.vary).toContain('Accept');
      expect(browser.text).toContain('<h1>');
      const program = await server.get(path, { accept: '*/*' });
      expect(program.headers['content-type'], path).toBe('application/problem+json');
      expect(program.status).toBe(browser.status);
    }
    const api = await server.get('/api/v1/jobs/12345', { accept: 'text/html' });
    expect(api.headers['content-type']).toBe('application/problem+json');
  });

  test('each kind of problem has a page', async () => {
    for (const slug of PROBLEM_SLUGS) {
      const page = await server.get(`/problems/${slug}`);
      expect([page.status, page.headers['content-type']], slug).toEqual([200, 'text/html; charset=utf-8']);
    }
    expect((await server.get('/problems/constructor')).status).toBe(404);
  });

  test('every refusal that a route can make has a kind', () => {
    const declared = new Set(ALL_ROUTES.flatMap((route) => statusesOf(route).filter((status) => status >= 400)));
    expect([...declared].sort()).toEqual([400, 401, 403, 404, 409, 410, 412, 413, 415, 421, 422, 428, 429, 500, 503]);
  });
});

describe('below Express', () => {
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  const host = `Host: 127.0.0.1:${server.port}`;

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['headers of 20 kB', `GET / HTTP/1.1\r\n${host}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a space in a header name', `GET / HTTP/1.1\r\n${host}\r\nA b: c\r\n\r\n`, 400],
    ['two lengths', `POST /api/v1/scans HTTP/1.1\r\n${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
    [
      'a length and chunks',
      `POST /api/v1/scans HTTP/1.1\r\n${host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 421],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n', 421],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 421],
  ])('%s is refused in the same form', async (_what, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json\r\n');
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ status });
    expect((await server.get('/healthz')).status).toBe(200);
  });
});

describe('the log', () => {
  test('has one line for each request, with the pattern and never the address', async () => {
    await server.get('/api/v1/jobs?q=very-private-word');
    const line = server.logged.findLast((entry) => entry.endpoint === '/api/v1/jobs');
    expect(line).toMatchObject({ method: 'GET', status: 200, ms: expect.any(Number), network: '127.0.0.1' });
    expect(JSON.stringify(server.logged)).not.toContain('very-private-word');
  });
});
