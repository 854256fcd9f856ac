/** The tables of what operators do. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface OperationTables {
  hold: HoldTable;
  operator_event: OperatorEventTable;
}

/** A source that is paused; `*` is all of them. */
export interface HoldTable {
  target: string;
  since: Generated<Time>;
  who: string;
  reason: string | null;
}

/** What an operator did or tried, dry runs too. */
export interface OperatorEventTable {
  id: Generated<string>;
  at: Generated<Time>;
  who: string;
  verb: string;
  target: string;
  dry_run: boolean;
  detail: Generated<unknown>;
  undone_by: string | null;
}
