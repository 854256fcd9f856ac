/** Which characters a body's bytes stand for. */

/** XML and HTML name their charset near their beginning, in ASCII (XML 1.0 appendix F; HTML: the first 1,024 bytes). */
const HEAD_BYTES = 1024;
const IN_TYPE = /;\s*charset\s*=\s*"?([\w:.-]+)/i;
const IN_DOCUMENT =
  /<\?xml[^>]{0,200}\bencoding\s*=\s*["']([\w:.-]+)|<meta\b[^>]{0,200}\bcharset\s*=\s*["']?([\w:.-]+)/i;

/** The text of a document: as its Content-Type says, else as the document says, else UTF-8. An unknown charset is taken for UTF-8. */
export function documentText(body: Buffer, contentType: string | undefined): string {
  const [, inXml, inHtml] = IN_DOCUMENT.exec(body.toString('latin1', 0, HEAD_BYTES)) ?? [];
  const label = IN_TYPE.exec(contentType ?? '')?.[1] ?? inXml ?? inHtml ?? 'utf-8';
  return new TextDecoder(isKnown(label) ? label : 'utf-8').decode(body);
}

function isKnown(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
