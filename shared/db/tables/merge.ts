/** The tables of which postings are one opening. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface MergeTables {
  merge_todo: MergeTodoTable;
  posting_sign: PostingSignTable;
  posting_key: PostingKeyTable;
  posting_link: PostingLinkTable;
  merge_decision: MergeDecisionTable;
}

/** Postings that the merge has to look at. */
export interface MergeTodoTable {
  posting_id: string;
  /** It must be compared again; false when only its state is another one. */
  changed: Generated<boolean>;
}

/** What is compared of a posting; read with `worker/steps/merge/sign.ts`. */
export interface PostingSignTable {
  posting_id: string;
  version: number;
  keys: string[];
  sign: string;
}

export interface PostingKeyTable {
  key: string;
  posting_id: string;
}

/** Two postings that were judged to be one opening. */
export interface PostingLinkTable {
  a: string;
  b: string;
  strength: number;
  rule: string;
  evidence: unknown;
}

/** What people decided about two postings. */
export interface MergeDecisionTable {
  a: string;
  b: string;
  same: boolean;
  at: Generated<Time>;
  by: string;
}
