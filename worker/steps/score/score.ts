/**
 * How much an advert is about identity and access management, and why. The rules are data (`taxonomy.json`); the score is
 * exactly the sum of its parts.
 */
import type { Score } from '../../posting.ts';
import { collect } from './collect.ts';
import { type CompiledRules, compileRules } from './compile.ts';
import { judge } from './judge.ts';
import { fold } from './phrases.ts';
import { readSections, type Sections } from './sections.ts';
import { TAXONOMY } from './taxonomy.ts';

export interface Advert {
  readonly title: string;
  /** Plain text of the description. */
  readonly text: string;
  readonly company: string | null;
}

/** Text after this is not read: no advert is this long, and a scrape gone wrong may be. */
const TEXT_MAX = 100_000;

let compiled: CompiledRules | undefined;

export function score(advert: Advert): Score {
  compiled ??= compileRules(TAXONOMY);
  const rules = compiled;
  const { company } = advert;
  const title = fold(advert.title);
  const body = fold(advert.text.slice(0, TEXT_MAX));
  let read: Sections | undefined;
  const sections = () => {
    read ??= readSections(body.plain, rules.sections);
    return read;
  };
  const found = {
    title: collect(rules, { place: 'title', here: title, other: body, company, sections }),
    body: collect(rules, { place: 'body', here: body, other: title, company, sections }),
  };
  if (found.title.terms.size === 0 && found.body.terms.size === 0) return NOTHING;
  return judge(rules, { title, body, company, found, sections: sections() });
}

const NOTHING: Score = { points: 0, relevant: false, parts: [], terms: [] };
