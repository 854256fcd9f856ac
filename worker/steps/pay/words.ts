/** What the words around a figure say it is: pay, something else that is paid, or nothing. */
import {
  BETWEEN_TOTAL,
  OTHER_PAIRS,
  OTHER_STEM,
  OTHER_WORDS,
  PAY_STEM,
  PAY_WORDS,
  TOTALS,
  WEAK,
} from './vocabulary.ts';

/** What follows these is said not to be in the figure. */
const LEFT_OUT =
  /\b(?:excluding|excludes|exclusive of|excl\.?|not including|not include|before|without|in addition to|on top of|separate from|zzgl\.?|zuzüglich|hors|sin incluir)\b[^,;:()]{0,60}(?=[,;:)]|\bis\b|\bare\b)/giu;
/** Letters of the Latin and Cyrillic alphabets, and digits. */
const WORD = /[a-z0-9\u00c0-\u024f\u0400-\u04ff]+/g;
const BRACKETS = /\([^()]{0,80}\)/g;
/** Ends of what belongs to one figure. */
const CUT_BEHIND =
  /[.;:,+|(&\n•·]|\s[-–—]\s|(?<!\p{L})(?:plus|and|with|including|incl|inkl|inclusief|dont|davon|waarvan|di cui|hors|zzgl|of which|w tym|und|et|y|e|en|as well|dependent|depending|based on|pro-?rata)(?!\p{L})/iu;
const CUT_BEFORE = /[;+|•·&]|(?<!\p{L})(?:plus|as well as|und|along with)(?!\p{L})/giu;

export type Kind = 'pay' | 'other' | null;

/** The keyword nearest to the figure among the words before it. @param words from the figure before, or the sentence's start */
export function kindBefore(words: string): Kind {
  const plain = words.replace(BRACKETS, ' ').replace(LEFT_OUT, ' ');
  let from = 0;
  for (const cut of plain.matchAll(CUT_BEFORE)) from = cut.index + cut[0].length;
  return keywords(plain.slice(from)).at(-1) ?? null;
}

/** The keyword nearest to the figure among the words that belong to it. @param words up to the next figure */
export function kindBehind(words: string): Kind {
  const cut = CUT_BEHIND.exec(words);
  return keywords(cut === null ? words : words.slice(0, cut.index))[0] ?? null;
}

/** What each keyword of a text says, in order. */
function keywords(text: string): ('pay' | 'other')[] {
  const kinds: ('pay' | 'other')[] = [];
  const lower = text.toLowerCase();
  let previous = '';
  let isTotal = false;
  let keywordEnd = -9;
  for (const { 0: word, index } of lower.matchAll(WORD)) {
    isTotal = word === 'total' || (isTotal && (BETWEEN_TOTAL.has(word) || TOTALS.has(word)));
    const kind = kindOf(word, previous, isTotal);
    previous = word;
    if (kind === null) continue;
    const isWeak = index - keywordEnd <= 1 && WEAK.has(word);
    keywordEnd = index + word.length;
    if (!isWeak) kinds.push(kind);
  }
  return kinds;
}

function kindOf(word: string, previous: string, isTotal: boolean): Kind {
  if (OTHER_WORDS.has(word) || OTHER_PAIRS.has(`${previous} ${word}`) || (isTotal && TOTALS.has(word))) return 'other';
  if (PAY_WORDS.has(word)) return 'pay';
  if (word.length < 5) return null;
  if (OTHER_STEM.test(word)) return 'other';
  return PAY_STEM.test(word) ? 'pay' : null;
}

/** "up to", "from": which bound a single figure is. */
const AT_MOST =
  /(?:\bup ?to|\bmax(?:imum)?\.?(?: of)?|\bmaxima(?:a)?l|\bbis(?: zu)?|\bjusqu['’]\s?[àa]|\bhasta|\btot(?: maximaal)?|\bfino a|\bop ?til|\bunder|\bno more than|\bnot (?:to )?exceed(?:ing)?|\bat[ée]|\bdo|\bupp till|≤|<):?\s*(?:circa|ca\.?)?\s*$/iu;
const AT_LEAST =
  /(?:\bfrom|\bstart(?:s|ing)?(?: salary)?(?: at| from| of)?|\bmin(?:imum)?\.?(?: of)?|\bmindestens|\bab|(?:^|\s)à partir de|\bdès|\bdesde|\ba partir de|\bvanaf|\bminimaal|\bal menos|\bat least|\bno less than|\bod|\bfra|\bfrån|\bover|\babove|\bmore than|\bupwards of|\bnorth of|≥|>):?\s*$/iu;
const AT_LEAST_BEHIND =
  /^(?:\+(?![\s]*\p{L}*\d)|\s*(?:and up(?:wards)?|and above|or more|upwards|minimum|min\.?(?!\p{L})|aufwärts|et plus|o más))/iu;
const AT_MOST_BEHIND = /^\s*(?:max(?:imum)?\.?(?!\p{L})|or less|or below)/iu;

/** @param before a few words up to the figure, also across a dot ("max. 80k"); @param behind a few after it */
export function boundOf(before: string, behind: string): 'min' | 'max' | null {
  if (AT_MOST.test(before)) return 'max';
  if (AT_LEAST.test(before)) return 'min';
  if (AT_LEAST_BEHIND.test(behind)) return 'min';
  return AT_MOST_BEHIND.test(behind) ? 'max' : null;
}
