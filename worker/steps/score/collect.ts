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
  let seen = 0;
  rules.phrases.find(text.here, (hit) => {
    const term = rules.terms.get(hit.term.id);
    if (term === undefined || seen++ > HITS_MAX) return;
    if (!terms.has(term.id)) {
      const phrase = text.here.text.slice(hit.start, hit.end);
      if (!counts(rules, text, term, hit, phrase)) return;
      terms.set(term.id, { term, phrase });
    }
    hits.push({ term, at: hit.start });
  });
  return { terms, hits };
}

function counts(rules: CompiledRules, text: Text, term: CompiledTerm, hit: Hit, phrase: string): boolean {
  const { place, here, other, company } = text;
  if (term.in !== undefined && term.in !== place) return false;
  if (!passes(term, hit, here.text, other.text, phrase)) return false;
  if (term.group === 'vendor' && isOwnProduct(company, phrase)) return false;
  if (place === 'title') return true;
  return text.sections().kindAt(hit.start) === 'work' && !isAside(rules, here.text, hit, company);
}

function passes(term: CompiledTerm, hit: Hit, text: string, other: string, phrase: string): boolean {
  const { near, notNear, notBefore, notAfter, unless, means } = term;
  const before = text.slice(Math.max(0, hit.start - NEAR), hit.start);
  const after = text.slice(hit.end, hit.end + NEAR);
  if (near !== undefined && !near.test(before) && !near.test(after)) return false;
  if (notNear !== undefined && (notNear.test(before) || notNear.test(after))) return false;
  if (notBefore?.test(before) === true || notAfter?.test(after) === true) return false;
  if (unless !== undefined && (unless.test(text) || unless.test(other))) return false;
  return means === undefined || !isAcronym(phrase) || !isOther(phrase, means, text, other);
}

const isAcronym = (phrase: string) => phrase.length <= 6 && phrase === phrase.toUpperCase();

function isOther(acronym: string, means: RegExp, ...texts: readonly string[]): boolean {
  return texts.some((text) => isSpeltOutAsOther(text, acronym, means));
}

/** "Familiarity with Okta is a plus" names a product and not the work, "our platform secures identities" the employer. */
function isAside(rules: CompiledRules, text: string, hit: Hit, company: string | null): boolean {
  const sentence = sentenceAround(text, hit.start, hit.end);
  return rules.sections.mention.test(sentence) || isAboutEmployer(sentence, company, rules.sections);
}

/** Every advert of a vendor names its product; there the role must say what the work is. */
function isOwnProduct(company: string | null, phrase: string): boolean {
  const squeeze = (name: string) => name.toLowerCase().replaceAll(' ', '');
  return company !== null && squeeze(company).includes(squeeze(phrase));
}
