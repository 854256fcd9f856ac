/**
 * HTML's character references. `he` knows them all and takes its time; adverts have hundreds of the same dozen, and this stands
 * on the path of every new posting.
 */
import he from 'he';

const COMMON = new Map([
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&#x27;', "'"],
  ['&#34;', '"'],
  ['&#43;', '+'],
  ['&#160;', '\u00a0'],
  ['&#xa0;', '\u00a0'],
  ['&nbsp;', '\u00a0'],
  ['&ndash;', '–'],
  ['&mdash;', '—'],
  ['&lsquo;', '‘'],
  ['&rsquo;', '’'],
  ['&ldquo;', '“'],
  ['&rdquo;', '”'],
  ['&bull;', '•'],
  ['&middot;', '·'],
  ['&hellip;', '…'],
  ['&eacute;', 'é'],
  ['&auml;', 'ä'],
  ['&ouml;', 'ö'],
  ['&uuml;', 'ü'],
  ['&szlig;', 'ß'],
  ['&euro;', '€'],
  ['&pound;', '£'],
]);
const COMMON_LENGTH_MAX = 8;

const [SEMICOLON, A, G, L, M, T] = [59, 97, 103, 108, 109, 116];
/** All that may be a reference, with or without the semicolon that old ones can do without. */
const REFERENCE = /&(?:#\d+|#[xX][\da-fA-F]+|[a-zA-Z][\da-zA-Z]*);?/y;

/** Decodes once, as a browser does in text: `&amp;lt;` becomes `&lt;`. */
export function decodeEntities(text: string): string {
  let at = text.indexOf('&');
  if (at === -1) return text;
  let decoded = '';
  let from = 0;
  while (at !== -1) {
    const reference = referenceAt(text, at);
    if (reference !== undefined) {
      decoded += text.slice(from, at) + reference.means;
      from = at + reference.length;
    }
    at = text.indexOf('&', Math.max(from, at + 1));
  }
  return decoded + text.slice(from);
}

interface Reference {
  readonly means: string;
  readonly length: number;
}

const LT: Reference = { means: '<', length: 4 };
const GT: Reference = { means: '>', length: 4 };
const AMP: Reference = { means: '&', length: 5 };

/** @returns undefined where the `&` is only a character */
function referenceAt(text: string, at: number): Reference | undefined {
  // Escaped HTML is made of these three.
  const [second, third] = [text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
  if (third === T && text.charCodeAt(at + 3) === SEMICOLON) {
    if (second === L) return LT;
    if (second === G) return GT;
  }
  if (second === A && third === M && text.startsWith('p;', at + 3)) return AMP;
  const end = commonEnd(text, at);
  const means = end === -1 ? undefined : COMMON.get(text.slice(at, end));
  if (means !== undefined) return { means, length: end - at };
  REFERENCE.lastIndex = at;
  const other = REFERENCE.exec(text)?.[0];
  return other === undefined ? undefined : { means: he.decode(other), length: other.length };
}

/** Where a short reference that begins here ends, after its semicolon; -1 when none does. */
function commonEnd(text: string, at: number): number {
  const last = Math.min(text.length, at + COMMON_LENGTH_MAX);
  for (let i = at + 2; i < last; i++) if (text.charCodeAt(i) === SEMICOLON) return i + 1;
  return -1;
}
