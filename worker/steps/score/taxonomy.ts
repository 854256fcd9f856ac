/** The shape of `taxonomy.json`, whose `format` says what its phrases and expressions mean. */
import data from './taxonomy.json' with { type: 'json' };

/** Conditions are regular expressions, matched in any case. */
export interface TermData {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly weight: number;
  readonly ambiguous?: boolean;
  readonly in?: 'title' | 'body';
  readonly phrases: readonly string[];
  readonly near?: string;
  readonly notNear?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly unless?: string;
}

export interface RuleData {
  readonly id: string;
  readonly label: string;
  readonly in: 'title' | 'body' | 'any';
  readonly points: number;
  readonly pattern: string;
  /** Groups that make the rule moot when one of their terms counted. */
  readonly unlessGroups?: readonly string[];
}

export interface Taxonomy {
  readonly terms: readonly TermData[];
  readonly negatives: readonly RuleData[];
  readonly vetoes: readonly { readonly id: string; readonly label: string; readonly pattern: string }[];
  /** A sentence that matches only mentions what it names. */
  readonly mention: string;
  readonly scoring: {
    readonly strongWeight: number;
    readonly title: {
      readonly multiplier: number;
      readonly groupMax: number;
      readonly pointsMin: number;
      readonly totalMin: number;
    };
    readonly body: {
      readonly groupMax: number;
      readonly pointsMin: number;
      readonly charactersPerMore: number;
      readonly moreMax: number;
      readonly groupsMin: number;
      readonly groupsMinLong: number;
      readonly longCharacters: number;
    };
  };
}

export const TAXONOMY = data as unknown as Taxonomy;
