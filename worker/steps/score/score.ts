/**
 * How much an advert is about identity and access management, and why. The rules are data (`taxonomy.json`); the score is
 * exactly the sum of its parts.
 */
import type { Score, ScorePart } from '../../posting.ts';
import { type CompiledRules, type CompiledTerm, compileRules, PLACES, type Place } from './compile.ts';
import { type Folded, fold, type Hit } from './phrases.ts';
import { TAXONOMY } from './taxonomy.ts';

export interface Advert {
  readonly title: string;
  /** Plain text of the description. */
  readonly text: string;
  readonly company: string | null;
}

/** Characters around a phrase in which `near` and `notNear` look. */
const NEAR = 80;
/** Phrases of one text that are judged; a text with more repeats itself. */
const HITS_MAX = 500;
/** Text after this is not read: no advert is this long, and a scrape gone wrong may be. */
const TEXT_MAX = 100_000;
/** Takes any advert far below every threshold. */
const VETO_POINTS = -1000;

let compiled: CompiledRules | undefined;

export function score(advert: Advert): Score {
  compiled ??= compileRules(TAXONOMY);
  const title = fold(advert.title);
  const body = fold(advert.text.slice(0, TEXT_MAX));
  const found = {
    title: collect(compiled, 'title', title, body, advert),
    body: collect(compiled, 'body', body, title, advert),
  };
  if (found.title.size === 0 && found.body.size === 0) return { points: 0, relevant: false, parts: [], terms: [] };
  return judge(compiled, found, title, body, advert);
}

interface Found {
  readonly term: CompiledTerm;
  readonly phrase: string;
}
type FoundTerms = Map<string, Found>;

/** The first phrase of each term that passes the term's conditions. */
function collect(rules: CompiledRules, place: Place, here: Folded, other: Folded, advert: Advert): FoundTerms {
  const found: FoundTerms = new Map();
  let hits = 0;
  rules.phrases.find(here, (hit) => {
    const term = rules.terms.get(hit.term.id);
    if (term === undefined || found.has(hit.term.id) || hits++ > HITS_MAX) return;
    if (hit.term.in !== undefined && hit.term.in !== place) return;
    if (!passes(term, hit, here.text, other.text)) return;
    if (place === 'body' && isOnlyMentioned(rules.mention, here.text, hit)) return;
    const phrase = here.text.slice(hit.start, hit.end);
    if (hit.term.group === 'vendor' && isOwnProduct(advert.company, phrase)) return;
    found.set(hit.term.id, { term, phrase });
  });
  return found;
}

function passes(term: CompiledTerm, hit: Hit, text: string, other: string): boolean {
  const { near, notNear, notBefore, notAfter, unless } = term;
  const before = text.slice(Math.max(0, hit.start - NEAR), hit.start);
  const after = text.slice(hit.end, hit.end + NEAR);
  if (near !== undefined && !near.test(before) && !near.test(after)) return false;
  if (notNear !== undefined && (notNear.test(before) || notNear.test(after))) return false;
  if (notBefore?.test(before) === true || notAfter?.test(after) === true) return false;
  return unless === undefined || !(unless.test(text) || unless.test(other));
}

/** "Familiarity with Okta is a plus" names a product, not the work. */
function isOnlyMentioned(mention: RegExp, text: string, hit: Hit): boolean {
  let from = hit.start;
  while (from > 0 && hit.start - from < 200 && !endsSentence(text, from - 1)) from--;
  let to = hit.end;
  while (to < text.length && to - hit.end < 200 && !endsSentence(text, to)) to++;
  return mention.test(text.slice(from, to + 1));
}

function endsSentence(text: string, at: number): boolean {
  const character = text[at];
  return (
    character === '\n' ||
    character === ';' ||
    ((character === '.' || character === '!') && !/\w/.test(text[at + 1] ?? ' '))
  );
}

/** Every advert of a vendor names its product; there the role must say what the work is. */
function isOwnProduct(company: string | null, phrase: string): boolean {
  const squeeze = (name: string) => name.toLowerCase().replaceAll(' ', '');
  return company !== null && squeeze(company).includes(squeeze(phrase));
}

function judge(
  rules: CompiledRules,
  found: Record<Place, FoundTerms>,
  title: Folded,
  body: Folded,
  advert: Advert,
): Score {
  const trusted = ambiguousIsTrusted(rules, found);
  const parts: ScorePart[] = [];
  const groups = { title: new Set<string>(), body: new Set<string>() };
  const terms = new Set<string>();
  const points = { title: 0, body: 0 };
  for (const place of PLACES) {
    const { groupMax } = rules.scoring[place];
    const left = new Map<string, number>();
    for (const { term, phrase } of byPoints(found[place])) {
      const full = pointsOf(rules, place, term, trusted);
      if (full === 0) continue;
      terms.add(term.id);
      groups[place].add(term.group);
      const counted = Math.min(full, left.get(term.group) ?? groupMax);
      left.set(term.group, (left.get(term.group) ?? groupMax) - counted);
      if (counted === 0) continue;
      points[place] += counted;
      parts.push({ term: term.id, label: term.label, phrase, place, points: counted });
    }
  }
  const all = new Set([...groups.title, ...groups.body]);
  for (const rule of rules.negatives) {
    if (rule.unlessGroups?.some((group) => all.has(group))) continue;
    const match =
      (rule.in !== 'body' ? rule.pattern.exec(title.text) : null) ??
      (rule.in !== 'title' ? rule.pattern.exec(body.text) : null);
    if (match !== null)
      parts.push({ term: rule.id, label: rule.label, phrase: match[0], place: 'rule', points: rule.points });
  }
  for (const veto of rules.vetoes) {
    const match = veto.pattern.exec(title.text);
    if (match !== null)
      parts.push({ term: veto.id, label: veto.label, phrase: match[0], place: 'rule', points: VETO_POINTS });
  }
  const total = parts.reduce((sum, part) => sum + part.points, 0);
  const taken = total - points.title - points.body;
  const relevant = isRelevant(rules, points, taken, groups.body.size, body.text.length, advert);
  return { points: total, relevant, parts, terms: [...terms] };
}

/** See `scoring.ambiguous` in the taxonomy. */
function ambiguousIsTrusted(rules: CompiledRules, found: Record<Place, FoundTerms>): boolean {
  const words = new Set<string>();
  for (const place of PLACES) {
    for (const { term, phrase } of found[place].values()) {
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

const byPoints = (found: FoundTerms) => [...found.values()].sort((a, b) => b.term.weight - a.term.weight);

/** A title decides; without one the text must say a lot, and more the longer it is: long adverts mention everything once. */
function isRelevant(
  rules: CompiledRules,
  points: Record<Place, number>,
  taken: number,
  bodyGroups: number,
  characters: number,
  advert: Advert,
): boolean {
  const { title, body } = rules.scoring;
  if (points.title >= title.pointsMin) return points.title + points.body + taken >= title.totalMin;
  if (rules.isVendor(advert.company)) return false;
  const more = Math.min(body.moreMax, Math.floor(characters / body.charactersPerMore));
  const groupsMin = characters > body.longCharacters ? body.groupsMinLong : body.groupsMin;
  return points.body + taken >= body.pointsMin + more && bodyGroups >= groupsMin;
}
