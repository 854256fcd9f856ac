/** From the terms of an advert to points, reasons and a decision. */
import type { Score, ScorePart } from '../../posting.ts';
import type { Collected, Found } from './collect.ts';
import { type CompiledRules, type CompiledTerm, PLACES, type Place } from './compile.ts';
import { type FoundTerm, factsOf } from './facts.ts';
import { focusOf } from './focus.ts';
import type { Folded } from './phrases.ts';
import type { Sections } from './sections.ts';

export interface Case {
  readonly title: Folded;
  readonly body: Folded;
  readonly company: string | null;
  readonly found: Readonly<Record<Place, Collected>>;
  readonly sections: Sections;
}

/** Takes any advert far below every threshold. */
const VETO_POINTS = -1000;

interface Sum {
  readonly parts: ScorePart[];
  /** Terms that counted, those of the title first. */
  readonly counted: FoundTerm[];
  readonly groups: Readonly<Record<Place, Set<string>>>;
  readonly points: Record<Place, number>;
}

export function judge(rules: CompiledRules, advert: Case): Score {
  const sum = addTerms(rules, advert.found);
  if (isHopeless(rules, sum))
    return { points: pointsOfAll(sum.parts), relevant: false, parts: sum.parts, terms: termsOf(sum) };
  const rest = [...negatives(rules, advert, sum), ...vetoes(rules, advert)];
  const taken = pointsOfAll(rest);
  const decision = decide(rules, advert, sum, taken);
  const parts = [...sum.parts, ...rest, ...decision.parts];
  const judged = { points: pointsOfAll(parts), relevant: decision.relevant, parts, terms: termsOf(sum) };
  if (!decision.relevant) return judged;
  return { ...judged, facts: factsOf(rules, sum.counted, advert.title, advert.body) };
}

const termsOf = ({ counted }: Sum) => [...new Set(counted.map(({ term }) => term.id))];

/** Most adverts name one word of the trade and nothing else: what would be taken off them need not be looked for. */
function isHopeless({ scoring }: CompiledRules, { points }: Sum): boolean {
  return points.title < scoring.title.pointsMin && points.body < scoring.body.focusFrom;
}

function addTerms(rules: CompiledRules, found: Case['found']): Sum {
  const sum: Sum = {
    parts: [],
    counted: [],
    groups: { title: new Set(), body: new Set() },
    points: { title: 0, body: 0 },
  };
  const trusted = ambiguousIsTrusted(rules, found);
  for (const place of PLACES) {
    const left = new Map<string, number>();
    for (const { term, phrase } of byWeight(found[place])) {
      const full = pointsOf(rules, place, term, trusted);
      if (full === 0) continue;
      sum.counted.push({ term, phrase, place });
      sum.groups[place].add(term.group);
      const room = left.get(term.group) ?? rules.scoring[place].groupMax;
      const points = Math.min(full, room);
      left.set(term.group, room - points);
      if (points === 0) continue;
      sum.points[place] += points;
      sum.parts.push({ term: term.id, label: term.label, phrase, place, points });
    }
  }
  return sum;
}

/** See `scoring.ambiguous` in the taxonomy. */
function ambiguousIsTrusted(rules: CompiledRules, found: Case['found']): boolean {
  const words = new Set<string>();
  for (const place of PLACES) {
    for (const { term, phrase } of found[place].terms.values()) {
      if (!term.ambiguous && term.weight >= rules.scoring.strongWeight) return true;
      if (term.ambiguous) words.add(phrase.toLowerCase());
    }
  }
  return words.size >= 2;
}

function pointsOf(rules: CompiledRules, place: Place, term: CompiledTerm, trusted: boolean): number {
  const full = term.weight * (place === 'title' ? rules.scoring.title.multiplier : 1);
  if (!term.ambiguous || trusted) return full;
  return place === 'title' ? Math.floor(full / 2) : 0;
}

const byWeight = ({ terms }: Collected): Found[] => [...terms.values()].sort((a, b) => b.term.weight - a.term.weight);

function negatives(rules: CompiledRules, { title, body }: Case, { groups }: Sum): ScorePart[] {
  return rules.negatives.flatMap((rule) => {
    if (rule.unlessGroups?.some((group) => groups.title.has(group) || groups.body.has(group))) return [];
    const part = rule.in === 'body' ? undefined : partOf(rule, title, rule.points);
    return part ?? (rule.in === 'title' ? undefined : partOf(rule, body, rule.points)) ?? [];
  });
}

function vetoes(rules: CompiledRules, { title }: Case): ScorePart[] {
  return rules.vetoes.flatMap((veto) => partOf(veto, title, VETO_POINTS) ?? []);
}

function partOf(
  rule: { readonly id: string; readonly label: string; readonly pattern: RegExp },
  { text, plain }: Folded,
  points: number,
): ScorePart | undefined {
  const match = rule.pattern.exec(plain);
  if (match === null) return undefined;
  return rulePart(rule, text.slice(match.index, match.index + match[0].length), points);
}

function rulePart({ id, label }: { id: string; label: string }, phrase: string, points: number): ScorePart {
  return { term: id, label, phrase, place: 'rule', points };
}

/**
 * A title decides. Without one the text must say a lot, and more the longer it is: long adverts mention everything once. Of two
 * texts that say the same, the one that says little else is the IAM job.
 */
function decide(
  rules: CompiledRules,
  advert: Case,
  sum: Sum,
  taken: number,
): { relevant: boolean; parts: ScorePart[] } {
  const { title, body } = rules.scoring;
  const { points, groups } = sum;
  if (points.title >= title.pointsMin) {
    return { relevant: points.title + points.body + taken >= title.totalMin, parts: [] };
  }
  const focus = focusOf(
    advert.body.plain,
    advert.sections,
    advert.found.body.hits.map(({ at }) => at),
    rules.context,
  );
  const share = focus.pieces === 0 ? 0 : focus.named / focus.pieces;
  const heaviest = Math.max(0, ...sum.counted.map(({ term, place }) => (place === 'body' ? term.weight : 0)));
  const level = body.focus.find(
    (one) => share >= one.shareMin && focus.named >= one.namedMin && heaviest >= (one.weightMin ?? 0),
  );
  const parts =
    level === undefined || level.points === 0
      ? []
      : [rulePart({ id: 'focus', label: level.label }, `${focus.named} of ${focus.pieces} statements`, level.points)];
  // Every advert of a maker of these products names them; there the work itself must be about them.
  if ((level?.points ?? 0) <= 0 && rules.isVendor(advert.company)) return { relevant: false, parts };
  const characters = advert.sections.workCharacters;
  const more = Math.min(body.moreMax, Math.floor(characters / body.charactersPerMore));
  const groupsMin = characters > body.longCharacters ? body.groupsMinLong : body.groupsMin;
  const enough = points.body + taken + (level?.points ?? 0) >= body.pointsMin + more;
  return { relevant: enough && groups.body.size + (level?.groups ?? 0) >= groupsMin, parts };
}

const pointsOfAll = (parts: readonly ScorePart[]) => parts.reduce((sum, part) => sum + part.points, 0);
