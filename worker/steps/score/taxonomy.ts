/** The shape of `taxonomy.json`, whose `format` says what its phrases and expressions mean. */
import data from './taxonomy.json' with { type: 'json' };

/** Conditions are regular expressions, matched in any case. */
export interface TermData {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly weight: number;
  readonly discipline?: readonly string[];
  readonly ambiguous?: boolean;
  readonly in?: 'title' | 'body';
  readonly phrases: readonly string[];
  readonly near?: string;
  readonly notNear?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly unless?: string;
  readonly means?: string;
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

export interface LevelData {
  readonly level: string;
  readonly pattern: string;
}

export interface Taxonomy {
  readonly version: number;
  readonly terms: readonly TermData[];
  readonly negatives: readonly RuleData[];
  readonly vetoes: readonly { readonly id: string; readonly label: string; readonly pattern: string }[];
  readonly sections: {
    readonly employerHeading: string;
    readonly wishHeading: string;
    readonly employer: string;
    readonly mention: string;
  };
  readonly disciplines: Readonly<Record<string, string>>;
  /** Tried in this order on the title; the first that matches is the seniority. */
  readonly levels: readonly LevelData[];
  /** Tried in this order on title and text, the strictest first. */
  readonly clearances: readonly LevelData[];
  /** Without this in a text there is no clearance in it. */
  readonly clearanceHint: string;
  /** What stands before a clearance that is not asked for. */
  readonly clearanceDenied: string;
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
      /** Points of the text from which its focus is looked at. */
      readonly focusFrom: number;
      /** Words that such work is described with: they count for the focus and nothing else. */
      readonly context: string;
      /** Tried in this order: how much of the text must name a term, and in how many statements, to be worth what. */
      readonly focus: readonly {
        readonly label: string;
        readonly shareMin: number;
        readonly namedMin: number;
        /** Only where a term of at least this weight counted in the text. */
        readonly weightMin?: number;
        readonly points: number;
        /** Counts as so many groups of terms more. */
        readonly groups: number;
      }[];
    };
  };
}

export const TAXONOMY = data as unknown as Taxonomy;

/** Changes whenever the same advert may be judged differently; stored scores of another version can be made anew. */
export const RULES_VERSION = TAXONOMY.version;
