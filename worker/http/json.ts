/** JSON that loses no digit: ids of some sources are 64-bit numbers, and a double rounds them to another posting's id. */

import type { BodyFormat } from './fetch.ts';

export const JSON_FORMAT: BodyFormat = {
  name: 'JSON',
  accept: 'application/json',
  // Whatever its Content-Type says of charsets (RFC 8259 8.1).
  text: (body) => body.toString('utf8'),
  parse: parseJson,
};

/** Only then can a number be unsafe, and only then is the slower reviver worth its price. */
const LONG_NUMBER = /\d{16}/;

/** @throws SyntaxError when it is not JSON */
export function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exactNumbers as Reviver) : JSON.parse(text);
}

/** The compiler's library does not know the third argument yet (ECMA-262, JSON.parse source text access). */
type Reviver = (key: string, value: unknown) => unknown;

function exactNumbers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(context.source ?? '') ? context.source : value;
}
