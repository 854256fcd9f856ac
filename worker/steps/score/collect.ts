/** Which terms an advert names, where, and in which words: only where they speak of the work and mean what the taxonomy means. */
import { isSpeltOutAsOther } from './acronyms.ts';
import type { CompiledRules, CompiledTerm, Place } from './compile.ts';
import type { Folded, Hit } from './phrases.ts';
import { isAboutEmployer, type Sections, sentenceAround } from './sections.ts';

export interface Found {
  readonly term: CompiledTerm;
  readonly phrase: string;
}

export interface Collected {
  /** The first phrase of each term that passes the term's conditions. */
  readonly terms: ReadonlyMap<string, Found>;
  /** Where phrases of those terms stand, the first ones and those that follow. */
  readonly hits: readonly { readonly term: CompiledTerm; readonly at: number }[];
}

export interface Text {
  readonly place: Place;
  readonly here: Folded;
  /** The advert's other text, for conditions on the whole advert. */
  readonly other: Folded;
  readonly company: string | null;
  readonly sections: () => Sections;
}

/** Characters around a phrase in which `near` and `notNear` look. */
const NEAR = 80;
/** Phrases of one text that are judged; a text with more repeats itself. */
const HITS_MAX = 500;

export function collect(rules: CompiledRules, text: Text): Collected {
  const terms = new Map<string, Found>();
  const hits: { term: CompiledTerm; at: number }[] = [];
  const asides = asidesIn(text, rules);
  let seen = 0;
  rules.phrases[text.place].find(text.here, (hit) => {
    const term = rules.terms.get(hit.term.id);
    if (term === undefined || seen++ > HITS_MAX) return;
    if (!terms.has(term.id)) {
      const phrase = text.here.text.slice(hit.start, hit.end);
      if (!counts(text, asides, term, hit, phrase)) return;
      terms.set(term.id, { term, phrase });
    }
    hits.push({ term, at: hit.start });
  });
  return { terms, hits };
}

function counts(text: Text, asides: (hit: Hit) => boolean, term: CompiledTerm, hit: Hit, phrase: string): boolean {
  const { place, here, other, company } = text;
  if (!passes(term, hit, here, other, phrase)) return false;
  if (term.group === 'vendor' && isOwnProduct(company, phrase)) return false;
  if (place === 'title') return true;
  return text.sections().kindAt(hit.start) === 'work' && !asides(hit);
}

function passes(term: CompiledTerm, hit: Hit, here: Folded, other: Folded, phrase: string): boolean {
  const { near, notNear, notBefore, notAfter, unless, means } = term;
  const before = here.plain.slice(Math.max(0, hit.start - NEAR), hit.start);
  const after = here.plain.slice(hit.end, hit.end + NEAR);
  if (near !== undefined && !near.test(before) && !near.test(after)) return false;
  if (notNear !== undefined && (notNear.test(before) || notNear.test(after))) return false;
  if (notBefore?.test(before) === true || notAfter?.test(after) === true) return false;
  if (unless !== undefined && (unless.test(here.plain) || unless.test(other.plain))) return false;
  return means === undefined || !isAcronym(phrase) || !isOther(phrase, means, here.text, other.text);
}

const isAcronym = (phrase: string) => phrase.length <= 6 && phrase === phrase.toUpperCase();

function isOther(acronym: string, means: RegExp, ...texts: readonly string[]): boolean {
  return texts.some((text) => isSpeltOutAsOther(text, acronym, means));
}

/** "Familiarity with Okta is a plus" names a product and not the work, "our platform secures identities" the employer. */
function asidesIn({ here, company }: Text, rules: CompiledRules): (hit: Hit) => boolean {
  let last = { from: 0, to: 0, isAside: false };
  return ({ start, end }) => {
    // Phrases come in the order of the text, and a sentence that names one often names two.
    if (start >= last.from && end <= last.to) return last.isAside;
    const { from, to } = sentenceAround(here.plain, start, end);
    const sentence = here.plain.slice(from, to).trim();
    const isAside = rules.sections.mention.test(sentence) || isAboutEmployer(sentence, company, rules.sections);
    last = { from, to, isAside };
    return isAside;
  };
}

/** Every advert of a vendor names its product; there the role must say what the work is. */
function isOwnProduct(company: string | null, phrase: string): boolean {
  const squeeze = (name: string) => name.toLowerCase().replaceAll(' ', '');
  return company !== null && squeeze(company).includes(squeeze(phrase));
}
