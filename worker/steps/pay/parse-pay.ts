/**
 * What a posting pays: from the source's fields, else from the title, else from the text. It prefers to know nothing: a wrong
 * figure hides a job from everybody who filters by pay.
 */

import { yearlyInOwn } from '../../../shared/pay/yearly.ts';
import type { Pay, PayFlag, StatedPay } from '../../posting.ts';
import { tidyLine } from '../normalise/text.ts';
import { honestPay } from './bounds.ts';
import { type Choice, choose, type Offer, offerOf, type Told } from './choose.ts';
import { CODES } from './currencies.ts';
import { isPlainField, readTokens } from './field.ts';
import { type Mention, mentionsOf } from './mentions.ts';
import { currencyOf, type PayContext } from './sign.ts';

export interface PayInput extends PayContext {
  /** What the source's fields say; `raw` may be free text with null figures. */
  readonly stated: StatedPay | null;
  readonly title: string;
  /** The description as plain text with line breaks. */
  readonly text: string;
}

/** What is looked at of a text; pay stands in the advert's own words, and those are shorter. */
const TEXT_MAX = 60_000;
const FIELD_MAX = 500;
/** Without a digit there is no figure; nearly all texts without pay are told by this and by what stands beside the digits. */
const DIGIT = /\d/;

/** @returns null when nothing at all is said about pay */
export function parsePay(input: PayInput): Pay | null {
  const field = input.stated === null ? null : ofField(input.stated, input);
  if (field !== null && hasFigures(field) && !field.estimated) return field;
  const told = ofWords(input.title.slice(0, FIELD_MAX), 'title', input) ?? ofWords(input.text, 'text', input);
  return told !== null && (hasFigures(told) || field === null) ? told : field;
}

function hasFigures({ min, max }: Pick<Pay, 'min' | 'max'>): boolean {
  return min !== null || max !== null;
}

/** Numbers of the source as they are; free text of the source by the same reading as an advert's own words. */
function ofField(stated: StatedPay, context: PayInput): Pay {
  const tokens = readTokens(stated.raw.slice(0, FIELD_MAX));
  const told = { sign: stated.currency ?? tokens.sign, period: stated.period ?? tokens.period };
  const estimated = stated.estimated || tokens.isEstimated;
  const raw = tidyLine(stated.raw);
  if (stated.min === null && stated.max === null) {
    return { ...ofFreeField(tokens.text, told, context), raw, estimated };
  }
  const inWords = mentionsOf(tokens.text, 'pair').find(
    ({ min, max }) => min === stated.min && (max ?? min) === (stated.max ?? stated.min),
  );
  const currency = currencyOf(told.sign ?? inWords?.sign ?? null, context);
  const { bounds, period } = honestPay(stated.min, stated.max, currency, told.period ?? inWords?.period ?? null);
  return made(raw, 'field', { ...bounds, currency, period, flags: flagsOf(stated, bounds) }, estimated);
}

function flagsOf(stated: StatedPay, bounds: { min: number | null; max: number | null }): PayFlag[] {
  if ((stated.min ?? 0) <= 0 || (stated.max ?? 0) <= 0) return [];
  if (bounds.min === null || bounds.max === null) return ['bound_dropped'];
  return (stated.min ?? 0) > (stated.max ?? 0) ? ['swapped'] : [];
}

function ofFreeField(text: string, told: Pick<Told, 'sign' | 'period'>, context: PayContext): Pay {
  const isPlain = isPlainField(text);
  const mentions = mentionsOf(text, isPlain ? 'pair' : 'field');
  const all = { ...told, signs: new Set(mentions.map(({ sign }) => sign)) };
  const isBareToo = isPlain && all.signs.size === 1;
  const offers = mentions
    .filter((mention) => isFieldPay(mention, text, isBareToo))
    .flatMap((mention) => offerOf(mention, text, context, all) ?? []);
  const choice = choose(
    offers.filter((offer) => isSure(offer, isBareToo)),
    context,
  );
  return made(text, 'field', choice ?? nothing(choice, mentions), false);
}

/** @param isPlain the field holds figures and codes alone, and none of them has a sign that others lack */
function isFieldPay(mention: Mention, text: string, isPlain: boolean): boolean {
  if (isOther(mention)) return false;
  if (mention.sign !== null || isPlain || mention.periodIsBehind) return true;
  // "2,000 - 3,000 identities" counts something else
  if ((mention.min ?? mention.max ?? 0) < 1000 || COUNTED.test(text.slice(mention.end, mention.end + 12))) return false;
  return mention.isRange || kindOf(mention) === 'pay';
}

/** A noun directly behind a figure without a sign. */
const COUNTED = /^\s?(?!doe\b|plus\b|depend|neg|and\b|with\b|or\b|gross|brut)\p{L}/iu;

/**
 * A range in a pay field is pay although its period is not told. One sum is so only where a period stands beside it, where
 * nothing else is in the field, or where it is as big as a year's pay: "50 € Sachbezug" is no hour's wage.
 */
function isSure({ period, mention }: Offer, isPlain: boolean): boolean {
  if (mention.isRange || mention.period !== null) return true;
  return (
    period === 'year' ||
    period === 'day' ||
    (period !== null && isPlain) ||
    (period === 'hour' && kindOf(mention) === 'pay')
  );
}

/** The words beside a figure say what it is, those behind it first: "Salary: $150k OTE" is OTE. */
function kindOf(mention: Mention): Mention['kindBefore'] {
  return mention.kindBehind ?? mention.kindBefore;
}

function isOther(mention: Mention): boolean {
  return kindOf(mention) === 'other';
}

/** @returns null when the words tell no pay */
function ofWords(words: string, from: 'title' | 'text', context: PayContext): Pay | null {
  const text = words.length > TEXT_MAX ? words.slice(0, TEXT_MAX) : words;
  if (!DIGIT.test(text)) return null;
  const mentions = mentionsOf(text, from === 'text' ? 'text' : 'field');
  const told = { period: null, signs: new Set(mentions.map(({ sign }) => sign)) };
  const offers: Offer[] = [];
  for (const mention of mentions) {
    if (!isToldPay(mention, text, from, offers.at(-1))) continue;
    const offer = offerOf(mention, text, context, { ...told, sign: signInBrackets(mention) });
    if (offer !== null && offer.period !== null) offers.push(offer);
  }
  const choice = choose(offers, context);
  if (choice === undefined) return null;
  const figures = choice ?? nothing(choice, mentions);
  return made(phraseOf(text, choice?.from ?? offers[0]?.mention, choice?.to), from, figures, false);
}

/** "Salary range (USD): 120,000 - 150,000" */
function signInBrackets({ before }: Mention): string | null {
  const [, code] = /\(\s?([A-Z]{3})\s?\)[^(]{0,12}$/.exec(before) ?? [];
  return code !== undefined && CODES.has(code) ? code : null;
}

/** Only directly behind such words are figures without any currency pay. */
const BARE_CUE = /(?:salary|pay|compensation|gehalt|salaire)\p{L}*(?: range| band)?\s*(?:\([A-Z]{3}\))?:?\s*$/iu;

function isToldPay(mention: Mention, text: string, from: 'title' | 'text', previous: Offer | undefined): boolean {
  if (isOther(mention)) return false;
  const isCued = kindOf(mention) === 'pay';
  if (mention.sign === null)
    return isCued && mention.isRange && (mention.min ?? 0) >= 10_000 && BARE_CUE.test(mention.before);
  if (isCued || from === 'title') return true;
  if (previous !== undefined && follows(mention, previous.mention)) return true;
  return mention.periodIsBehind
    ? mention.isRange || wordsBeside(text, mention) <= 5
    : mention.isRange && wordsBeside(text, mention) <= 1;
}

/**
 * "Zone A: $150,000 - $180,000, Zone B: ...": a range soon after a range of pay is pay too; so is a maximum behind a minimum, and
 * "$78/hr" beside "$70/hr".
 */
function follows(mention: Mention, previous: Mention): boolean {
  const gap = mention.start - previous.end;
  if (previous.sign !== mention.sign || gap > 120) return false;
  if (previous.isRange || mention.isRange) return previous.isRange && mention.isRange;
  if (previous.max === null && mention.min === null) return true;
  return gap < 30 && previous.periodIsBehind && mention.periodIsBehind && previous.period === mention.period;
}

/** Other words in the same line or between the same bars: "London | £600 a day | 6 months" has none. */
function wordsBeside(text: string, { start, end }: Mention): number {
  const before =
    text
      .slice(Math.max(0, start - 60), start)
      .split(/[\n|•·]/)
      .at(-1) ?? '';
  const behind = text.slice(end, end + 60).split(/[\n|•·]/)[0] ?? '';
  return `${before} ${behind}`.split(/\s+/).filter(Boolean).length;
}

type Figures = Pick<Choice, 'min' | 'max' | 'currency' | 'period' | 'flags'>;

function nothing(choice: null | undefined, mentions: readonly Mention[]): Figures {
  const flags: PayFlag[] = choice === null ? ['several_currencies'] : mentions.some(isOther) ? ['total_only'] : [];
  return { min: null, max: null, currency: null, period: null, flags };
}

function made(raw: string, from: Pay['from'], figures: Figures, estimated: boolean): Pay {
  const { min, max, flags } = figures;
  const isKnown = min !== null || max !== null;
  const currency = isKnown ? figures.currency : null;
  const period = isKnown ? figures.period : null;
  return {
    raw,
    min,
    max,
    currency,
    period,
    estimated,
    yearly: yearlyInOwn({ min, max, currency, period }),
    from,
    flags,
  };
}

const PHRASE_BEFORE = 60;
const PHRASE_MAX = 200;

/** The words of the advert from a little before the figures to their end, in one line. */
function phraseOf(text: string, first: Mention | undefined, last: Mention | undefined): string {
  if (first === undefined) return '';
  const lead = first.before.slice(-PHRASE_BEFORE);
  const words = lead.length < first.before.length ? lead.replace(/^\S*\s/, '') : lead;
  const end = last === undefined || last.end - first.start > PHRASE_MAX ? first.end : last.end;
  return `${words}${text.slice(first.start, end)}`.replace(/\s+/g, ' ').trim();
}
