/** The tables of what was asked and what came of it. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface ScanTables {
  scan: ScanTable;
  scan_unit: ScanUnitTable;
}

export type ScanState = 'queued' | 'running' | 'success' | 'partial' | 'failed' | 'cancelled';
export type UnitState = ScanState | 'waiting_for_key' | 'out_of_quota';

export interface ScanTable {
  id: Generated<string>;
  trigger: 'admin' | 'api' | 'timetable' | 'cli';
  requested_by: string | null;
  sources: string[];
  state: Generated<ScanState>;
  slot: Time | null;
  requested_at: Generated<Time>;
  started_at: Time | null;
  finished_at: Time | null;
  cancel_requested_at: Time | null;
  reason: string | null;
  /** Sums of its units by source, once it has ended. */
  parts: unknown | null;
  /** Whether it read at least one board of every source that it asked, once it has ended. */
  every_source_answered: boolean | null;
}

export interface ScanUnitTable {
  id: Generated<string>;
  scan_id: string;
  source: string;
  board_id: number;
  state: Generated<UnitState>;
  attempts: Generated<number>;
  requests: Generated<number>;
  found: Generated<number>;
  kept: Generated<number>;
  rejected: Generated<number>;
  new: Generated<number>;
  changed: Generated<number>;
  unchanged: Generated<number>;
  closed: Generated<number>;
  rejected_reasons: Generated<Record<string, number>>;
  invalid_samples: Generated<unknown[]>;
  error_type: string | null;
  error: string | null;
  enqueued_at: Time | null;
  started_at: Time | null;
  finished_at: Time | null;
  /** Until when its board wants to be read; the earliest goes to the queue first. */
  read_by: Generated<Time>;
  /** Written by processes of the version before; nobody reads it. */
  unread_since: Generated<Time>;
  /** Its board rested when the scan began: that it is not there is no news. */
  rests: Generated<boolean>;
  waits_since: Time | null;
  waits_until: Time | null;
  /** One sentence for people. */
  waits_for: string | null;
  /** The same in a word: one of WAIT_REASONS. */
  waits_why: string | null;
  /** It failed because its source says that there is no such board. */
  absent: Generated<boolean>;
}
