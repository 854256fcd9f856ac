/**
 * How much of the shorter text stands in the longer one. One side is often the beginning of a text or a piece of it, so the
 * share is of the shorter one's runs of four words (overlap, not Jaccard: that fails there).
 */
import { plain } from './tokens.ts';

export interface Text {
  /** Hashes of runs of four words, sorted, each once. */
  readonly runs: Uint32Array;
  /** Hashes of words that are no little words, sorted, each once. */
  readonly words: Uint32Array;
  /** Hashes of names that are the same in every language: SAML, IdentityIQ, B2B, 2.000; sorted, each once. */
  readonly names: Uint32Array;
  /** A few runs that a copy of this text, or of its beginning, has too; other texts are found by them. */
  readonly marks: readonly number[];
}

export interface Likeness {
  /** Runs of the shorter text. */
  readonly runs: number;
  /** Share of them that the longer one has, 0 to 1. */
  readonly share: number;
  readonly words: number;
  readonly wordShare: number;
  readonly names: number;
  readonly nameShare: number;
}

const RUN = 4;
/** Words that a snippet of the beginning has. */
const BEGINNING = 50;
const MARKS = 3;
/** Words that are looked at: an advert has a few hundred. */
const WORDS_MAX = 3000;
const TEXT_MAX = 40_000;
const LITTLE_WORDS =
  `the a an and or of to in for with on at by as is are be we you our your will this that from it its all any have has can not us
   und oder der die das den dem des ein eine einen mit fur von zu im in am an auf bei ist sind wir sie ihr unsere du dich
   le la les un une des du de et ou en pour avec sur dans est nous vous el los las una y o para con por su en que het een van op`.split(
    /\s+/,
  );
const NAME = /\b(?:\p{Lu}[\p{Ll}\d]*\p{Lu}[\p{L}\d]*|\p{L}+\d[\p{L}\d]*|\d+[\p{L}]+\d*|\d{3,})\b/gu;

export function textOf(text: string): Text {
  const cut = withoutBoilerplate(text.slice(0, TEXT_MAX));
  const { words, content } = wordsOf(plain(cut));
  const names = (cut.match(NAME) ?? []).map((name) => hashOf(plain(name)));
  const runs = runsOf(words);
  const marks = new Set([...smallest(runs), ...smallest(runsOf(words.slice(0, BEGINNING)))]);
  return { runs, words: sorted(content), names: sorted(names), marks: [...marks] };
}

/** Hashes of runs of letters and digits in their order, and of those that are no little words. No word is cut out for it. */
function wordsOf(text: string): { words: number[]; content: number[] } {
  const [words, content]: [number[], number[]] = [[], []];
  let hash = FNV_START;
  let length = 0;
  for (let i = 0; i <= text.length && words.length < WORDS_MAX; ) {
    const code = text.codePointAt(i) ?? 0;
    const units = code > 0xffff ? 2 : 1;
    if (isOfWord(code)) {
      for (let unit = i; unit < i + units; unit++) hash = Math.imul(hash ^ text.charCodeAt(unit), FNV_PRIME);
      length += units;
    } else if (length > 0) {
      const word = mixed(hash);
      words.push(word);
      if (length > 1 && !LITTLE.has(word)) content.push(word);
      hash = FNV_START;
      length = 0;
    }
    i += units;
  }
  return { words, content };
}

/** 0: not looked up yet, 1: letter or digit, 2: neither. */
const KINDS = new Uint8Array(0x10000);
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

function isOfWord(code: number): boolean {
  if (code > 0xffff) return LETTER_OR_DIGIT.test(String.fromCodePoint(code));
  KINDS[code] ||= LETTER_OR_DIGIT.test(String.fromCharCode(code)) ? 1 : 2;
  return KINDS[code] === 1;
}

/** The same runs of two texts that share most of them, whatever else they have (min-wise hashing). */
const smallest = (runs: Uint32Array) => runs.subarray(0, MARKS);

/** What an employer writes under every advert says nothing of which one it is; a text of nothing else is left as it is. */
function withoutBoilerplate(text: string): string {
  const kept = text.split(SENTENCE_END).filter((sentence) => !BOILERPLATE.test(sentence));
  return kept.length === 0 ? text : kept.join('. ');
}
const SENTENCE_END = /[.!?](?=\s|$)|\n+/;
const BOILERPLATE =
  /\b(?:equal (?:opportunity|employment)|without regard to|regardless of (?:race|age|gender)|reasonable (?:accommodation|adjustment)s?|competitive (?:salary|compensation|pay)|401\s?\(?k\)?|(?:health|dental|vision) (?:insurance|cover)|private health cover|learning budget|parental leave|days of (?:leave|holiday)|unsolicited|background checks?|privacy (?:policy|notice)|e-?verify|diversity|inclusive workplace|wir bieten|das bieten wir|betriebliche altersvorsorge|jobticket|wir freuen uns auf (?:ihre|deine) bewerbung|schwerbehinder\w+|situation de handicap|mutuelle|wij bieden|pensioenregeling|ofrecemos|employment agency)\b/i;

function runsOf(words: readonly number[]): Uint32Array {
  const runs = new Uint32Array(Math.max(0, words.length - RUN + 1));
  for (let i = 0; i < runs.length; i++) {
    let hash = 0;
    for (let j = i; j < i + RUN; j++) hash = mixed(Math.imul(hash, 31) ^ (words[j] as number));
    runs[i] = hash;
  }
  return sorted(runs);
}

/** Each once. A set would take longer for this than all the hashing. */
function sorted(values: ArrayLike<number>): Uint32Array {
  const all = Uint32Array.from(values).sort();
  let size = 0;
  for (let i = 0; i < all.length; i++) {
    const value = all[i] as number;
    if (size === 0 || all[size - 1] !== value) all[size++] = value;
  }
  return all.subarray(0, size);
}

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = FNV_START;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return mixed(hash);
}

/** MurmurHash3's finish (Austin Appleby, public domain): every bit of the input moves every bit of the result. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const LITTLE = new Set(LITTLE_WORDS.map(hashOf));

export function likenessOf(a: Text, b: Text): Likeness {
  return {
    runs: Math.min(a.runs.length, b.runs.length),
    share: share(a.runs, b.runs),
    words: Math.min(a.words.length, b.words.length),
    wordShare: share(a.words, b.words),
    names: Math.min(a.names.length, b.names.length),
    nameShare: share(a.names, b.names),
  };
}

function share(a: Uint32Array, b: Uint32Array): number {
  const smaller = Math.min(a.length, b.length);
  if (smaller === 0) return 0;
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] as number) - (b[j] as number);
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common / smaller;
}
