/**
 * PostgreSQL's tsquery as a tree. PostgreSQL itself reads what people type (`websearch_to_tsquery` takes anything); here its
 * answer is read, so that terms can be added and posting lists chosen.
 */

export type Node =
  | { readonly kind: 'word'; readonly word: string }
  /** An IAM term or another mark of a job, never something that was typed. */
  | { readonly kind: 'term'; readonly term: string }
  | { readonly kind: 'phrase'; readonly words: readonly string[]; readonly gaps: readonly number[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Node[] }
  | { readonly kind: 'not'; readonly part: Node };

const TOKEN = /\s*(?:'((?:[^'\\]|''|\\.)*)'|<(\d+|-)>|([&|!()]))/y;

type Token = { readonly word: string } | { readonly gap: number } | { readonly sign: string };

/**
 * @param text as PostgreSQL prints a tsquery of its own making
 * @returns undefined for one without words
 * @throws Error for anything else
 */
export function readTsquery(text: string): Node | undefined {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return undefined;
  let at = 0;
  const isSign = (sign: string) => {
    const token = tokens[at];
    return token !== undefined && 'sign' in token && token.sign === sign;
  };
  const joined = (kind: 'and' | 'or', sign: string, next: () => Node): Node => {
    const parts = [next()];
    while (isSign(sign)) {
      at++;
      parts.push(next());
    }
    return parts.length === 1 ? (parts[0] as Node) : { kind, parts };
  };
  const any = (): Node => joined('or', '|', all);
  const all = (): Node => joined('and', '&', phrase);
  const phrase = (): Node => {
    const first = one();
    const words = [first];
    const gaps: number[] = [];
    for (let token = tokens[at]; token !== undefined && 'gap' in token; token = tokens[at]) {
      at++;
      gaps.push(token.gap);
      words.push(one());
    }
    return gaps.length === 0 ? first : { kind: 'phrase', words: words.map(wordOf), gaps };
  };
  const one = (): Node => {
    const token = tokens[at++];
    if (token === undefined) throw new Error(`the query ends too early: ${text}`);
    if ('word' in token) return { kind: 'word', word: token.word };
    if ('sign' in token && token.sign === '!') return { kind: 'not', part: one() };
    if ('sign' in token && token.sign === '(') {
      const inside = any();
      if (!isSign(')')) throw new Error(`a bracket is not closed: ${text}`);
      at++;
      return inside;
    }
    throw new Error(`a word is missing: ${text}`);
  };
  const node = any();
  if (at < tokens.length) throw new Error(`there is more than a query: ${text}`);
  return node;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  while (end < text.trimEnd().length) {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`this is no query: ${text}`);
    end = TOKEN.lastIndex;
    const [, word, gap, sign] = match;
    if (word !== undefined) tokens.push({ word: word.replaceAll(/''|\\(.)/g, (pair, escaped) => escaped ?? pair[0]) });
    else if (gap !== undefined) tokens.push({ gap: gap === '-' ? 1 : Number(gap) });
    else tokens.push({ sign: sign ?? '' });
  }
  return tokens;
}

function wordOf(node: Node): string {
  if (node.kind !== 'word') throw new Error('a phrase is made of words');
  return node.word;
}

export function printTsquery(node: Node): string {
  switch (node.kind) {
    case 'word':
      return quoted(node.word);
    case 'term':
      return quoted(node.term);
    case 'phrase':
      return `(${node.words.map((word, i) => (i === 0 ? '' : ` <${node.gaps[i - 1]}> `) + quoted(word)).join('')})`;
    case 'not':
      return `!${printTsquery(node.part)}`;
    default:
      return `(${node.parts.map(printTsquery).join(node.kind === 'and' ? ' & ' : ' | ')})`;
  }
}

const quoted = (text: string) =>
  /['\\]/.test(text) ? `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text}'`;
