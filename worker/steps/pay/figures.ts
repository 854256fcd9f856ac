/** Finds figures in a text and reads each one: digits with their marks, `k` or lakh behind, currency before or behind. */
import { CODES, CURRENCY_WORDS, DOLLARS, EXACT_WORDS, SIGNS } from './currencies.ts';

export interface Figure {
  /** From the currency before it, if any, to the end of the currency behind it. */
  readonly start: number;
  readonly end: number;
  /** The number without its multiplier: 135 of "135k". */
  readonly number: number;
  /** 1, 1e3 (k), 1e5 (lakh), 1e4 (万), 1e7 (crore), 1e6, 1e9. */
  readonly scale: number;
  /** ISO 4217, one of the ambiguous `$`, `¥`, `kr`, `Rs`, `R`, or null when none stands beside it. */
  readonly sign: string | null;
  readonly signBefore: boolean;
  /** "LPA": the period is part of the word. */
  readonly perAnnum: boolean;
}

/**
 * Digits in groups of three with one kind of mark, Indian groups, or plain; then decimals; then the dash that closes a round
 * sum in Dutch and German ("4.500,-"). Three digits behind a mark are thousands, fewer are decimals.
 */
const NUMBER =
  /(?:(\d{1,3}(?:([.,'’ \u00a0\u202f\u2009])\d{3})(?:\2\d{3}){0,4}(?!\d|[.,]\d{3}))|(\d{1,2}(?:,\d{2}){1,4},\d{3}(?!\d))|(\d+))(?:[.,](\d{1,2}|\d{4})(?!\d))?(?:[.,][-–]{1,2}(?!\d))?/y;
const PENSION = /\s?\(?[kb](?!\p{L})/iuy;
const PERCENT = /(?:\s?[-–]\s?\d+)?\s?(?:%|percent|prozent|pct)/iy;
const SCALES: readonly (readonly [scale: number, word: RegExp])[] = [
  [
    1e3,
    /\s?(?:k(?!\p{L})|k(?=(?:eur|usd|gbp|pln|chf|cad|aud|czk)(?!\p{L}))|tsd\b\.?|tys\b\.?|thousand(?!\p{L})|t(?=\s?(?:€|eur(?!\p{L}))))/iuy,
  ],
  [1e5, /\s?(?:lpa|l\.p\.a\.?|lakhs?|lacs?|l)(?![\p{L}/])/iuy],
  [1e7, /\s?(?:crores?|cr)(?![\p{L}/])/iuy],
  [1e6, /\s?(?:mm?|mn|mio|mill?ion(?:s|en|nen)?|millones|juta|triệu)(?![\p{L}/])/iuy],
  [1e9, /\s?(?:bn?|billions?|tn?|trillions?|milliards?|milliarden|mrd)(?![\p{L}/])/iuy],
  [1e4, /\s?[万만萬]/uy],
];
const LPA = /l\.?p\.?a/i;
const BLANK = /[\s\u00a0\u202f]/;
/** A word that is no unit of money: three small letters or more, none of which begins a currency or a multiplier. */
const COUNTED =
  /\+?[ -](?!lakh|lacs?|lpa|eur|usd|gbp|chf|pln|sek|nok|dkk|czk|huf|inr|thousand|mill?i|per |bis |to |until |und |and |tot |mln|tys|juta|cr)[a-z]{3,}/y;
const CURRENCY_BEFORE = /[A-Z]{2,3} $|[Rk][rsmp]\.? $|zł $/;
const NEXT = /\d+/g;
const LETTER = /\p{L}/u;
const DOLLAR_OWNERS: Readonly<Record<string, string>> = {
  us: 'USD',
  canadian: 'CAD',
  australian: 'AUD',
  singapore: 'SGD',
};
/** More figures than this in one text are no pay but a table or an attack. */
const FIGURES_MAX = 400;

/** All figures of a text in order, also those without a currency. Linear in the length of the text. */
export function figuresOf(text: string): Figure[] {
  const figures: Figure[] = [];
  NEXT.lastIndex = 0;
  for (let match = NEXT.exec(text); match !== null && figures.length < FIGURES_MAX; match = NEXT.exec(text)) {
    if (isCount(text, match.index, NEXT.lastIndex)) continue;
    const read = readFigure(text, match.index);
    if (read.figure !== null) figures.push(read.figure);
    NEXT.lastIndex = read.end;
  }
  return figures;
}

/** "5+ years", "30 days", "16 weeks": one or two digits, no sign before them, a plain word behind. Most figures of an advert. */
function isCount(text: string, at: number, end: number): boolean {
  if (end - at > 2) return false;
  const before = text.charCodeAt(at - 1);
  const isOpen =
    before === 10 ||
    before === 40 ||
    (before === 32 && isWordChar(text.charCodeAt(at - 2)) && !CURRENCY_BEFORE.test(text.slice(at - 5, at)));
  if (!isOpen) return false;
  COUNTED.lastIndex = end;
  return COUNTED.test(text);
}

function isWordChar(code: number): boolean {
  return (code > 96 && code < 123) || code === 10 || code === 44;
}

function readFigure(text: string, at: number): { figure: Figure | null; end: number } {
  NUMBER.lastIndex = at;
  const match = NUMBER.exec(text);
  if (match === null) return { figure: null, end: at + 1 };
  const numberEnd = NUMBER.lastIndex;
  const before = signBefore(text, at);
  // "GS13", "T1", "#1", "1.2.3": the digits belong to a name
  if (before === 'name') return { figure: null, end: numberEnd };
  const number = numberOf(match);
  if (isPension(text, numberEnd, number) || matches(PERCENT, text, numberEnd)) return { figure: null, end: numberEnd };
  const { scale, perAnnum, end: scaleEnd } = scaleAt(text, numberEnd, before !== null);
  const behind = signBehind(text, scaleEnd);
  const sign = agreed(before?.sign ?? null, behind?.sign ?? null);
  const end = behind?.end ?? scaleEnd;
  if (sign === undefined) return { figure: null, end };
  const figure = {
    start: before?.start ?? at,
    end,
    number,
    scale,
    sign: sign ?? (scale === 1e5 || scale === 1e7 ? 'INR' : null),
    signBefore: before !== null,
    perAnnum,
  };
  // "25 l" and "3 m" are litres and metres without a currency
  const isMeasure =
    sign === null &&
    (scale === 1e6 || scale === 1e9 || (scale === 1e5 && text.slice(numberEnd, scaleEnd).trim().length < 2));
  return { figure: isMeasure ? null : figure, end };
}

function numberOf(match: RegExpExecArray): number {
  const [, grouped, , indian, plain, decimals] = match;
  const whole = (grouped ?? indian ?? plain ?? '').replace(/\D/g, '');
  return Number(decimals === undefined ? whole : `${whole}.${decimals}`);
}

/** Pension plans of the United States, not 401 thousand. */
function isPension(text: string, end: number, number: number): boolean {
  return (number === 401 || number === 403 || number === 457) && matches(PENSION, text, end);
}

/** A single "M" behind a blank is the month of a structured field unless money stands beside it. */
function scaleAt(text: string, at: number, isMoney: boolean): { scale: number; perAnnum: boolean; end: number } {
  const next = text[BLANK.test(text[at] ?? '') ? at + 1 : at];
  if (next === undefined || !LETTER.test(next)) return { scale: 1, perAnnum: false, end: at };
  for (const [scale, word] of SCALES) {
    if (!matches(word, text, at)) continue;
    const isLoose = !isMoney && scale > 1e5 && /^\s\p{L}$/u.test(text.slice(at, word.lastIndex));
    if (isLoose && !/^\s?[€$£]/.test(text.slice(word.lastIndex, word.lastIndex + 2))) continue;
    return { scale, perAnnum: scale === 1e5 && LPA.test(text.slice(at, word.lastIndex)), end: word.lastIndex };
  }
  return { scale: 1, perAnnum: false, end: at };
}

/** @returns 'name' when the digits are part of a word or a version */
function signBefore(text: string, at: number): { sign: string; start: number } | null | 'name' {
  const isTight = !BLANK.test(text[at - 1] ?? '');
  const end = isTight ? at : at - 1;
  const last = text[end - 1] ?? '';
  if (Object.hasOwn(SIGNS, last)) return signWithLetters(text, end - 1, last);
  const wordEnd = last === '.' ? end - 1 : end;
  const start = wordStart(text, wordEnd);
  const word = text.slice(start, wordEnd);
  const sign = word === 'R' && isTight ? 'R' : currencyWord(word);
  if (sign !== null && sign !== '$') return { sign, start };
  const isName =
    isTight && (word !== '' ? last !== '.' : last === '#' || last === '_' || /\d[.,]/.test(text.slice(at - 2, at)));
  return isName ? 'name' : null;
}

/** "C$", "US$", "CAD $", "JP¥": the letters before a sign say whose it is. */
function signWithLetters(text: string, at: number, mark: string): { sign: string; start: number } {
  const sign = SIGNS[mark] ?? mark;
  if (sign !== '$' && sign !== '¥') return { sign, start: at };
  const isTight = !BLANK.test(text[at - 1] ?? '');
  const end = isTight ? at : at - 1;
  const start = wordStart(text, end);
  const letters = text.slice(start, end);
  const isOwner = isTight || (letters.length > 1 && letters === letters.toUpperCase());
  if (sign === '¥')
    return letters === 'JP' || letters === 'CN'
      ? { sign: letters === 'JP' ? 'JPY' : 'CNY', start }
      : { sign, start: at };
  const owner = isOwner ? DOLLARS[letters.toUpperCase()] : undefined;
  return owner === undefined ? { sign, start: at } : { sign: owner, start };
}

function signBehind(text: string, at: number): { sign: string; end: number } | null {
  let start = at;
  if (BLANK.test(text[start] ?? '')) start++;
  if (text[start] === '(') start++;
  const mark = text[start] ?? '';
  if (Object.hasOwn(SIGNS, mark))
    return beforeDigit(text, start + 1) ? null : behindSign(text, start + 1, SIGNS[mark] ?? mark);
  if (!LETTER.test(mark)) return null;
  const end = wordEnd(text, start);
  const word = text.slice(start, end);
  const owner = DOLLAR_OWNERS[word.toLowerCase()];
  if (owner !== undefined && /^\s?dollars?\b/i.test(text.slice(end, end + 9))) return { sign: owner, end: end + 8 };
  const sign = currencyWord(word);
  if (sign === null || beforeDigit(text, end)) return null;
  return { sign, end: text[end] === '.' && word.length < 3 ? end + 1 : end };
}

/** "120 000 $ CAD", "95.000 $ US" */
function behindSign(text: string, at: number, sign: string): { sign: string; end: number } {
  const start = BLANK.test(text[at] ?? '') ? at + 1 : at;
  const end = wordEnd(text, start);
  const owner = sign === '$' ? DOLLARS[text.slice(start, end)] : undefined;
  return owner === undefined || end - start < 2 ? { sign, end: at } : { sign: owner, end };
}

/** The sign then belongs to the next figure. */
function beforeDigit(text: string, at: number): boolean {
  return /^[\s\u00a0\u202f]?\d/.test(text.slice(at, at + 2));
}

function currencyWord(word: string): string | null {
  if (word === '' || word.length > 8) return null;
  if (CODES.has(word)) return word;
  const lower = word.toLowerCase();
  const exact = EXACT_WORDS[lower];
  if (exact !== undefined && !exact.test(word)) return null;
  return Object.hasOwn(CURRENCY_WORDS, lower) ? (CURRENCY_WORDS[lower] ?? null) : null;
}

/** One sign of two: a code makes an ambiguous sign exact; two different currencies are none (undefined). */
export function agreed(a: string | null, b: string | null): string | null | undefined {
  if (a === null || b === null || a === b) return a ?? b;
  if (isAmbiguous(a) && couldBe(a, b)) return b;
  if (isAmbiguous(b) && couldBe(b, a)) return a;
  return undefined;
}

export function isAmbiguous(sign: string): boolean {
  return sign.length < 3;
}

function couldBe(sign: string, code: string): boolean {
  if (sign === '$') return code.endsWith('D') || ['MXN', 'ARS', 'CLP', 'COP', 'UYU', 'BRL'].includes(code);
  if (sign === '¥') return code === 'JPY' || code === 'CNY';
  if (sign === 'kr') return ['SEK', 'NOK', 'DKK', 'ISK'].includes(code);
  if (sign === 'Rs') return ['INR', 'PKR', 'LKR'].includes(code);
  return code === 'ZAR';
}

function wordStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < 9 && LETTER.test(text[start - 1] ?? '')) start--;
  return start;
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && end - start < 11 && LETTER.test(text[end] ?? '')) end++;
  return end;
}

function matches(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}
