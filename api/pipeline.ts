/** What every request of a route goes through before its handler sees it, in this order. */
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { plainWords } from '../shared/plain-words.ts';
import { rationedLog } from '../shared/rationed.ts';
import { authorised, personOf } from './auth/authorised.ts';
import { bodyParsers } from './body-parsers.ts';
import { isForged } from './cross-site.ts';
import { FOR_ANYBODY } from './headers.ts';
import { isOurHost } from './hosts.ts';
import { type InputError, Problem } from './problems.ts';
import { countRequest, endpointOf } from './request-metrics.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import { withinAllowance } from './within-allowance.ts';

/** Whose reads are the same for everybody who is not signed in. */
const ANYBODY: ReadonlySet<Route['auth']> = new Set(['public', 'reader']);
/** Faults that one answer lists. */
const ERRORS_MAX = 20;
/** No body that is declared is deeper; what is, the schema refuses. */
const DEPTH_MAX = 10;

export function pipeline(route: Route, services: Services): RequestHandler[] {
  return [
    counted(route.path),
    ...(route.hosts === 'any' ? [] : [ourHostsOnly(services)]),
    notForged(services),
    authorised(route, services),
    withinAllowance(route, services),
    ...(route.body === undefined ? [] : bodyParsers(route)),
    handled(route, services),
  ];
}

export function counted(endpoint: string): RequestHandler {
  return (req, res, next) => {
    countRequest(req, res, endpoint);
    next();
  };
}

export function ourHostsOnly(services: Services): RequestHandler {
  const lines = rationedLog(services.log);
  return (req, _res, next) => {
    if (isOurHost(req.headers.host, req.socket.localPort, services.config)) return next();
    const audit = 'foreign host refused';
    lines.write(audit, 'warn', { audit, host: req.headers.host?.slice(0, 100) });
    throw new Problem('wrong-host');
  };
}

function notForged({ log }: Services): RequestHandler {
  const lines = rationedLog(log);
  return (req, res, next) => {
    if (!isForged(req)) return next();
    const audit = 'cross-site request refused';
    lines.write(audit, 'warn', { audit, endpoint: endpointOf(res), origin: req.headers.origin?.slice(0, 100) });
    throw new Problem('cross-site-request');
  };
}

function handled(route: Route, services: Services): RequestHandler {
  return async (req, res) => {
    // What is asked for may change at any time; what is somebody's, and what was asked of us, is nobody's to keep.
    const isForAnybody = route.method === 'GET' && ANYBODY.has(route.auth) && personOf(res) === undefined;
    res.set('Cache-Control', isForAnybody ? FOR_ANYBODY : 'no-store');
    const params = route.params?.safeParse(req.params);
    if (params?.success === false) throw new Problem('not-found');
    const errors: InputError[] = [];
    const query = checked(route.query, req.query, 'query', errors);
    const body = checked(route.body, req.body, 'body', errors);
    if (errors.length > 0) throw new Problem('invalid-input', { errors: errors.slice(0, ERRORS_MAX) });
    await route.handle({ params: params?.data, query, body, services, person: personOf(res), req, res });
  };
}

function checked(
  schema: z.ZodType | undefined,
  value: unknown,
  where: 'query' | 'body',
  errors: InputError[],
): unknown {
  const nuls: InputError[] = [];
  if (schema !== undefined) findNuls(value, [], where, nuls);
  if (nuls.length > 0) return void errors.push(...nuls);
  const parsed = schema?.safeParse(value, { error: plainWords });
  if (parsed?.success === false) errors.push(...parsed.error.issues.flatMap((issue) => toErrors(issue, where)));
  return parsed?.data;
}

/**
 * No text that is stored or searched for can hold NUL, so none comes in. A body may have millions of parts: nothing is made for one
 * that is right.
 */
function findNuls(value: unknown, path: PropertyKey[], where: 'query' | 'body', errors: InputError[]): void {
  if (typeof value === 'string') {
    if (value.includes('\0'))
      errors.push({ in: where, pointer: pointer(path), detail: 'must not contain a NUL character' });
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) findWithin(value[i], i);
  } else if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    for (const key in value) findWithin((value as Record<string, unknown>)[key], key);
  }

  function findWithin(part: unknown, key: PropertyKey): void {
    const isPlain = typeof part !== 'string' && (typeof part !== 'object' || part === null);
    if (isPlain || path.length > DEPTH_MAX || errors.length >= ERRORS_MAX) return;
    path.push(key);
    findNuls(part, path, where, errors);
    path.pop();
  }
}

function toErrors(issue: z.core.$ZodIssue, where: 'query' | 'body'): InputError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: where,
      pointer: pointer([...issue.path, key]),
      detail: 'is not known here',
    }));
  }
  return [{ in: where, pointer: pointer(issue.path), detail: issue.message }];
}

/** JSON Pointer (RFC 6901); names of strangers are cut. */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
