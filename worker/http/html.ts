import { documentText } from './charset.ts';
import type { BodyFormat } from './fetch.ts';

/** A page for people, as its text: every text is such a page, so the schema has to find in it what makes it a healthy answer. */
export const HTML_FORMAT: BodyFormat = {
  name: 'HTML',
  accept: 'text/html, application/xhtml+xml;q=0.9',
  text: documentText,
  parse: (text) => text,
};
