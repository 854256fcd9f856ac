/** Who advertises: the same firm, perhaps the same, another one, nobody who is named, or one that advertises for others. */
import { tokensOf, umlauts } from './tokens.ts';
import { AGENCIES, AGENCY_WORDS, COMPANY_ALIASES, LEGAL_FORMS, NO_COMPANY, SCOPE_WORDS } from './words.ts';

export interface Company {
  /** Words of the name without legal forms; empty when nobody is named. */
  readonly words: readonly string[];
  /** The words without blanks, under one of the firm's names. */
  readonly key: string;
  /** Advertises for employers that it does not name, or stands in their place. */
  readonly isAgency: boolean;
  /** Other names that the same posting gives: "Foo (formerly Bar)", "Foo d/b/a Bar". */
  readonly others: readonly string[];
}

export type CompanyRelation = 'equal' | 'scope' | 'related' | 'unnamed' | 'agency' | 'different';

const NAME_LENGTH_MAX = 200;
const OTHER_NAME = /\s(?:d\/?b\/?a|doing business as|formerly|f\/?k\/?a|trading as|t\/a|part of|a part of)\s+/i;
const NONE: Company = { words: [], key: '', isAgency: false, others: [] };

export function companyOf(name: string | null): Company {
  if (name === null) return NONE;
  const [first = '', ...rest] = name
    .slice(0, NAME_LENGTH_MAX)
    .replace(/[()[\]]/g, ' ( ')
    .split(OTHER_NAME);
  const [bare = '', ...brackets] = first.split('(').map((part) => part.trim());
  const words = wordsOf(bare);
  const key = keyOf(words);
  if (key === '' || NO_COMPANY.has(key)) return { ...NONE, isAgency: key !== '' && key !== 'na' };
  const isAgency = AGENCIES.has(key) || words.some((word) => AGENCY_WORDS.has(word)) || endsAsAgency(words);
  const others = [...rest.flatMap((part) => part.split('(')), ...brackets].map((part) => keyOf(wordsOf(part)));
  return { words, key, isAgency, others: [...new Set(others)].filter((other) => other.length > 2 && other !== key) };
}

/** "Selby Jennings Search", "Oliver Talent": the last word says the trade, which it does not elsewhere ("Search Technologies"). */
function endsAsAgency(words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  return words.length > 1 && /^(?:talent|search|consultancies|headhunt\w*|careers?agency)$/.test(last);
}

function wordsOf(name: string): string[] {
  const words = tokensOf(name.replace(/\b([a-z])\.\s?(?=[a-z]\.)/gi, '$1').replace(/&/g, ' and '));
  const bare = words.filter((word, i) => !(i > 0 && LEGAL_FORMS.has(word)) && word !== 'and' && word !== 'und');
  if (bare[0] === 'the' && bare.length > 1) bare.shift();
  if (bare.at(-1) === 'com' && bare.length > 1) bare.pop();
  return bare;
}

/** "Müller" and "Mueller", "City of Larkfield" and "Larkfield City" are one name. */
function keyOf(words: readonly string[]): string {
  const isTurned = words[0] === 'city' && words[1] === 'of';
  const straight = isTurned ? [...words.slice(2), 'city'] : words;
  const key = umlauts(straight.filter((word) => word !== 'of').join(''));
  return (Object.hasOwn(COMPANY_ALIASES, key) ? COMPANY_ALIASES[key] : undefined) ?? key;
}

export function compareCompanies(a: Company, b: Company): CompanyRelation {
  if (a.key === '' || b.key === '') return a.isAgency || b.isAgency ? 'agency' : 'unnamed';
  if (a.key === b.key) return 'equal';
  if (a.others.includes(b.key) || b.others.includes(a.key)) return 'equal';
  const [short, long] = a.words.length <= b.words.length ? [a, b] : [b, a];
  if (isStartOf(short, long)) {
    const rest = long.words.slice(short.words.length);
    return rest.every((word) => SCOPE_WORDS.has(word)) ? 'scope' : 'related';
  }
  if (isInitialsOf(short, long)) return 'related';
  return a.isAgency || b.isAgency ? 'agency' : 'different';
}

function isStartOf(short: Company, long: Company): boolean {
  if (short.words.length === long.words.length) return false;
  const start = long.words.slice(0, short.words.length);
  return start.join('') === short.words.join('') || keyOf(start) === short.key;
}

function isInitialsOf(short: Company, long: Company): boolean {
  const initials = long.words.map((word) => word[0]).join('');
  return short.words.length === 1 && initials.length >= 3 && short.key === initials;
}
