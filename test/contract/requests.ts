/** Requests for one operation: one that fits, and those that do not, each in one way. */
import { type Operation, type Parameter, sampleOf } from './document.ts';
import type { Known } from './known.ts';

export interface Sent {
  readonly what: string;
  readonly operation: Operation;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `good` fits the document; `bad` must be refused; `odd` may be either, but never break anything. */
  readonly kind: 'good' | 'bad' | 'odd';
  /** Prism waits for ever for the end of JSON that has none, so this goes to the server itself. */
  readonly isDirect?: boolean;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

export function goodRequest(operation: Operation, known: Known, authorization: string): Sent {
  const { body } = operation;
  const value = known.bodies[operation.operationId] ?? body?.example ?? (body && sampleOf(body.schema));
  const text = body === undefined ? undefined : encoded(body.type, value);
  return {
    what: 'fits',
    kind: 'good',
    operation,
    path: pathOf(operation, known, queryOf(operation)),
    headers: { ...headersOf(operation), Authorization: authorization, ...(body && { 'Content-Type': body.type }) },
    ...(text === undefined ? {} : { body: text }),
  };
}

function encoded(type: string, value: unknown): string {
  return type === 'application/x-www-form-urlencoded'
    ? new URLSearchParams(value as Record<string, string>).toString()
    : JSON.stringify(value);
}

export function badRequests(operation: Operation, known: Known, authorization: string): Sent[] {
  const good = goodRequest(operation, known, authorization);
  return [...badPaths(good), ...badQueries(good, known), ...badBodies(good), ...strangers(good)];
}

function badPaths(good: Sent): Sent[] {
  const names = good.operation.parameters.filter((p) => p.in === 'path').map((p) => p.name);
  if (names.length === 0) return [];
  const filled = (value: string) => names.reduce((path, name) => path.replace(`{${name}}`, value), good.operation.path);
  return [
    'nothing-like-that',
    '0',
    '-1',
    '99999999999999999999999',
    '%00',
    '%27',
    '%F0%9F%92%A9',
    'x'.repeat(2_000),
  ].map((value) => ({ ...good, what: `path ${value.slice(0, 30)}`, kind: 'bad' as const, path: filled(value) }));
}

function badQueries(good: Sent, known: Known): Sent[] {
  const parameters = good.operation.parameters.filter((p) => p.in === 'query');
  if (parameters.length === 0 && !good.operation.path.startsWith('/api/v1/')) return [];
  const withQuery = (what: string, kind: Sent['kind'], query: string): Sent => ({
    ...good,
    what,
    kind,
    path: pathOf(good.operation, known, query),
  });
  return [
    withQuery('an unknown parameter', 'bad', 'unknown_parameter=1'),
    ...parameters.flatMap(({ name }) => [
      withQuery(`${name} of 9000 characters`, 'odd', `${name}=${'x'.repeat(9_000)}`),
      withQuery(`${name} with NUL`, 'bad', `${name}=%00`),
      withQuery(`${name} with half a surrogate`, 'odd', `${name}=%ED%A0%80`),
      withQuery(`${name} with quotes`, 'odd', `${name}=${encodeURIComponent(`'";--<b>`)}`),
      withQuery(`${name} twice`, 'odd', `${name}=1&${name}=2`),
      withQuery(`${name} empty`, 'odd', `${name}=`),
      withQuery(`${name} too large a number`, 'odd', `${name}=1e309`),
    ]),
  ];
}

function badBodies(good: Sent): Sent[] {
  if (good.operation.body?.type !== 'application/json') return [];
  const sent = (what: string, body: string, headers: Record<string, string> = JSON_TYPE): Sent => ({
    ...good,
    what,
    kind: 'bad',
    headers: { ...good.headers, ...headers },
    body,
  });
  return [
    sent('a member that is not known', '{"not_known":1}'),
    sent('a list', '[1]'),
    sent('a list in place of an object', '[{}]'),
    sent('a prototype', '{"__proto__":{"admin":true}}'),
    sent('a number', '7'),
    { ...sent('JSON that ends too early', '{"a":'), isDirect: true },
    sent('plain text', 'hello', { 'Content-Type': 'text/plain' }),
    sent('deep nesting', `${'['.repeat(5_000)}${']'.repeat(5_000)}`),
    sent('a body of 70 kB', JSON.stringify({ text: 'x'.repeat(70_000) })),
  ];
}

/** Whoever says nothing, and whoever lies, about who they are. */
function strangers(good: Sent): Sent[] {
  const { operation } = good;
  const { Authorization: _key, ...headers } = good.headers;
  const needed = operation.security.length > 0 && operation.security.every((way) => Object.keys(way).length > 0);
  const kind = needed ? 'bad' : 'odd';
  return [
    { ...good, what: 'nobody', kind, headers },
    {
      ...good,
      what: 'an invented key',
      kind,
      headers: { ...headers, Authorization: `Bearer iamscout_${'A'.repeat(43)}` },
    },
    ...(needed
      ? [{ ...good, what: 'a wrong token', kind, headers: { ...headers, 'X-Admin-Token': 'wrong' } } as const]
      : []),
  ];
}

function headersOf({ parameters }: Operation): Record<string, string> {
  const needed = parameters.filter((p) => p.in === 'header' && p.required === true);
  return Object.fromEntries(needed.map((parameter) => [parameter.name, String(sampleValue(parameter))]));
}

function queryOf({ parameters }: Operation): string {
  const needed = parameters.filter((p) => p.in === 'query' && (p.required === true || p.example !== undefined));
  return new URLSearchParams(needed.map((p) => [p.name, String(sampleValue(p))])).toString();
}

function sampleValue({ example, schema, name }: Parameter): unknown {
  return example ?? sampleOf(schema, name);
}

function pathOf({ path, parameters }: Operation, known: Known, query: string): string {
  const filled = parameters
    .filter((p) => p.in === 'path')
    .reduce((text, { name, schema }) => {
      const value = schema.enum === undefined ? known.pathValue(path, name) : String(schema.enum[0]);
      return text.replace(`{${name}}`, encodeURIComponent(value));
    }, path);
  return query === '' ? filled : `${filled}?${query}`;
}
