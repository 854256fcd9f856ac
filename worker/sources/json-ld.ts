/**
 * The JobPostings of a page's JSON-LD blocks, however they are wrapped and however badly they are written. What browsers and
 * search engines forgive is mended; what cannot be read is counted, so that nobody takes it for an empty page.
 */
import he from 'he';
import { Tokenizer } from 'htmlparser2';
import { parseJson } from '../http/json.ts';
import { isThing, type Thing } from './schema-org.ts';

export interface StructuredData {
  readonly postings: readonly Thing[];
  /** Blocks that could be read, whatever they are about. */
  readonly blocks: number;
  /** Blocks that speak of a JobPosting and could not be read. */
  readonly broken: number;
}

const BLOCK_TYPE = /^\s*application\/ld\+json\b/i;
const BLOCKS_MAX = 200;
const BLOCK_LENGTH_MAX = 1024 * 1024;
/** Things inside things: a posting in a list item in a list in a graph in a page. */
const DEPTH_MAX = 10;

export function structuredData(html: string): StructuredData {
  const postings: Thing[] = [];
  let [blocks, broken] = [0, 0];
  for (const text of blocksOf(html)) {
    try {
      collect(parseBlock(text), postings, 0);
      blocks++;
    } catch {
      if (text.includes('JobPosting')) broken++;
    }
  }
  return { postings, blocks, broken };
}

/**
 * Texts of the page's JSON-LD scripts, found as a browser finds them. By the tokenizer alone: a parser remembers which tags are
 * open, and a page of a megabyte of them would keep it busy for half a minute. What comes after the last block that is read
 * counts as one that is broken.
 */
function blocksOf(html: string): string[] {
  const blocks: string[] = [];
  let [tag, attribute, type, inside] = ['', '', '', false];
  const nothing = () => {};
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: false },
    {
      onopentagname: (start, end) => {
        [tag, type] = [html.slice(start, end).toLowerCase(), ''];
      },
      onattribname: (start, end) => {
        attribute = tag === 'script' ? html.slice(start, end).toLowerCase() : '';
      },
      onattribdata: (start, end) => {
        if (attribute === 'type') type += html.slice(start, end);
      },
      onopentagend: () => {
        inside = tag === 'script' && BLOCK_TYPE.test(type) && blocks.length <= BLOCKS_MAX;
        if (inside) blocks.push('');
      },
      ontext: (start, end) => {
        if (inside) blocks.push((blocks.pop() ?? '') + html.slice(start, end));
      },
      onclosetag: () => {
        inside = false;
      },
      onselfclosingtag: nothing,
      onattribentity: nothing,
      onattribend: nothing,
      ontextentity: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return blocks.length <= BLOCKS_MAX
    ? blocks
    : [...blocks.slice(0, BLOCKS_MAX), 'more JobPosting blocks than are read'];
}

/** @throws Error when it cannot be read even so */
function parseBlock(text: string): unknown {
  if (text.length > BLOCK_LENGTH_MAX) throw new Error('is too long');
  const bare = text.trim().replace(GUARD_BEFORE, '').replace(GUARD_AFTER, '');
  // A block without a quotation mark was encoded as a whole.
  const json = bare.includes('"') ? bare : he.decode(bare);
  try {
    return parseJson(json);
  } catch {
    return parseJson(mend(json));
  }
}

/** What keeps old browsers and XML parsers from reading a script: CDATA and HTML comments around the whole. */
const GUARD_BEFORE = /^(?:\/\/|\/\*)?\s{0,9}(?:<!\[CDATA\[|<!--)(?:\s{0,9}\*\/)?/;
const GUARD_AFTER = /(?:\/\/|\/\*)?\s{0,9}(?:\]\]>|-->)(?:\s{0,9}\*\/)?$/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** One vendor leaves out the comma before this key. */
const MISSING_COMMA = /([^\s,{[:])(\s*"hiringOrganization"\s*:)/g;

/** JSON of what is nearly JSON: control characters inside texts, escapes that JSON does not know (`\$`), a missing comma. */
function mend(text: string): string {
  const strings = /"(?:[^"\\]|\\[\s\S])*"/g;
  const mended = text.replace(strings, (string) =>
    string
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u001f]/g, (character) => SHORT[character] ?? ' ')
      .replace(/\\(?:(["\\/bfnrt]|u[0-9a-f]{4})|([\s\S]))/gi, (whole, known) =>
        known === undefined ? whole.slice(1) : whole,
      ),
  );
  return mended.replace(MISSING_COMMA, '$1,$2');
}

function collect(value: unknown, postings: Thing[], depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, postings, depth + 1);
  } else if (isThing(value)) {
    if (isPosting(value)) postings.push(withCamelCase(value, 0) as Thing);
    else for (const one of Object.values(value)) collect(one, postings, depth + 1);
  }
}

function isPosting(thing: Thing): boolean {
  return [thing['@type']].flat().some((type) => typeof type === 'string' && /(?:^|\/)JobPosting$/.test(type));
}

/** "HiringOrganization" is not what the vocabulary says, and some say it. */
function withCamelCase(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((one) => withCamelCase(one, depth + 1));
  if (!isThing(value)) return value;
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => {
    const camel = /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
    return [Object.hasOwn(value, camel) ? name : camel, withCamelCase(one, depth + 1)];
  });
  return Object.fromEntries(entries);
}
