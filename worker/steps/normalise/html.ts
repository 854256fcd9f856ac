/** HTML of strangers, made safe to show inside our page. The allow-list is the rule; nothing is looked for to be forbidden. */
import sanitizeHtml from 'sanitize-html';
import { htmlText } from './html-text.ts';
import { INPUT_MAX, linesToHtml } from './text.ts';

const SCHEMES = ['http:', 'https:', 'mailto:'];

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['p', 'div', 'br', 'hr', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'blockquote', 'pre', 'code'],
    ...['h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'b', 'em', 'i', 'u', 's', 'sub', 'sup', 'a'],
    ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href', 'rel'], th: ['colspan', 'rowspan', 'scope'], td: ['colspan', 'rowspan'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: 50,
  transformTags: { h1: 'h2', a: (_tag, attributes) => ({ tagName: 'a', attribs: linkAttributes(attributes.href) }) },
};

/** Adverts have a few hundred tags; sixty thousand that nest cost the sanitiser more than half a second. */
const TAGS_MAX = 8000;

/** @param html anything; only the first 200,000 characters are looked at. What is more tags than text comes back as its text. */
export function sanitise(html: string): string {
  const looked = html.slice(0, INPUT_MAX);
  return hasMoreTags(looked) ? linesToHtml(htmlText(looked)) : sanitizeHtml(looked, OPTIONS).trim();
}

function hasMoreTags(html: string): boolean {
  let tags = 0;
  for (let at = html.indexOf('<'); at !== -1 && tags <= TAGS_MAX; at = html.indexOf('<', at + 1)) tags++;
  return tags > TAGS_MAX;
}

/** Only an absolute address keeps its link, as `URL` writes it: that ends every trick with blanks and hidden schemes. */
function linkAttributes(href: string | undefined): sanitizeHtml.Attributes {
  const url = URL.parse(href ?? '');
  if (url === null || !SCHEMES.includes(url.protocol)) return {};
  return { href: url.href, rel: 'nofollow noopener noreferrer ugc' };
}
