/** A real server on a real database, and a client that holds every answer against the table of routes. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { pino } from 'pino';
import { expect } from 'vitest';
import { createAdminGuard } from '../../api/admin-guard.ts';
import { createApp } from '../../api/app.ts';
import { ATTEMPT_LIMITS } from '../../api/auth/attempts.ts';
import { type AccountOptions, openAccounts } from '../../api/auth/open.ts';
import { createEventStreams } from '../../api/event-streams.ts';
import { PROBLEMS, type ProblemSlug } from '../../api/problems.ts';
import type { Allowances } from '../../api/rate-limits.ts';
import { type Route, statusesOf } from '../../api/route.ts';
import { ROUTES, routesFor } from '../../api/routes/all.ts';
import { listen } from '../../api/server.ts';
import type { Services } from '../../api/services.ts';
import { loadConfig } from '../../shared/config.ts';
import type { Database } from '../../shared/db/database.ts';
import { ownPage } from '../../shared/metrics/bus.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { atEnd } from '../at-end.ts';

const UNLIMITED: Allowances = { take: async () => undefined, takeAtHand: () => 'unlimited' };
export const ADMIN_TOKEN = 'b7c1e0a94d2f5386b7c1e0a94d2f5386';
/** Settings of accounts as on a machine of one's own. */
export const ACCOUNTS = {
  accounts: loadConfig({ SECRET_KEY: 'c4d1e0a94d2f5386b7c1e0a94d2f5386c4d1e0a94d2f5386' }).accounts,
  secretKeys: ['c4d1e0a94d2f5386b7c1e0a94d2f5386c4d1e0a94d2f5386'],
  publicUrl: undefined,
  // All tests come from one address.
  limits: { ...ATTEMPT_LIMITS, networkAttempts: 10_000 },
} as const satisfies Partial<AccountOptions>;
export const NOW = new Date('2026-11-22T12:00:00Z');

export interface TestServer {
  readonly port: number;
  readonly url: string;
  readonly services: Services;
  /** Lines that were logged, as objects. */
  readonly logged: Record<string, unknown>[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any member
  readonly json: any;
}

interface Options extends Partial<Services> {
  readonly routes?: readonly Route[];
  readonly accountOptions?: Partial<AccountOptions>;
}

export async function startServer(db: Database, options: Options = {}): Promise<TestServer> {
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  let port = 0;
  const people =
    options.people ??
    openAccounts({ ...ACCOUNTS, ...options.accountOptions, databaseUrl: db.url, port: () => port, log });
  if (options.people === undefined) atEnd(() => people.close());
  const services: Services = {
    config: {
      publicUrl: undefined,
      trustProxy: 0,
      securityContact: undefined,
      anonymousReading: true,
      metricsToken: undefined,
      metricsPort: undefined,
      sources: SOURCE_NAMES,
      sourceKeys: {},
      ...options.config,
    },
    db,
    queue: { enqueue: async () => undefined, ping: async () => undefined },
    checks: { enqueue: async () => undefined },
    log,
    admin: createAdminGuard(ADMIN_TOKEN, log),
    accounts: people,
    people,
    allowances: UNLIMITED,
    streams: createEventStreams(),
    now: () => NOW,
    readMetrics: ownPage,
    isEnding: () => false,
    ...(Object.fromEntries(
      Object.entries(options).filter(([key]) => !['config', 'routes', 'accountOptions'].includes(key)),
    ) as object),
  };
  const routes = options.routes ?? routesFor(services.config.metricsPort);
  const server = await listen(createApp(services, routes), '127.0.0.1', 0);
  atEnd(() => {
    services.streams.close();
    return server.close(2_000);
  });
  port = server.port;
  const url = `http://127.0.0.1:${server.port}`;
  const send = async (method: string, path: string, headers: Record<string, string>, body?: string | Buffer) => {
    const answer = await call(server.port, method, path, headers, body);
    checkAnswer(routes, method, path, answer);
    return answer;
  };
  const sendBody = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    body === undefined
      ? send(method, path, headers)
      : send(
          method,
          path,
          { 'content-type': 'application/json', ...headers },
          typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        );
  return {
    port: server.port,
    url,
    services,
    logged,
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, body, headers = {}) => sendBody('POST', path, body, headers),
    put: (path, body, headers = {}) => sendBody('PUT', path, body, headers),
    patch: (path, body, headers = {}) => sendBody('PATCH', path, body, headers),
    delete: (path, headers = {}) => send('DELETE', path, headers),
  };
}

export const asAdmin = { 'x-admin-token': ADMIN_TOKEN };

/** One request over a connection of its own; unlike fetch it sends any header and any method. */
export function call(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /^application\/([\w.]+\+)?json/.test(res.headers['content-type'] ?? '') && text !== '';
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Every answer is one that the route declares, in the shape that it declares; every refusal is a problem. */
export function checkAnswer(routes: readonly Route[], method: string, path: string, answer: Answer): void {
  const route = findRoute(routes, method, path);
  const what = `${method} ${path} → ${answer.status} ${answer.text.slice(0, 200)}`;
  if (answer.status >= 400 && !/^text\/html/.test(answer.headers['content-type'] ?? '')) checkProblem(answer, what);
  if (route === undefined) return;
  if (answer.status !== 304) expect(statusesOf(route), what).toContain(answer.status);
  const spec = route.responses[answer.status];
  if (answer.status >= 300 || spec === undefined || method === 'HEAD') return;
  if (answer.status !== 204) {
    const [type] = (answer.headers['content-type'] ?? '').split(';');
    expect([spec.type ?? 'application/json', ...(spec.otherTypes ?? [])], what).toContain(type);
  }
  if (spec.body !== undefined) {
    const parsed = spec.body.safeParse(answer.json);
    expect(parsed.error?.issues ?? [], what).toEqual([]);
    // Nothing that the declaration does not name leaves the server.
    expect(parsed.data, what).toEqual(answer.json);
  }
}

function checkProblem(answer: Answer, what: string): void {
  expect(answer.headers['content-type'], what).toBe('application/problem+json');
  expect(answer.headers['cache-control'], what).toBe('no-store');
  const { type, title, status, detail, requestId } = answer.json;
  const slug = String(type).replace('/problems/', '') as ProblemSlug;
  expect(PROBLEMS[slug], what).toMatchObject({ title, status });
  expect(status, what).toBe(answer.status);
  expect(requestId, what).toBe(answer.headers['x-request-id']);
  if (status >= 500) expect(detail, what).toBeUndefined();
}

export function findRoute(routes: readonly Route[], method: string, path: string): Route | undefined {
  const parts = path.split('?')[0]!.split('/');
  return routes.find(
    (route) =>
      route.method === (method === 'HEAD' ? 'GET' : method) &&
      route.path.split('/').length === parts.length &&
      route.path.split('/').every((part, i) => part.startsWith(':') || part === parts[i]),
  );
}

export const ALL_ROUTES = ROUTES;
