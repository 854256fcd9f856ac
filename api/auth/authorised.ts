/** Whether a request may have what a route gives, by the route's `auth` and `scope`. */
import type { Request, RequestHandler, Response } from 'express';
import { mayReadMetrics } from '../../shared/metrics/access.ts';
import { rationedLog } from '../../shared/rationed.ts';
import { isOurHost } from '../hosts.ts';
import { Problem, type ProblemSlug } from '../problems.ts';
import type { Route } from '../route.ts';
import type { Services } from '../services.ts';
import type { Person } from './accounts.ts';

export function authorised(route: Route, services: Services): RequestHandler {
  const check = CHECKS[route.auth];
  const lines = rationedLog(services.log);
  return async (req, res, next) => {
    try {
      await check(route, services, req, res);
    } catch (error) {
      if (error instanceof Problem && REFUSALS.includes(error.slug))
        lines.write('access refused', 'warn', {
          audit: 'access refused',
          reason: error.slug,
          method: route.method,
          endpoint: route.path,
          requestId: res.locals.requestId,
          userId: personOf(res)?.id,
        });
      throw error;
    }
    next();
  };
}

/** Somebody who is known asked for what is not theirs; who is not signed in yet is no such case. */
const REFUSALS: readonly ProblemSlug[] = ['admin-only', 'session-required', 'scope-missing', 'set-up-required'];

/** Set for the handler; undefined for whoever is not signed in. */
export function personOf(res: Response): Person | undefined {
  return res.locals.person as Person | undefined;
}

type Check = (route: Route, services: Services, req: Request, res: Response) => Promise<void> | void;

const CHECKS: Readonly<Record<Route['auth'], Check>> = {
  // Probes ask no database; a page shows who is signed in.
  public: async (route, services, req, res) => {
    if (route.kind === 'page') await identify(services, req, res);
  },
  reader: async (route, services, req, res) => {
    // Of use only where not everybody may read; there it is also what reads a scan that was started with it.
    const given = services.config.anonymousReading ? undefined : req.headers['x-admin-token'];
    if (given !== undefined) return services.admin.check(String(given), req.ip ?? 'unknown');
    const person = await identify(services, req, res);
    if (services.config.anonymousReading) {
      // Reads as anybody does, and not as the person.
      if (person?.mustSetUp) res.locals.person = undefined;
      return;
    }
    if (person === undefined) throw signInRequired(route, req);
    requireSetUp(route, person, req);
    requireScope(person, route.scope ?? 'jobs:read');
  },
  user: async (route, services, req, res) => {
    const person = await identify(services, req, res);
    if (person === undefined) throw signInRequired(route, req);
    requireSetUp(route, person, req);
    requireScope(person, route.scope);
  },
  admin: async (route, services, req, res) => {
    const given = req.headers['x-admin-token'];
    const person = given === undefined ? await identify(services, req, res) : undefined;
    if (person === undefined) {
      if (given === undefined && isRead(route, req)) throw signInRequired(route, req);
      await services.admin.check(given === undefined ? undefined : String(given), req.ip ?? 'unknown');
      return;
    }
    // The role is looked up with every request: who is no admin any more has keys that once were an admin's.
    if (person.role !== 'admin') throw new Problem('admin-only');
    requireSetUp(route, person, req);
    requireScope(person, route.scope ?? 'admin:run');
  },
  metrics: (_route, services, req) => {
    const token = services.config.metricsToken;
    const reader = { remoteAddress: req.socket.remoteAddress, headers: req.headers };
    if (!mayReadMetrics(reader, token)) throw new Problem('not-found');
    // Without a token the address is all that protects, and a rebound host name would get around it.
    if (token === undefined && !isOurHost(req.headers.host, req.socket.localPort, services.config))
      throw new Problem('not-found');
  },
};

async function identify(services: Services, req: Request, res: Response): Promise<Person | undefined> {
  const person = await services.accounts.personOf(req);
  res.locals.person = person;
  return person;
}

function requireScope(person: Person, scope: string | undefined): void {
  if (person.scopes === 'all') return;
  if (scope === undefined) throw new Problem('session-required');
  if (person.scopes.has(scope)) return;
  throw new Problem('scope-missing', { detail: `The API key has no scope ${scope}.`, members: { scope } });
}

/** A person is led to the sign-in page, and back; a program is told. */
function signInRequired(route: Route, req: Request): Problem {
  if (isRead(route, req))
    return new Problem('sign-in-required', { goTo: `/sign-in?next=${encodeURIComponent(req.originalUrl)}` });
  return new Problem('sign-in-required', { headers: { 'WWW-Authenticate': 'Bearer realm="iam-job-scout"' } });
}

/** One factor opens an account only far enough to add another (ASVS 6.3.3). */
function requireSetUp(route: Route, { mustSetUp }: Person, req: Request): void {
  if (!mustSetUp || route.setsUp) return;
  throw new Problem('set-up-required', isRead(route, req) ? { goTo: '/settings?error=set-up-required' } : {});
}

/** By a person in a browser, not by a program. */
function isRead(route: Route, req: Request): boolean {
  return (
    route.kind === 'page' &&
    req.method === 'GET' &&
    req.accepts(['application/problem+json', 'text/html']) === 'text/html'
  );
}
