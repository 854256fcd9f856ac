/** What the `hint` of a labelled row says about where its text comes from. */

/** Where a raw text of a row stood in its posting. */
export interface Hint {
  /** Name of the source, or ''. */
  readonly source: string;
  /** ISO 3166-1 alpha-2, or null. */
  readonly country: string | null;
  readonly place: 'field' | 'title' | 'text';
  /** The hint's words, lower-cased. */
  readonly words: readonly string[];
}

/** Two letters that are a country in hints and not a word of a sentence. */
const COUNTRIES = new Set(
  'us ca mx br ar cl co gb uk ie de at ch fr be nl lu es pt it pl cz sk hu ro bg gr hr se no dk fi is il ae sa za in pk sg hk tw jp cn kr au nz ph my th id vn'.split(
    ' ',
  ),
);
const NO_SOURCE = new Set(['any', 'text', 'body', 'title', 'field']);

/** @param hint "us", "remoteok min|max", "jsearch period HOUR", "text gb", null */
export function readHint(hint: string | null | undefined): Hint {
  const words = (hint ?? '')
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter(Boolean);
  const country = words.find((word) => COUNTRIES.has(word));
  const [first = ''] = words;
  const isSource = !NO_SOURCE.has(first) && !COUNTRIES.has(first);
  const place = words.includes('title') ? 'title' : words.includes('text') || words.includes('body') ? 'text' : 'field';
  return {
    source: isSource ? first : '',
    country: country === undefined ? null : country === 'uk' ? 'GB' : country.toUpperCase(),
    place,
    words,
  };
}
