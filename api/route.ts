/** How a route is declared: once, with everything that checking, counting, documenting and answering it needs. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Person, Scope } from './auth/accounts.ts';
import type { Allowance } from './rate-limits.ts';
import type { Services } from './services.ts';

/**
 * - `public`: anybody who reaches this server.
 * - `reader`: anybody while ANONYMOUS_READING is true; else like `user`.
 * - `user`: whoever is signed in, or has an API key with the route's scope.
 * - `admin`: whoever sends the admin token as X-Admin-Token, and whoever is signed in and has the role admin.
 * - `metrics`: see shared/metrics/access.ts; anybody else is told that there is nothing.
 */
export type Auth = 'public' | 'reader' | 'user' | 'admin' | 'metrics';

export interface ResponseSpec {
  readonly about: string;
  /** Media type; `application/json` unless said. */
  readonly type?: string;
  /** Further types that the same answer may come as, by a parameter. */
  readonly otherTypes?: readonly string[];
  /** Shape of a JSON body. Its texts, lists and numbers say how long or large they can be: `api/shapes.ts` has the usual ones. */
  readonly body?: z.ZodType;
  /** Headers of its own; those that every answer has are in `api/openapi/headers.ts`. */
  readonly headers?: readonly ResponseHeader[];
  readonly example?: unknown;
}

/** Headers that only some answers have. */
export type ResponseHeader =
  | 'Link'
  | 'Location'
  | 'Retry-After'
  | 'Idempotency-Replayed'
  | 'Content-Disposition'
  | 'WWW-Authenticate'
  | 'Set-Cookie';

/** Headers of a request that change what a route does; naming one documents it. */
export type RequestHeader = 'Idempotency-Key' | 'If-Match' | 'Last-Event-ID';

/** How a body comes; `form` is what a page sends without any script, `file` a form with a file in it. */
export type BodyKind = 'json' | 'form' | 'file';

export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Full pattern as Express reads it; it is also the metric label `endpoint`. */
  readonly path: `/${string}`;
  /** One line; it is also the title in the document. */
  readonly summary: string;
  /** What a reader of the document must know beyond the summary. */
  readonly about?: string;
  readonly auth: Auth;
  /** What an API key must be allowed to do to call this; a route of `user` without one is for sessions only, see auth/authorised.ts. */
  readonly scope?: Scope;
  /** Adds a way into the account, or leads there: also for whoever must add one before anything else. */
  readonly setsUp?: boolean;
  /** Chapter of the document; the part of the path behind `/api/v1/` unless said. */
  readonly tag?: string;
  /** Name of the method in generated clients; made of method and path unless said. */
  readonly operationId?: string;
  /** Values that the document shows, and that the contract test begins with. */
  readonly examples?: {
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly takes?: readonly RequestHeader[];
  /** `read` for GET and `write` for everything else, unless said. */
  readonly allowance?: Allowance;
  /** A `page` tells a browser of its errors in HTML. */
  readonly kind?: 'page' | 'api';
  /** `any` is for probes of machines, which call by address; the Host header then does not matter. */
  readonly hosts?: 'ours' | 'any';
  /** What does not fit does not exist: 404. */
  readonly params?: P;
  /** What does not fit: 422. */
  readonly query?: Q;
  /** What does not fit: 422. */
  readonly body?: B;
  /** `json` unless said; the schema of a `file` gets a Buffer. */
  readonly bodyKind?: BodyKind;
  /** Bytes of the body; 64 kB unless said. */
  readonly bodyLimit?: number;
  /** Answers of the handler; those of the checks before it are added by `statusesOf`. */
  readonly responses: Readonly<Record<number, ResponseSpec>>;
}

export interface Input<P, Q, B, A extends Auth = Auth> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly services: Services;
  /** Who asks, where anybody is signed in. */
  readonly person: A extends 'user' ? Person : Person | undefined;
  readonly req: Request;
  readonly res: Response;
}

export interface Route extends RouteSpec<z.ZodType, z.ZodType, z.ZodType> {
  handle(input: Input<unknown, unknown, unknown>): Promise<void> | void;
}

/** Declares a route. The handler gets checked input only, and throws a Problem to refuse. */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  const A extends Auth = Auth,
>(
  spec: RouteSpec<P, Q, B> & { readonly auth: A },
  handle: (input: Input<z.output<P>, z.output<Q>, z.output<B>, A>) => Promise<void> | void,
): Route {
  const query = spec.query ?? (spec.path.startsWith('/api/v1/') ? NO_QUERY : undefined);
  return { ...spec, ...(query === undefined ? {} : { query }), handle: handle as Route['handle'] };
}
/** Who sends a parameter that means nothing here has mistaken something. */
const NO_QUERY = z.strictObject({});

/** What a route answers by itself, and failures: their counters begin at 0. Refusals of the checks before it come with the first one. */
export function ownStatusesOf(spec: Route): number[] {
  return [...new Set([...Object.keys(spec.responses).map(Number), 500, 503])];
}

/** All statuses that a route can answer with, those of the checks before its handler included. */
export function statusesOf(spec: Route): number[] {
  const statuses = new Set(Object.keys(spec.responses).map(Number));
  if (spec.hosts !== 'any') statuses.add(421);
  if (['reader', 'user', 'admin'].includes(spec.auth)) for (const status of [401, 403, 429]) statuses.add(status);
  if (spec.kind === 'page') for (const status of [303, 401, 429]) statuses.add(status);
  if (spec.hosts !== 'any' && spec.allowance !== 'none') statuses.add(429);
  if (spec.auth === 'metrics') statuses.add(404);
  if (spec.params !== undefined) statuses.add(404);
  if (spec.query !== undefined || spec.body !== undefined) statuses.add(422);
  if (spec.body !== undefined) for (const status of [400, 413, 415]) statuses.add(status);
  if (spec.method !== 'GET') statuses.add(403);
  if (spec.takes?.includes('If-Match')) for (const status of [412, 428]) statuses.add(status);
  if (spec.takes?.includes('Idempotency-Key')) statuses.add(422);
  return [...statuses.add(500).add(503)].sort((a, b) => a - b);
}
