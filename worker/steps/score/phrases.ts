/**
 * Finds the taxonomy's phrases in a text. One pass finds every word that a phrase can begin with; only there are the phrases
 * of that word tried, each with a sticky expression. So the cost hardly grows with the number of phrases.
 */
import { plain } from './plain.ts';
import type { TermData } from './taxonomy.ts';
import { compileWords, type WordFinder } from './words.ts';

const WORD = 'a-zA-Z0-9\\u00c0-\\u1fff';
const GAP = '[\\s_\\-\\u2010-\\u2015]';
const SYMBOLS = new Set(['&', '+', '/', ',', '.']);

/** A text in the forms that matching needs; the same character has the same place in all of them. */
export interface Folded {
  readonly text: string;
  /** For the taxonomy's phrases. */
  readonly lower: string;
  /** For its conditions: in lower case, letters without marks. */
  readonly plain: string;
}

export interface Hit {
  readonly term: TermData;
  readonly start: number;
  readonly end: number;
}

interface Candidate {
  readonly term: TermData;
  /** The first word as written in the taxonomy, when its case counts. */
  readonly exact: string | undefined;
  /** The case of some word counts. */
  readonly caseCounts: boolean;
  /** What must follow the first word. */
  readonly tail: RegExp | undefined;
}

export interface PhraseFinder {
  /** Calls `visit` for each phrase in the order of the text, overlapping ones too. */
  find(folded: Folded, visit: (hit: Hit) => void): void;
}

/** Compatibility forms and odd blanks are made plain, so that a no-break space or a full-width letter hides nothing. */
export function fold(raw: string): Folded {
  if (!OTHER.test(raw)) {
    const lower = raw.toLowerCase();
    return { text: raw, lower, plain: lower };
  }
  const text = FOLDABLE.test(raw) ? raw.normalize('NFKC').replaceAll('İ', 'I') : raw;
  const lower = text.toLowerCase();
  return { text, lower, plain: plain(lower) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
const OTHER = /[^\x00-\x7f]/;
/** All but ASCII, Latin letters, and the dashes, quotes and bullets of prose, which folding leaves as they are. */
const FOLDABLE =
  /[^\0-\u007f\u00c0-\u012f\u0134-\u013e\u0141-\u0148\u014a-\u017e\u2010\u2012-\u2016\u2018-\u2023\u20ac]/;

export function compilePhrases(terms: readonly TermData[]): PhraseFinder {
  const whole = new Map<string, Candidate[]>();
  const openEnded = new Map<string, Candidate[]>();
  for (const term of terms) {
    for (const phrase of term.phrases) {
      const [first = '', ...rest] = phrase.split(' ');
      const map = rest.length === 0 && first.endsWith('*') ? openEnded : whole;
      const caseCounts = hasCapital(phrase);
      const tailText = rest.length === 0 ? undefined : tailSource(rest);
      const tail = tailText === undefined ? undefined : new RegExp(tailText, 'y');
      for (const word of first.replace('*', '').split('|')) {
        const candidate = { term, exact: hasCapital(word) ? word : undefined, caseCounts, tail };
        const key = word.toLowerCase();
        map.set(key, [...(map.get(key) ?? []), candidate]);
      }
    }
  }
  const begun = (word: string) => [...openEnded].flatMap(([prefix, more]) => (word.startsWith(prefix) ? more : []));
  const buckets = new Map([...whole].map(([word, own]) => [word, bucketOf([...own, ...begun(word)])]));
  const words = compileWords(whole.keys(), openEnded.keys());
  return {
    find: (folded, visit) => findAll(folded, words, (word) => buckets.get(word) ?? bucketOf(begun(word)), visit),
  };
}

interface Bucket {
  readonly candidates: readonly Candidate[];
  /** What follows the word in any of them; undefined when one of them is the word alone. Most hits end here. */
  readonly follow: RegExp | undefined;
}

function bucketOf(candidates: readonly Candidate[]): Bucket {
  const tails = new Set(candidates.map(({ tail }) => tail?.source));
  const follow = tails.size === 0 || tails.has(undefined) ? undefined : new RegExp([...tails].join('|'), 'iy');
  return { candidates, follow };
}

function findAll(
  { text, lower }: Folded,
  words: WordFinder,
  bucket: (word: string) => Bucket,
  visit: (hit: Hit) => void,
): void {
  words.scan(lower, (start, wordEnd) => {
    const { candidates, follow } = bucket(lower.slice(start, wordEnd));
    if (follow !== undefined) {
      follow.lastIndex = wordEnd;
      if (!follow.test(lower)) return;
    }
    for (const { term, exact, caseCounts, tail } of candidates) {
      if (exact !== undefined && !text.startsWith(exact, start)) continue;
      if (tail === undefined) {
        visit({ term, start, end: wordEnd });
        continue;
      }
      tail.lastIndex = wordEnd;
      if (tail.test(caseCounts ? text : lower)) visit({ term, start, end: tail.lastIndex });
    }
  });
}

/** Words need a gap between them; around a symbol it may be missing ("identity&access"). */
function tailSource(tokens: readonly string[]): string {
  let source = '';
  let gapDone = false;
  for (const token of tokens) {
    const alternatives = token.split('|');
    const symbols = alternatives.filter((part) => SYMBOLS.has(part)).map(literal);
    const words = alternatives.filter((part) => !SYMBOLS.has(part)).map(wordSource);
    const after = gapDone ? '' : `${GAP}{1,3}`;
    if (symbols.length === 0) {
      source += `${after}(?:${words.join('|')})`;
      gapDone = false;
      continue;
    }
    const forms = [`${GAP}{0,3}(?:${symbols.join('|')})${GAP}{0,3}`];
    if (words.length > 0) forms.push(`${after}(?:${words.join('|')})${GAP}{1,3}`);
    source += `(?:${forms.join('|')})`;
    gapDone = true;
  }
  return `${source}(?![${WORD}])`;
}

/** A word without a capital letter is found in any case, also beside one whose case counts. */
function wordSource(word: string): string {
  const source = word.endsWith('*') ? `${literal(word.slice(0, -1))}[${WORD}]*` : literal(word);
  return hasCapital(word) ? source : `(?i:${source})`;
}

const hasCapital = (words: string) => /\p{Lu}/u.test(words);

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
