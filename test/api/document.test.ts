/** The OpenAPI document, and the page that shows it. */
import { describe, expect, test } from 'vitest';
import { statusesOf } from '../../api/route.ts';
import { testDatabase } from '../db.ts';
import { ALL_ROUTES, call, startServer } from './server.ts';

const { db } = await testDatabase();
const server = await startServer(db);
const document = (await server.get('/api/openapi.json')).json;
const described = ALL_ROUTES.filter((route) => route.kind !== 'page');
// biome-ignore lint/suspicious/noExplicitAny: a document has any shape
type Any = any;
const operations: [string, Any][] = Object.entries(document.paths as Any).flatMap(([path, methods]) =>
  Object.entries(methods as Any).map(([method, operation]): [string, Any] => [
    `${method.toUpperCase()} ${path}`,
    operation,
  ]),
);

describe('the document', () => {
  test('has every route that is no page, and nothing else', () => {
    const wanted = described.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(([name]) => name).sort()).toEqual(wanted.sort());
    expect(wanted.length).toBeGreaterThan(30);
  });

  test('has every status that a route can answer with', () => {
    for (const route of described) {
      const operation = document.paths[route.path.replace(/:(\w+)/g, '{$1}')][route.method.toLowerCase()];
      const statuses = Object.keys(operation.responses).map(Number);
      expect(statuses.filter((status) => status !== 304).sort(), route.path).toEqual(
        statusesOf(route)
          .filter((s) => s !== 304)
          .sort(),
      );
    }
  });

  test('says which type each body has', () => {
    const types = { json: 'application/json', form: 'application/x-www-form-urlencoded', file: 'multipart/form-data' };
    const seen = new Set<string>();
    for (const { body, bodyKind = 'json', path, method } of described) {
      if (body === undefined) continue;
      const { requestBody } = document.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()];
      expect(Object.keys(requestBody.content), path).toEqual([types[bodyKind]]);
      seen.add(bodyKind);
    }
    expect([...seen].sort()).toEqual(['form', 'json']);
  });

  test('asks for no header without which a request may be right: a change of state alone needs no If-Match', () => {
    const { parameters } = document.paths['/api/v1/applications/{id}'].patch;
    expect(parameters.find(({ name }: Any) => name === 'If-Match')).toMatchObject({ in: 'header', required: false });
  });

  test('names each operation once, with a chapter that is described', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map((tag: Any) => tag.name));
    for (const [name, { tags: own }] of operations)
      expect(
        own.every((tag: string) => tags.has(tag)),
        name,
      ).toBe(true);
  });

  test('bounds every text, list and whole number, and refers only to what it has', () => {
    const faults: string[] = [];
    walk(document.paths, 'paths', (part, at) => {
      if (typeof part.$ref === 'string' && find(part.$ref) === undefined) faults.push(`${at} refers to ${part.$ref}`);
      if (part.type === 'string' && !part.enum && part.const === undefined && part.maxLength === undefined)
        faults.push(at);
      if (part.type === 'array' && part.maxItems === undefined) faults.push(at);
      if (part.type === 'integer' && (part.format === undefined || !hasBounds(part))) faults.push(at);
    });
    expect(faults).toEqual([]);
  });

  test('is the same text at every request, and not sent again to whoever has it', async () => {
    const first = await server.get('/api/openapi.json');
    const again = await server.get('/api/openapi.json', { 'if-none-match': String(first.headers.etag) });
    expect([first.status, again.status]).toEqual([200, 304]);
  });
});

describe('the page of the API', () => {
  test('loads its own files only, without inline script, and its policy allows data: pictures alone beyond ours', async () => {
    const { text, headers } = await server.get('/api/docs');
    const files = [...text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) expect((await call(server.port, 'GET', file)).status, file).toBe(200);
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|style="|https?:/);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
  });
});

test('a NUL character is refused wherever a text may stand', async () => {
  const query = await server.get('/api/v1/jobs?q=a%00b');
  expect([query.status, query.json.errors[0]]).toMatchObject([422, { in: 'query', pointer: '/q' }]);
});

function hasBounds(part: Any): boolean {
  return (part.minimum ?? part.exclusiveMinimum) !== undefined && (part.maximum ?? part.exclusiveMaximum) !== undefined;
}

function walk(part: Any, at: string, look: (part: Any, at: string) => void): void {
  if (typeof part !== 'object' || part === null) return;
  look(part, at);
  for (const [key, value] of Object.entries(part))
    if (key !== 'example' && key !== 'examples') walk(value, `${at}/${key}`, look);
}

function find(ref: string): unknown {
  return ref
    .replace('#/', '')
    .split('/')
    .reduce((part: Any, key) => part?.[key], document);
}
