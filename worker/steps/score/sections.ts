/**
 * Which parts of an advert speak of the work. What the employer sells, what it offers and whom it welcomes names identity,
 * access and sign-on too; and what is nice to have is not the work either.
 */
import { plain } from './plain.ts';

export type SectionKind = 'work' | 'wish' | 'employer';

export interface SectionRules {
  /** Headings under which the employer speaks of itself: about us, benefits, equal opportunity. */
  readonly employerHeading: RegExp;
  /** Headings under which wishes are listed. */
  readonly wishHeading: RegExp;
  /** Sentences about the employer, wherever they stand. */
  readonly employer: RegExp;
  /** Sentences that only mention what they name, or deny that it is needed. */
  readonly mention: RegExp;
}

export interface Sections {
  /** Characters of the parts that speak of the work. */
  readonly workCharacters: number;
  kindAt(at: number): SectionKind;
}

/** A longer line is a sentence and no heading. */
const HEADING_MAX = 60;
const HEADING_WORDS_MAX = 7;
/** Lines that are looked at; a text with more is no advert, and its rest counts as its last part. */
const LINES_MAX = 5000;
const BULLET = /^\s*(?:[*•·‣▪◦–-]|\d+[.)])\s/;

/** One pass over the lines. A heading that is not known begins a part that counts. */
export function readSections(text: string, rules: SectionRules): Sections {
  const starts: number[] = [0];
  const kinds: SectionKind[] = ['work'];
  let characters = 0;
  let kind: SectionKind = 'work';
  let at = 0;
  for (let lines = 0; at < text.length && lines < LINES_MAX; lines++) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (end - at > 1 && end - at <= HEADING_MAX) {
      const next = headingKind(text.slice(at, end), rules);
      if (next !== undefined && next !== kind) {
        kind = next;
        starts.push(at);
        kinds.push(kind);
      }
    }
    if (kind === 'work') characters += end - at;
    at = end + 1;
  }
  if (at < text.length && kind === 'work') characters += text.length - at;
  return { workCharacters: characters, kindAt: (place) => kindAt(starts, kinds, place) };
}

function headingKind(line: string, rules: SectionRules): SectionKind | undefined {
  const words = line.trim();
  if (words === '' || BULLET.test(line) || /[.;,!]$/.test(words) || words.split(' ').length > HEADING_WORDS_MAX)
    return undefined;
  if (rules.employerHeading.test(words)) return 'employer';
  if (rules.wishHeading.test(words)) return 'wish';
  return 'work';
}

function kindAt(starts: readonly number[], kinds: readonly SectionKind[], place: number): SectionKind {
  let last = starts.length - 1;
  while (last > 0 && (starts[last] ?? 0) > place) last--;
  return kinds[last] ?? 'work';
}

/** Characters before and after a phrase in which its sentence is looked for. */
const SENTENCE_MAX = 300;

/** Where the sentence or list item around a phrase begins and ends. */
export function sentenceAround(text: string, start: number, end: number): { from: number; to: number } {
  let from = start;
  while (from > 0 && start - from < SENTENCE_MAX && !endsSentence(text, from - 1)) from--;
  let to = end;
  while (to < text.length && to - end < SENTENCE_MAX && !endsSentence(text, to)) to++;
  return { from, to: to + 1 };
}

function endsSentence(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 10 || code === 59) return true;
  return (code === 46 || code === 33 || code === 63) && !/\w/.test(text[at + 1] ?? ' ');
}

/** "Example Bank is looking for an engineer who ..." speaks of the work. */
const HIRING =
  /\b(?:seek\w*|looking|look for|hir(?:e|es|ing)|needs?|recruit\w*|you|sucht|suchen|cherche|recherche|recrute|busca\w*|zoekt|zoeken|cerca|procura|poszukuje)\b/;

/** Whether a sentence is about the employer, its name being the subject included. */
export function isAboutEmployer(sentence: string, company: string | null, rules: SectionRules): boolean {
  if (rules.employer.test(sentence)) return true;
  if (company === null || HIRING.test(sentence) || company.length < 3) return false;
  const begin = sentence.replace(/^(?:at|bei|chez|en|bij|here at)\s+/, '').slice(0, company.length + 1);
  return begin.startsWith(plain(company.toLowerCase())) && !/\w/.test(begin[company.length] ?? ' ');
}
