/** The taxonomy made ready for use: phrases in one finder, conditions as regular expressions. */
import { compilePhrases, type PhraseFinder } from './phrases.ts';
import { plain } from './plain.ts';
import type { SectionRules } from './sections.ts';
import type { RuleData, Taxonomy, TermData } from './taxonomy.ts';

export type Place = 'title' | 'body';
export const PLACES: readonly Place[] = ['title', 'body'];

export interface CompiledTerm extends Pick<TermData, 'id' | 'group' | 'label' | 'weight'> {
  readonly discipline: readonly string[];
  readonly ambiguous: boolean;
  readonly near: RegExp | undefined;
  readonly notNear: RegExp | undefined;
  readonly notBefore: RegExp | undefined;
  readonly notAfter: RegExp | undefined;
  readonly unless: RegExp | undefined;
  readonly means: RegExp | undefined;
}

export interface CompiledLevel {
  readonly level: string;
  readonly pattern: RegExp;
}

export interface CompiledRules {
  readonly phrases: Readonly<Record<Place, PhraseFinder>>;
  readonly terms: ReadonlyMap<string, CompiledTerm>;
  readonly negatives: readonly (Omit<RuleData, 'pattern'> & { readonly pattern: RegExp })[];
  readonly vetoes: readonly { readonly id: string; readonly label: string; readonly pattern: RegExp }[];
  readonly sections: SectionRules;
  readonly context: RegExp;
  readonly levels: readonly CompiledLevel[];
  readonly clearances: readonly CompiledLevel[];
  readonly clearanceHint: RegExp;
  readonly clearanceDenied: RegExp;
  readonly scoring: Taxonomy['scoring'];
  /** Whether the employer is itself the maker of a product in the `vendor` group. */
  isVendor(company: string | null): boolean;
}

export function compileRules(taxonomy: Taxonomy): CompiledRules {
  const vendors = taxonomy.terms.filter((term) => term.group === 'vendor').flatMap((term) => term.phrases);
  const vendorNames = new Set(vendors.map(squeezed));
  const { employerHeading, wishHeading, employer, mention } = taxonomy.sections;
  const level = (data: { level: string; pattern: string }) => ({ level: data.level, pattern: anyCase(data.pattern) });
  return {
    phrases: { title: phrasesIn(taxonomy, 'title'), body: phrasesIn(taxonomy, 'body') },
    terms: new Map(taxonomy.terms.map((term) => [term.id, compileTerm(term)])),
    negatives: taxonomy.negatives.map((rule) => ({ ...rule, pattern: anyCase(rule.pattern) })),
    vetoes: taxonomy.vetoes.map((veto) => ({ ...veto, pattern: anyCase(veto.pattern) })),
    sections: {
      employerHeading: anyCase(employerHeading),
      wishHeading: anyCase(wishHeading),
      employer: anyCase(employer),
      mention: anyCase(mention),
    },
    context: anyCase(taxonomy.scoring.body.context),
    levels: taxonomy.levels.map(level),
    clearances: taxonomy.clearances.map(level),
    clearanceHint: anyCase(taxonomy.clearanceHint),
    clearanceDenied: anyCase(taxonomy.clearanceDenied),
    scoring: taxonomy.scoring,
    isVendor: (company) => company !== null && vendorNames.has(squeezed(company)),
  };
}

/** Of all words of the trade only some count in a text: the others need not be looked for. */
const phrasesIn = ({ terms }: Taxonomy, place: Place) =>
  compilePhrases(terms.filter((term) => term.in === undefined || term.in === place));

function compileTerm(term: TermData): CompiledTerm {
  const { near, notNear, notBefore, notAfter, unless, means } = term;
  const optional = (source: string | undefined) => (source === undefined ? undefined : anyCase(source));
  return {
    id: term.id,
    group: term.group,
    label: term.label,
    weight: term.weight,
    discipline: term.discipline ?? [],
    ambiguous: term.ambiguous ?? false,
    near: optional(near),
    notNear: optional(notNear),
    notBefore: optional(notBefore),
    notAfter: optional(notAfter),
    unless: optional(unless),
    means: optional(means),
  };
}

/**
 * For text in lower case that went through `plain`. Written in lower case itself, because ignoring case costs the engine a third
 * more; `\\W` and its like keep their case.
 */
const anyCase = (source: string) =>
  new RegExp(plain(source).replace(/\\.|[^\\]+/gs, (part) => (part.startsWith('\\') ? part : part.toLowerCase())));

const squeezed = (name: string) =>
  name
    .toLowerCase()
    .replace(/\b(?:inc|llc|ltd|gmbh|corp|technologies|software)\b\.?/g, '')
    .replace(/[^a-z0-9]/g, '');
