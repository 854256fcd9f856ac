/** Takes each request from the allowance of whoever asks, and says in its headers what is left. */
import type { RequestHandler } from 'express';
import { networkOf } from './admin-guard.ts';
import { personOf } from './auth/authorised.ts';
import { Problem } from './problems.ts';
import { type Allowance, SECONDS, type Taken } from './rate-limits.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

/** After the request was found to be somebody's. Probes and whatever says `none` are never counted. */
export function withinAllowance(route: Route, services: Services): RequestHandler {
  const name = allowanceOf(route);
  return async (req, res, next) => {
    res.locals.allowance = name;
    if (name === 'none') return next();
    const taken = await services.allowances.take(name, asker(personOf(res), req.ip));
    if (taken === undefined) return next();
    const { limit, seconds, isOver } = taken;
    for (const [header, value] of allowanceHeaders(name, taken)) res.setHeader(header, value);
    if (isOver) {
      throw new Problem('too-many-requests', {
        detail: `${limit} requests of the kind "${name}" are allowed in a minute.`,
        headers: { 'Retry-After': String(seconds) },
      });
    }
    next();
  };
}

export function allowanceHeaders(name: string, { limit, remaining, seconds }: Taken): (readonly [string, string])[] {
  return [
    ['RateLimit-Policy', `"${name}"; q=${limit}; w=${SECONDS}`],
    ['RateLimit', `"${name}"; r=${remaining}; t=${seconds}`],
  ];
}

export function allowanceOf({ allowance, hosts, method }: Pick<Route, 'allowance' | 'hosts' | 'method'>): Allowance {
  if (hosts === 'any') return 'none';
  return allowance ?? (method === 'GET' ? 'read' : 'write');
}

/** Whose allowance it is. */
export function asker(person: ReturnType<typeof personOf>, ip: string | undefined): string {
  return person === undefined ? `ip:${networkOf(ip ?? 'unknown')}` : `${person.via}:${person.id}`;
}
