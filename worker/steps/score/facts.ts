/** What kind of IAM work an advert is, with the words that say so. What it does not say stays unknown. */
import type { AdvertFacts, Fact } from '../../posting.ts';
import type { CompiledLevel, CompiledRules, CompiledTerm, Place } from './compile.ts';
import type { Folded } from './phrases.ts';

export interface FoundTerm {
  readonly term: CompiledTerm;
  readonly phrase: string;
  readonly place: Place;
}

/** A discipline that only the text names needs this much of it, and this share of the strongest one. */
const BODY_WEIGHT_MIN = 6;
const SHARE_MIN = 0.4;

/** @param found terms that counted, titles first */
export function factsOf(rules: CompiledRules, found: readonly FoundTerm[], title: Folded, body: Folded): AdvertFacts {
  return {
    disciplines: disciplinesOf(rules, found),
    vendors: labelsOf(found, 'vendor'),
    protocols: labelsOf(found, 'protocol'),
    seniority: levelOf(rules.levels, title),
    clearance: clearanceOf(rules, title) ?? clearanceOf(rules, body),
  };
}

function disciplinesOf(rules: CompiledRules, found: readonly FoundTerm[]): Fact[] {
  const weights = new Map<string, { weight: number; inTitle: boolean; phrase: string }>();
  for (const { term, phrase, place } of found) {
    const factor = place === 'title' ? rules.scoring.title.multiplier : 1;
    for (const name of term.discipline) {
      const before = weights.get(name);
      weights.set(name, {
        weight: (before?.weight ?? 0) + term.weight * factor,
        inTitle: before?.inTitle === true || place === 'title',
        phrase: before?.phrase ?? phrase,
      });
    }
  }
  const strongest = Math.max(0, ...[...weights.values()].map(({ weight }) => weight));
  return [...weights]
    .filter(([, { weight, inTitle }]) => inTitle || (weight >= BODY_WEIGHT_MIN && weight >= strongest * SHARE_MIN))
    .toSorted(([, a], [, b]) => b.weight - a.weight)
    .map(([name, { phrase }]) => ({ name, phrase }));
}

function labelsOf(found: readonly FoundTerm[], group: string): Fact[] {
  const byLabel = new Map<string, Fact>();
  for (const { term, phrase } of found) {
    if (term.group === group && !byLabel.has(term.label)) byLabel.set(term.label, { name: term.label, phrase });
  }
  return [...byLabel.values()];
}

/** Consultancies join words by underscores, which count as letters to the engine. */
function levelOf(levels: readonly CompiledLevel[], { text, plain }: Folded): Fact | null {
  const words = plain.replaceAll('_', ' ');
  for (const { level, pattern } of levels) {
    const match = pattern.exec(words);
    if (match !== null) return { name: level, phrase: phraseOf(match, text) };
  }
  return null;
}

const phraseOf = (match: RegExpExecArray, text: string) =>
  text.slice(match.index, match.index + match[0].length).trim();

const BEFORE = 60;

function clearanceOf(rules: CompiledRules, { text, plain }: Folded): Fact | null {
  const { clearances, clearanceHint, clearanceDenied } = rules;
  if (!clearanceHint.test(plain)) return null;
  for (const { level, pattern } of clearances) {
    const match = pattern.exec(plain);
    if (match === null || clearanceDenied.test(plain.slice(Math.max(0, match.index - BEFORE), match.index))) continue;
    return { name: level, phrase: phraseOf(match, text) };
  }
  return null;
}
