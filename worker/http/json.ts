/** JSON that loses no digit: ids of some sources are 64-bit numbers, and a double rounds them to another posting's id. */

import type { BodyFormat } from './fetch.ts';

export const JSON_FORMAT: BodyFormat = {
  name: 'JSON',
  accept: 'application/json',
  // Whatever its Content-Type says of charsets (RFC 8259 8.1).
  text: (body) => body.toString('utf8'),
  parse: parseJson,
};

/** Digits in a row, from which on a number can be unsafe, and only then is the slower reviver worth its price. */
const LONG = 16;

/** @throws SyntaxError when it is not JSON */
export function parseJson(text: string): unknown {
  return hasLongNumber(text) ? JSON.parse(text, exactNumbers as Reviver) : JSON.parse(text);
}

/** So many digits in a row have one at every so many characters: a pattern that looks at all of them takes as long as JSON.parse. */
function hasLongNumber(text: string): boolean {
  for (let i = LONG - 1; i < text.length; i += LONG) {
    if (!isDigit(text, i)) continue;
    let [from, to] = [i, i + 1];
    while (i - from < LONG - 1 && isDigit(text, from - 1)) from--;
    while (to - from < LONG && isDigit(text, to)) to++;
    if (to - from >= LONG) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** The compiler's library does not know the third argument yet (ECMA-262, JSON.parse source text access). */
type Reviver = (key: string, value: unknown) => unknown;

function exactNumbers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(context.source ?? '') ? context.source : value;
}
