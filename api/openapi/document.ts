/** The OpenAPI document, made from the table of routes: what is not declared there is not in it, and nothing is left out. */
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { BODY_TYPES } from '../body-parsers.ts';
import { type ResponseSpec, type Route, statusesOf } from '../route.ts';
import { bounded } from './bounds.ts';
import { REQUEST_HEADERS } from './headers.ts';
import { operationIdOf, TAGS, tagOf, templateOf } from './names.ts';
import { problemName, problemResponses, problemSchema } from './problem-responses.ts';
import { ALL_HEADERS, headersOf } from './response-headers.ts';
import { SECURITY_SCHEMES, securityOf } from './security.ts';

export const OPENAPI_VERSION = '3.1.1';

export interface About {
  readonly version: string;
  /** Address of this installation; relative to the document unless there is one. */
  readonly server?: string | undefined;
}

/** @returns the document as an object that is JSON; made once at start */
export function openApiDocument(routes: readonly Route[], { version, server = '/' }: About): object {
  const described = routes.filter((route) => route.kind !== 'page');
  const document = createDocument(
    {
      openapi: OPENAPI_VERSION,
      info: {
        title: 'IAM Job Scout',
        version,
        summary: 'Openings in identity and access management, from the boards and feeds where they are published.',
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
        contact: { name: 'Whoever runs this installation' },
      },
      servers: [{ url: server, description: 'Production: this installation', 'x-internal': false }],
      tags: tagsOf(described),
      security: [],
      paths: pathsOf(described),
      components: {
        securitySchemes: SECURITY_SCHEMES,
        headers: ALL_HEADERS as never,
        responses: problemResponses() as never,
        schemas: { Problem: problemSchema() as never },
      },
    },
    { override: bounded },
  );
  // zod-openapi leaves undefined members; JSON does not have them.
  return JSON.parse(JSON.stringify(document)) as object;
}

const DESCRIPTION = `Every refusal is application/problem+json (RFC 9457). Lists are read a page at a time: nextCursor and the header
Link lead to the next page. Answers have a strong ETag; If-None-Match gives 304. What is not declared is refused.`;

function tagsOf(routes: readonly Route[]): { name: string; description: string }[] {
  const used = new Set(routes.map(tagOf));
  const known = Object.keys(TAGS).filter((name) => used.has(name));
  const others = [...used].filter((name) => !known.includes(name)).sort();
  return [...known, ...others].map((name) => ({ name, description: TAGS[name] ?? `Everything under ${name}.` }));
}

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const groups = Map.groupBy(routes, (route) => templateOf(route.path));
  return Object.fromEntries(
    [...groups].map(([path, group]) => [
      path,
      Object.fromEntries(group.map((route) => [route.method.toLowerCase(), operationOf(route)])),
    ]),
  );
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    description: descriptionOf(route),
    tags: [tagOf(route)],
    security: securityOf(route) as never,
    ...(route.takes === undefined ? {} : { parameters: route.takes.map(requestHeader) as never }),
    requestParams: {
      ...(route.params === undefined ? {} : { path: route.params as never }),
      ...(route.query === undefined ? {} : { query: route.query as never }),
    },
    ...(route.body === undefined ? {} : { requestBody: requestBody(route) as never }),
    responses: responsesOf(route) as never,
  };
}

function descriptionOf(route: Route): string {
  const scope = route.scope === undefined ? '' : ` An API key needs the scope ${route.scope}.`;
  return `${route.about ?? `${route.summary}.`}${scope}`;
}

function requestHeader(name: keyof typeof REQUEST_HEADERS): object {
  return { in: 'header', name, ...REQUEST_HEADERS[name] };
}

function requestBody({ body, bodyKind = 'json', examples }: Route): object {
  const example = examples?.body === undefined ? {} : { example: examples.body };
  return {
    required: body?.safeParse(undefined).success !== true,
    content: { [BODY_TYPES[bodyKind]]: { schema: body, ...example } },
  };
}

function responsesOf(route: Route): Record<string, object> {
  const statuses = new Set(statusesOf(route));
  if (isCacheable(route)) statuses.add(304);
  return Object.fromEntries(
    [...statuses].sort((a, b) => a - b).map((status) => [String(status), response(route, status)]),
  );
}

function response(route: Route, status: number): object {
  const spec = route.responses[status];
  if (status >= 400) return { $ref: `#/components/responses/${problemName(status)}` };
  if (spec === undefined)
    return { description: 'Nothing changed since that ETag.', headers: headersOf(status, ['ETag']) };
  const etag = status === 200 && isCacheable(route) ? (['ETag'] as const) : [];
  const headers = headersOf(status, [...(spec.headers ?? []), ...etag]);
  return { description: spec.about, headers, ...contentOf(spec, status) };
}

function contentOf(
  { type = 'application/json', otherTypes = [], body, example }: ResponseSpec,
  status: number,
): object {
  if (status === 204 || status === 304 || (status >= 300 && body === undefined)) return {};
  const anyText = { type: 'string', maxLength: 100_000_000, pattern: '^[\\s\\S]*$' };
  const first = { schema: body ?? anyText, ...(example === undefined ? {} : { example }) };
  return { content: { [type]: first, ...Object.fromEntries(otherTypes.map((other) => [other, {}])) } };
}

/** Answers that Express gives an ETag: whole ones of a GET. */
function isCacheable({ method, responses }: Route): boolean {
  return (
    method === 'GET' &&
    (responses[200]?.type ?? 'application/json') === 'application/json' &&
    responses[200] !== undefined
  );
}
