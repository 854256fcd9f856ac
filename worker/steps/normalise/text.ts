/** Plain text as a person reads it: entities decoded, one Unicode form, no invisible characters, blanks collapsed. */
import he from 'he';
import { decodeEntities } from './entities.ts';

/** Characters of a description that are looked at; what comes after them is cut off before any parsing. */
export const INPUT_MAX = 200_000;

/** Soft hyphen, zero-width characters, byte order mark: they are not seen and break every word that they stand in. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;
/**
 * Runs of blanks that are not one plain blank already: replacing each of the thousand blanks of an advert by itself took five
 * times as long as all the rest.
 */
const BLANKS = / \s+|[^\S ]\s*/g;
const BLANKS_IN_LINE = / [^\S\n]+|[^\S\n ][^\S\n]*/g;
const REAL_TAG = /<\/?[a-z][^<>]*>/i;

/** One line: for titles, companies, places. */
export function tidyLine(text: string): string {
  return tidyCharacters(text).replace(BLANKS, ' ').trim();
}

/** Lines stay, at most one empty line between them. */
export function tidyLines(text: string): string {
  return tidyCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(BLANKS_IN_LINE, ' ')
    .replace(/ \n ?|\n /g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function tidyCharacters(text: string): string {
  return text.normalize('NFC').replace(INVISIBLE, '');
}

/** A plain field that arrived with entities in it ("Nestl&eacute;"), as one tidy line. */
export function decodeLine(text: string): string {
  return tidyLine(decodeEntities(text));
}

export function hasTags(text: string): boolean {
  return REAL_TAG.test(text);
}

/**
 * HTML that a source escaped once more (`&lt;p&gt;`), as real HTML. HTML that has real tags is left alone: decoding it
 * again would turn an advert's own `&lt;script&gt;` into a tag.
 */
export function unescapeHtml(html: string): string {
  return hasTags(html) ? html : decodeEntities(html);
}

/** Plain text as HTML: paragraphs at empty lines, everything else escaped. */
export function linesToHtml(text: string): string {
  return tidyLines(text)
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${he.escape(paragraph).replaceAll('\n', '<br />')}</p>`)
    .join('');
}
