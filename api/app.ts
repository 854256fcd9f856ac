/** The Express application: made from the table of routes, which is the only place where an address is named. */
import { randomUUID } from 'node:crypto';
import express, { type Express, type RequestHandler, type Response } from 'express';
import { networkOf } from './admin-guard.ts';
import { personOf } from './auth/authorised.ts';
import { answerFailures } from './failures.ts';
import { securityHeaders } from './headers.ts';
import { counted, ourHostsOnly, pipeline } from './pipeline.ts';
import { Problem } from './problems.ts';
import { endpointOf } from './request-metrics.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import { serveAsset } from './web/assets.ts';

export function createApp(services: Services, routes: readonly Route[]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('etag', 'strong');
  app.set('query parser', 'simple');
  app.set('trust proxy', services.config.trustProxy);
  app.use(named(services), ...securityHeaders(services.config));
  app.get('/static/:file', counted('static'), ourHostsOnly(services), serveAsset);
  for (const [path, group] of byPath(routes)) {
    for (const route of group) {
      app[METHODS[route.method]](path, ...pipeline(route, services));
    }
    app.all(path, counted(path), ourHostsOnly(services), otherMethods(group));
  }
  app.use(counted('unmatched'), ourHostsOnly(services), () => {
    throw new Problem('not-found');
  });
  const pages = new Set<string>(routes.filter((r) => r.kind === 'page').map((r) => r.path));
  const isPage = (res: Response) => pages.has(endpointOf(res)) || endpointOf(res) === 'unmatched';
  app.use(answerFailures(services, isPage));
  return app;
}

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  return Map.groupBy(routes, (route) => route.path);
}

/** Gives each request a name, and one line in the log: fields chosen one by one, never the address with its search words. */
function named({ log }: Services): RequestHandler {
  return (req, res, next) => {
    const requestId = randomUUID();
    res.locals.requestId = requestId;
    res.set('X-Request-Id', requestId);
    if (log.isLevelEnabled('info')) {
      const startedAt = performance.now();
      res.once('close', () => {
        const { method, ip = '' } = req;
        const ms = Math.round((performance.now() - startedAt) * 10) / 10;
        const userId = personOf(res)?.id;
        const status = res.statusCode;
        log.info({ requestId, method, endpoint: endpointOf(res), status, ms, network: networkOf(ip), userId });
      });
    }
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
