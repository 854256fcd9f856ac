/**
 * The few sentences of a description that may say something of place or way of working. One search through the text finds them;
 * what it passes over is never looked at again.
 */
import { sentenceAround } from './sentences.ts';

export interface Signal {
  readonly text: string;
  readonly ofMode: boolean;
  readonly ofDays: boolean;
  readonly ofEligibility: boolean;
  readonly ofZones: boolean;
}

/**
 * Looked for in lower case. Short, and put together by their first letters: each alternative is tried at every letter of every
 * advert, and this one search is a third of what reading a place costs.
 */
const ENGLISH =
  /re(?:mot|sid)|ybrid|site\b|office|d(?:ays?[ /]|agen)|from home|-home|based in|l(?:ocated|ive in)|t(?:o work in|ime ?zone|imes |huis)|h(?:ir(?:e|ing) |ours)|anywhere|candidates|#li-|person\b|overlap/g;
/** For texts with letters beyond ASCII. */
const OTHERS =
  /homeoffice|t[ée]l[ée]travail|teletrab|tage? |jours? |d[ií]as? |vor ort|présentiel|presencial|h[íi]brid|remot|mobiles arbeiten|oficina|büro/g;
const BEYOND_ASCII = /[\u00c0-\u024f]/;
const MODE =
  /remot|ybrid|íbrid|hibrid|on[- ]?site|#li-|in[- ]person|office|from home|-home|home[- ]based|homeoffice|travail|teletrab|thuis|presen|vor ort|arbeiten/;
const DAYS = /\bdays?\b|\btag|\bjour|\bd[ií]a|\bdagen|times|\dx/;
const ELIGIBILITY =
  /(?:based|located|resid\w+|live|living)[ :](?:with)?in|residents|remote|to work (?:\w+ )*in|hir(?:e|ing)\b.* in|(?:candidates|applicants) (?:in|from|within|across|based|located|residing)|anywhere/;
const ZONES =
  /time ?zone|overlap|\b(?:utc|gmt|cet|cest|est|edt|pst|pdt|cst|mst|bst|ist|et|pt)\b|(?:eastern|pacific|central|mountain|european) (?:standard |daylight )?(?:time|hours|business)/;
/** Adverts say these things once or twice. */
const SENTENCES_MAX = 60;

/** @param text plain text with line breaks */
export function signalsOf(text: string): Signal[] {
  const small = text.toLowerCase();
  // a few capitals grow when they are written small; places in the two texts must agree
  const lower = small.length === text.length ? small : text;
  const signals: Signal[] = [];
  collect(ENGLISH, text, lower, signals);
  if (BEYOND_ASCII.test(lower)) collect(OTHERS, text, lower, signals);
  return signals;
}

function collect(anchor: RegExp, text: string, lower: string, signals: Signal[]): void {
  let end = -1;
  anchor.lastIndex = 0;
  for (let match = anchor.exec(lower); match !== null && signals.length < SENTENCES_MAX; match = anchor.exec(lower)) {
    if (match.index < end) continue;
    const { from, end: to } = sentenceAround(lower, match.index);
    end = to;
    const words = lower.slice(from, to).trim();
    const signal = {
      text: text.slice(from, to).trim(),
      ofMode: MODE.test(words),
      ofDays: DAYS.test(words),
      ofEligibility: ELIGIBILITY.test(words),
      ofZones: ZONES.test(words),
    };
    if (signal.ofMode || signal.ofDays || signal.ofEligibility || signal.ofZones) signals.push(signal);
  }
}
