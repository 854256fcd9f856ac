/** The taxonomy made ready for use: phrases in one finder, conditions as regular expressions. */
import { compilePhrases, type PhraseFinder } from './phrases.ts';
import type { RuleData, Taxonomy, TermData } from './taxonomy.ts';

export type Place = 'title' | 'body';
export const PLACES: readonly Place[] = ['title', 'body'];

export interface CompiledTerm extends Pick<TermData, 'id' | 'group' | 'label' | 'weight'> {
  readonly ambiguous: boolean;
  readonly near: RegExp | undefined;
  readonly notNear: RegExp | undefined;
  readonly notBefore: RegExp | undefined;
  readonly notAfter: RegExp | undefined;
  readonly unless: RegExp | undefined;
}

export interface CompiledRules {
  readonly phrases: PhraseFinder;
  readonly terms: ReadonlyMap<string, CompiledTerm>;
  readonly negatives: readonly (Omit<RuleData, 'pattern'> & { readonly pattern: RegExp })[];
  readonly vetoes: readonly { readonly id: string; readonly label: string; readonly pattern: RegExp }[];
  readonly mention: RegExp;
  readonly scoring: Taxonomy['scoring'];
  /** Whether the employer is itself the maker of a product in the `vendor` group. */
  isVendor(company: string | null): boolean;
}

export function compileRules(taxonomy: Taxonomy): CompiledRules {
  const vendors = taxonomy.terms.filter((term) => term.group === 'vendor').flatMap((term) => term.phrases);
  const vendorNames = new Set(vendors.map(squeezed));
  return {
    phrases: compilePhrases(taxonomy.terms),
    terms: new Map(taxonomy.terms.map((term) => [term.id, compileTerm(term)])),
    negatives: taxonomy.negatives.map((rule) => ({ ...rule, pattern: anyCase(rule.pattern) })),
    vetoes: taxonomy.vetoes.map((veto) => ({ ...veto, pattern: anyCase(veto.pattern) })),
    mention: anyCase(taxonomy.mention),
    scoring: taxonomy.scoring,
    isVendor: (company) => company !== null && vendorNames.has(squeezed(company)),
  };
}

function compileTerm(term: TermData): CompiledTerm {
  const { id, group, label, weight, ambiguous = false, near, notNear, notBefore, notAfter, unless } = term;
  const optional = (source: string | undefined) => (source === undefined ? undefined : anyCase(source));
  return {
    id,
    group,
    label,
    weight,
    ambiguous,
    near: optional(near),
    notNear: optional(notNear),
    notBefore: optional(notBefore),
    notAfter: optional(notAfter),
    unless: optional(unless),
  };
}

const anyCase = (source: string) => new RegExp(source, 'i');

const squeezed = (name: string) =>
  name
    .toLowerCase()
    .replace(/\b(?:inc|llc|ltd|gmbh|corp|technologies|software)\b\.?/g, '')
    .replace(/[^a-z0-9]/g, '');
