/** Joins figures to ranges and says of each mention which currency, period and bound stand with it, and whether it is pay. */
import type { PayPeriod } from '../../posting.ts';
import { agreed, type Figure, figuresOf } from './figures.ts';
import { periodBefore, periodBehind } from './periods.ts';
import { boundOf, type Kind, kindBefore, kindBehind } from './words.ts';

/** One sum or range in a text, as it is written. */
export interface Mention {
  readonly start: number;
  /** Behind the period, if one is told there. */
  readonly end: number;
  readonly min: number | null;
  readonly max: number | null;
  /** ISO 4217, an ambiguous sign, or null. */
  readonly sign: string | null;
  readonly period: PayPeriod | null;
  /** True when the period stands behind the figure and not somewhere before it. */
  readonly periodIsBehind: boolean;
  readonly isRange: boolean;
  /** True when it was written in millions or more. */
  readonly isBig: boolean;
  readonly kindBefore: Kind;
  readonly kindBehind: Kind;
  /** The words of the same sentence (and of a heading above it) before the figure. */
  readonly before: string;
}

/** Looked at before and behind a figure. */
const BEFORE_MAX = 160;
const BEHIND_MAX = 60;
const BOUND_MAX = 30;
const JOIN =
  /^\s*(?:\(?min(?:imum)?\.?\)?)?\s*(?:-{1,3}|[–—−‐‑‒~～]|\.{2,3}|…|to|bis(?: zu)?|until|up to|through|thru|till|à|al?|au|tot|t\/m|hasta|do|til|till|através)\s*(?:max(?:imum)?\.?)?\s*$/iu;
const JOIN_BETWEEN = /^\s*(?:and|und|et|y|e|en|och|og|a|i)\s*$/iu;
const BETWEEN =
  /(?:between|zwischen|entre|tussen|tra|mellan|mellem|mellom|pomiędzy|między)\s*(?:the|de|den|les|los|i|about|ca\.?)?\s*$/iu;
const SLASH = /^\s*\/\s*$/;
const PAIR = /^\s*\|\s*$|^\s+$/;
const TIME_NOUN = /^\s?(?:years?|yrs?|days|hours|hrs|months|weeks|people|employees|jahre|ans|años|jaar)(?!\p{L})/iu;
const SENTENCE_END = /[.!?]\s|\n\n/g;

/** How a text writes money: in sentences, as a field of its own, or as a field of two figures beside each other ("62 | 75"). */
export type Style = 'text' | 'field' | 'pair';

/** In a text, only figures with a sign, and big ranges, can be pay. */
const BARE_MIN = 10_000;
/** Between the ends of a range there is a dash or a word or two. */
const JOIN_MAX = 30;

export function mentionsOf(text: string, style: Style): Mention[] {
  const figures = figuresOf(text);
  const mentions: Mention[] = [];
  let previousEnd = 0;
  for (let n = 0; n < figures.length; n++) {
    const first = figures[n] as Figure;
    const second = figures[n + 1];
    if (style === 'text' && isNothing(first, second)) continue;
    const firstPeriod = periodOf(text, first);
    const isJoined =
      second !== undefined && isRange(text, first, firstPeriod?.end ?? first.end, second, style === 'pair');
    const last = isJoined ? second : first;
    const period = (isJoined ? periodOf(text, second) : null) ?? firstPeriod;
    if (isJoined) n++;
    const end = Math.max(last.end, period?.end ?? 0);
    const next = figures[n + 1]?.start ?? text.length;
    mentions.push(
      describe(text, {
        first,
        second: isJoined ? second : null,
        period: period?.period ?? null,
        end,
        previousEnd,
        next,
      }),
    );
    // a bare number ("Band 6, £38,000") does not end the words that belong to the next one
    if (last.sign !== null || period !== null || isJoined) previousEnd = end;
  }
  return mentions;
}

function isNothing(figure: Figure, next: Figure | undefined): boolean {
  if (figure.sign !== null) return false;
  const isFar = next === undefined || next.start - figure.end > JOIN_MAX;
  return isFar || (next.sign === null && amountOf(next) < BARE_MIN);
}

function periodOf(text: string, figure: Figure): { period: PayPeriod; end: number } | null {
  return figure.perAnnum ? { period: 'year', end: figure.end } : periodBehind(text, figure.end, figure.sign);
}

interface Found {
  readonly first: Figure;
  readonly second: Figure | null;
  readonly period: PayPeriod | null;
  readonly end: number;
  readonly previousEnd: number;
  readonly next: number;
}

function describe(text: string, { first, second, period, end, previousEnd, next }: Found): Mention {
  const before = wordsBefore(text, first.start, previousEnd);
  const figureEnd = second?.end ?? first.end;
  const behind = text.slice(figureEnd, Math.min(figureEnd + BEHIND_MAX, next));
  const [low, high] = second === null ? [amountOf(first), null] : valuesOf(first, second);
  const near = text.slice(Math.max(previousEnd, first.start - BOUND_MAX), first.start);
  const bound = second === null ? boundOf(near, text.slice(end, end + BOUND_MAX)) : null;
  return {
    start: first.start,
    end,
    min: bound === 'max' ? null : low,
    max: bound === 'min' ? null : (high ?? low),
    sign: second === null ? first.sign : (agreed(first.sign, second.sign) ?? null),
    period: period ?? periodBefore(before),
    periodIsBehind: period !== null,
    isRange: second !== null,
    isBig: first.scale === 1e6 || first.scale === 1e9 || second?.scale === 1e6 || second?.scale === 1e9,
    kindBefore: kindBefore(before),
    kindBehind: kindBehind(behind),
    before,
  };
}

/** Back to the figure before, the sentence's start or the heading above, whatever comes first. */
function wordsBefore(text: string, start: number, previousEnd: number): string {
  const words = text.slice(Math.max(previousEnd, start - BEFORE_MAX, 0), start);
  let from = 0;
  for (const match of words.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    // a figure that opens its paragraph belongs to the heading above it
    if (match[0] !== '\n\n' || words.slice(end).trim() !== '') from = end;
  }
  return words.slice(from);
}

function isRange(text: string, a: Figure, aEnd: number, b: Figure, isPair: boolean): boolean {
  if (agreed(a.sign, b.sign) === undefined || b.start < aEnd) return false;
  const between = text.slice(aEnd, b.start);
  if (between.length > JOIN_MAX) return false;
  if (isPair && PAIR.test(between)) return true;
  const isTold =
    JOIN.test(between) ||
    (JOIN_BETWEEN.test(between) && BETWEEN.test(text.slice(Math.max(0, a.start - 20), a.start))) ||
    (SLASH.test(between) && isShorthand(a, b));
  if (!isTold) return false;
  const isShared = a.sign === null ? !b.signBefore : b.sign !== null || a.signBefore;
  const [low, high] = valuesOf(a, b);
  if (isPair && (low === 0 || high === 0)) return isShared;
  return isShared && (b.sign !== null || !TIME_NOUN.test(text.slice(b.end, b.end + 12))) && high * 100 > low;
}

/** "45/50 k€": the same multiplier for both, and near to each other. */
function isShorthand(a: Figure, b: Figure): boolean {
  return a.scale === 1 && b.scale > 1 && a.number < b.number && a.number * 2 > b.number;
}

function amountOf({ number, scale }: Figure): number {
  return round(number * scale);
}

/** "$135 - 165k", "25-30 LPA", "$100k - 120": one `k` speaks for both ends where the other end alone would be absurd. */
function valuesOf(a: Figure, b: Figure): [number, number] {
  const [low, high] = [amountOf(a), amountOf(b)];
  if (a.scale === 1 && b.scale > 1 && a.number < 1000 && a.number * b.scale <= high)
    return [round(a.number * b.scale), high];
  if (b.scale === 1 && a.scale > 1 && b.number < 1000 && b.number * a.scale >= low)
    return [low, round(b.number * a.scale)];
  return [low, high];
}

/** 31.2 * 1000 is 31,200 and not 31,199.999... */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
