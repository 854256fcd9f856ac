/** The Express application: made from the table of routes, which is the only place where an address is named. */
import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type RequestHandler, type Response, type Router } from 'express';
import { personOf } from './auth/authorised.ts';
import { answerFailures } from './failures.ts';
import { securityHeaders } from './headers.ts';
import { keptAnswers } from './kept-answers.ts';
import { counted, ourHostsOnly, pipeline } from './pipeline.ts';
import { Problem } from './problems.ts';
import { logRequest } from './request-log.ts';
import { endpointOf } from './request-metrics.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import { serveAsset } from './web/assets.ts';

export function createApp(services: Services, routes: readonly Route[]): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('etag', 'strong');
  app.set('query parser', 'simple');
  app.set('trust proxy', services.config.trustProxy);
  const security = securityHeaders(services.config);
  app.use(named(services, security));
  app.get('/static/:file', counted('static'), ourHostsOnly(services), serveAsset);
  const fixed = new Map<string, Router>();
  app.use((req, res, next) => {
    const own = fixed.get(req.path);
    if (own === undefined) next();
    else own(req, res, next);
  });
  for (const [path, group] of byPath(routes)) {
    const target = /[:*{]/.test(path) ? app : own(fixed, path);
    for (const route of group) {
      target[METHODS[route.method]](path, ...pipeline(route, services));
    }
    target.all(path, counted(path), ourHostsOnly(services), otherMethods(group));
  }
  app.use(counted('unmatched'), ourHostsOnly(services), () => {
    throw new Problem('not-found');
  });
  const pages = new Set<string>(routes.filter((r) => r.kind === 'page').map((r) => r.path));
  const isPage = (res: Response) => pages.has(endpointOf(res)) || endpointOf(res) === 'unmatched';
  app.use(answerFailures(services, isPage));
  return keptAnswers(services, security, app);
}

/** Express tries one pattern after the other; paths without parameters are found by name. */
function own(fixed: Map<string, Router>, path: string): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  fixed.set(path, router);
  return router;
}

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  return Map.groupBy(routes, (route) => route.path);
}

/** Gives each request a name, the headers that all answers have, and its line in the log. */
function named({ log }: Services, security: ReadonlyMap<string, string>): RequestHandler {
  return (req, res, next) => {
    const isNamed = res.locals.requestId !== undefined;
    const requestId: string = isNamed ? res.locals.requestId : randomUUID();
    res.locals.requestId = requestId;
    res.setHeader('X-Request-Id', requestId);
    for (const [name, value] of security) res.setHeader(name, value);
    if (isNamed) return next();
    const { method, ip } = req;
    const endpoint = () => endpointOf(res);
    const userId = () => personOf(res)?.id;
    logRequest(log, res, { requestId, method, ip, endpoint, userId });
    next();
  };
}

/** OPTIONS is answered without any CORS header: no page of another site may call this API. */
function otherMethods(group: readonly Route[]): RequestHandler {
  const allow = ['OPTIONS', ...group.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))]
    .sort()
    .join(', ');
  return (req, res) => {
    if (req.method !== 'OPTIONS') throw new Problem('method-not-allowed', { headers: { Allow: allow } });
    res.set('Allow', allow).status(204).end();
  };
}
