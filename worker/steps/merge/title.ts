/** A title taken apart: the trade, the level, the kind of contract; without what only tells how and where it is advertised. */
import { plain, tokensOf } from './tokens.ts';
import {
  ACRONYMS,
  BEFORE_LEVEL,
  CONTRACT_WORDS,
  GRADE_WORDS,
  JOINED,
  LEVELS,
  ROLE_WORDS,
  ROMAN,
  SOFT_WORDS,
  SYNONYMS,
  TITLE_NOISE,
} from './words.ts';

export interface Title {
  /** Words of the trade, in one spelling, each once, in the order of the title. */
  readonly words: readonly string[];
  /** "senior", "2", ...; sorted. */
  readonly levels: readonly string[];
  readonly isContract: boolean;
  /** What stands before the first colon, or behind "at" or "@": perhaps the employer. */
  readonly perhapsCompany: readonly string[];
}

export type TitleRelation = 'equal' | 'near' | 'different';

const TITLE_LENGTH_MAX = 300;
/** (m/w/d), (f/m/x), H/F, (all genders), (gn): with or without brackets. */
const GENDERS =
  /\(?\b(?:[mwfdxhiavn]|div)(?:\s?[/|,*]\s?(?:[mwfdxhiavn]|div)){1,4}\b\)?|\(?\ball genders?\b\)?|\((?:gn|h f|m f d)\)/gi;
/** Berater:in, Ingeniero/a, développeur(se), Consultant·e. */
const GENDER_ENDINGS =
  /(?<=\p{L}{3})(?:[:*_/·•]-?(?:in(?:nen)?|a|o|e|r|n|euse|se|trice|rice)|\((?:in|a|o|e|r|n|se|euse|trice|ne)\))(?!\p{L})/giu;
const REQUISITION =
  /(?:\b(?:req(?:uisition)?|job|ref(?:erence)?|vacancy|posting)[\s.:#-]*(?:id|no|number|nr|code|ref)?[\s.:#-]*)?#?\b(?=[\w-]*\d{3})[a-z]{0,5}-?\d{3,}(?:-\d+)?\b|#\s?\d+/gi;
const MONEY =
  /[$£€]\s?\d[\d,.]*\s?k?\b(?:\s?[-–]\s?[$£€]?\d[\d,.]*\s?k?\b)?|\b\d{2,3}\s?k\b|\b\d{2,3}\s?(?:-|–)?\s?(?:\d{2,3})?\s?%/gi;
/** Versions and dates are no level; "24/7" neither. */
const FIGURES = /\b\d+(?:[./]\d+)+\b/g;

export function titleOf(text: string): Title {
  const cut = text.slice(0, TITLE_LENGTH_MAX).replaceAll('_', ' ');
  const clean = cut
    .replace(GENDER_ENDINGS, '')
    .replace(GENDERS, ' ')
    .replace(MONEY, ' ')
    .replace(REQUISITION, (found) => (isProduct(found) ? found : ' '))
    .replace(FIGURES, ' ');
  const { words, levels, isContract } = sort(joined(tokensOf(clean).map(synonym)));
  return { words, levels, isContract, perhapsCompany: perhapsCompany(cut) };
}

/** "Office 365", "D365", "M365", "ISO 27001", "AS400" are no requisitions. */
function isProduct(found: string): boolean {
  return /^(?:[a-z]{0,2}365|iso\s?\d+|\w*27001|as-?400|s-?4\w*|z-?900|az-?\d{3}|sc-?\d{3}|ms-?\d{3}|8570|8140|800-\d+)$/i.test(
    found.trim(),
  );
}

const synonym = (word: string): string => (Object.hasOwn(SYNONYMS, word) ? (SYNONYMS[word] ?? word) : word);

function joined(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const pair = `${words[i]} ${words[i + 1] ?? ''}`;
    const one = Object.hasOwn(JOINED, pair) ? JOINED[pair] : undefined;
    result.push(one ?? (words[i] as string));
    if (one !== undefined) i++;
  }
  return result;
}

function sort(all: readonly string[]): Pick<Title, 'words' | 'levels' | 'isContract'> {
  const words = new Set<string>();
  const levels = new Set<string>();
  const short: string[] = [];
  let isContract = false;
  for (const [i, word] of all.entries()) {
    const level = levelOf(all, i);
    if (level !== undefined) levels.add(level);
    else if (CONTRACT_WORDS.has(word)) isContract = true;
    else if (Object.hasOwn(ACRONYMS, word)) short.push(word);
    else if (!TITLE_NOISE.has(word) && !/^\d+$/.test(word)) words.add(singular(word));
  }
  for (const word of short) for (const part of expanded(word, words)) words.add(part);
  return { words: [...words], levels: [...levels].sort(), isContract };
}

/**
 * A short form is written out, unless the title has the better part of it in words already: "Customer Identity (CIAM)" is
 * "Customer Identity".
 */
function expanded(short: string, words: ReadonlySet<string>): string[] {
  const parts = (ACRONYMS[short] ?? short).split(' ').map(singular);
  const missing = parts.filter((part) => !words.has(part));
  const [first = ''] = parts;
  return words.has(first) && parts.length >= 3 && missing.length < parts.length - 1 ? [] : parts;
}

function levelOf(all: readonly string[], i: number): string | undefined {
  const word = all[i] as string;
  if (Object.hasOwn(LEVELS, word)) return LEVELS[word];
  const before = all[i - 1] ?? '';
  const isBehind = BEFORE_LEVEL.has(before) || Object.hasOwn(LEVELS, before) || isLevelMark(all, i - 1);
  if (Object.hasOwn(ROMAN, word) && (isBehind || (word !== 'i' && word !== 'v'))) return ROMAN[word];
  if (/^[1-9]$/.test(word) && isBehind) return word;
  if (/^\d{1,2}$/.test(word) && GRADE_WORDS.has(before)) return word;
  const mark = /^(?:l|t|p|ic|e|m|g|t|lvl)([1-9])$/.exec(word);
  return mark !== null && isBehind ? mark[1] : undefined;
}

/** "II/III": the second numeral stands behind the first. */
function isLevelMark(all: readonly string[], i: number): boolean {
  const word = all[i] ?? '';
  return (Object.hasOwn(ROMAN, word) || /^[1-9]$/.test(word)) && BEFORE_LEVEL.has(all[i - 1] ?? '');
}

function singular(word: string): string {
  return word.length > 4 && word.endsWith('s') && !/(?:ss|us|is|ps|ops)$/.test(word) ? word.slice(0, -1) : word;
}

function perhapsCompany(title: string): string[] {
  const before = /^([^:|]{2,60}):\s/.exec(title)?.[1];
  const behind = /(?:\s(?:at|bei|chez|@)\s+|\s[|–—-]\s+)([\p{Lu}\d][^|–—(),]{1,60})$/u.exec(title)?.[1];
  return [before, behind].flatMap((text) => (text === undefined ? [] : [tokensOf(plain(text)).join('')]));
}

/**
 * Words that only one title has decide: none, the titles are equal; on one side only, they are near and the text decides; on
 * both, it is another trade.
 * @param ignored words that say nothing here: names of the postings' places and employers
 */
export function compareTitles(a: Title, b: Title, ignored: ReadonlySet<string>): TitleRelation {
  const [onlyA, onlyB] = [rest(a.words, b.words, ignored), rest(b.words, a.words, ignored)];
  if (onlyA.length === 0 && onlyB.length === 0) return shared(a, b) ? 'equal' : 'different';
  const [left, right] = [onlyA.filter(isHard), onlyB.filter(isHard)];
  if (a.words.join('') === b.words.join('') || (onlyA.length > 0 && onlyA.join('') === onlyB.join(''))) return 'equal';
  if (left.length > 0 && right.length > 0) return 'different';
  if (hasRoleMore(left, b) || hasRoleMore(right, a)) return 'different';
  return shared(a, b) ? 'near' : 'different';
}

/** "Identity Engineering Manager" is no "Identity Engineer"; a title that names no role at all may be either. */
function hasRoleMore(more: readonly string[], { words }: Title): boolean {
  return more.some((word) => ROLE_WORDS.has(word)) && words.some((word) => ROLE_WORDS.has(word));
}

const isHard = (word: string) => !SOFT_WORDS.has(word);

function shared(a: Title, b: Title): boolean {
  return (
    a.words.length > 0 && b.words.length > 0 && a.words.some((word) => b.words.some((other) => isSameWord(word, other)))
  );
}

function rest(words: readonly string[], others: readonly string[], ignored: ReadonlySet<string>): string[] {
  return words.filter((word) => !ignored.has(word) && !others.some((other) => isSameWord(word, other)));
}

/** Equal but for one slip of the keyboard or one way of spelling, in words that are too long to be two words. */
function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.length < 7 || b.length < 7 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}
