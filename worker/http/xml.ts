/** XML that nobody needs to trust: no entities, no document types, nothing that is not well-formed. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { documentText } from './charset.ts';
import type { BodyFormat } from './fetch.ts';

/** Elements inside elements; feeds have five. */
const DEPTH_MAX = 40;

/**
 * @param isList tells by its path ("feed.item") whether an element is one of a list, however many there are
 * @returns a format whose values are objects, lists and scalars as JSON has them. A text that is written exactly as its number
 * would be is that number; no digit is lost. Attributes are left out. Entities other than in CDATA stay as they are written.
 */
export function xmlFormat(isList: (path: string) => boolean): BodyFormat {
  const parser = new XMLParser({
    processEntities: false,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    maxNestedTags: DEPTH_MAX,
    tagValueProcessor: (_name, value) => scalar(value),
    isArray: (_name, path) => isList(String(path)),
  });
  return {
    name: 'XML',
    accept: 'application/xml, text/xml;q=0.9',
    text: documentText,
    parse(text) {
      if (hasDocumentType(text)) throw new Error('has a document type');
      // The parser takes what is cut off for what is there; only the validator sees that the end is missing.
      const valid = XMLValidator.validate(text);
      if (valid !== true) throw new Error(`is not well-formed in line ${valid.err.line}`);
      return parser.parse(text) as unknown;
    },
  };
}

function scalar(text: string): string | number {
  const number = Number(text);
  return String(number) === text && Number.isFinite(number) ? number : text;
}

/** A document type can only stand before the root; inside CDATA the same letters are text. */
function hasDocumentType(text: string): boolean {
  const visible = /\S/g;
  for (;;) {
    const at = visible.exec(text)?.index ?? text.length;
    const end = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : undefined;
    if (end === undefined) return /^<!DOCTYPE/i.test(text.slice(at, at + 9));
    const closed = text.indexOf(end, at);
    if (closed < 0) return false;
    visible.lastIndex = closed + end.length;
  }
}
