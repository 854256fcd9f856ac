/** The tables of what is known of a source: its state, and what it may be asked. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface SourceTables {
  source_state: SourceStateTable;
  source_state_event: SourceStateEventTable;
  source_day: SourceDayTable;
  gate: GateTable;
  budget: BudgetTable;
}

export interface SourceStateTable {
  source: string;
  enabled: Generated<boolean>;
  last_success_at: Time | null;
  last_found: number | null;
  last_error_type: string | null;
  last_error: string | null;
  last_error_at: Time | null;
  /** One of `SOURCE_STATES`; null until it was judged. */
  state: string | null;
  /** Why, in one sentence, and since when. */
  sentence: string | null;
  since: Time | null;
  judged_at: Time | null;
  /** Nine of ten of its boards were read in health since then. */
  fresh_as_of: Time | null;
  /** When it was asked for a board that surely does not exist, and whether it answered like a board without postings. */
  absent_asked_at: Time | null;
  absent_is_empty: boolean | null;
  /** What it answered then, and how many postings; the latter null where it told the two apart. */
  absent_says: string | null;
  absent_listed: number | null;
  /** So many of its boards list less than in health that no drop of a single board is believed. */
  in_doubt: Generated<boolean>;
  /** Set while its budget has no request for a unit that came for one: the sentence, and until when (null: unknown). */
  quota_for: string | null;
  quota_until: Time | null;
}

/** Each change of a source's state. */
export interface SourceStateEventTable {
  id: Generated<string>;
  source: string;
  at: Generated<Time>;
  state: string;
  sentence: string;
}

/** What the last reads of a source's boards listed together on one day (UTC). */
export interface SourceDayTable {
  source: string;
  day: Time;
  boards: number;
  found: string;
  broken: string;
}

/** What a source, or one of its hosts, may be asked and when. */
export interface GateTable {
  source: string;
  /** '' for the source as a whole. */
  host: Generated<string>;
  key_salt: Generated<string>;
  /** bigint: text in JavaScript. */
  requests: Generated<string>;
  unit_requests: number | null;
  due_at: Time | null;
  line_at: Time | null;
  calls: Generated<Record<string, number>>;
  calls_wanted_until: Time | null;
  held_until: Time | null;
  held_for: string | null;
  breaker: Generated<'closed' | 'open'>;
  breaker_kind: 'failures' | 'key' | 'quota' | null;
  breaker_since: Time | null;
  breaker_until: Time | null;
  breaker_times: Generated<number>;
  breaker_reason: string | null;
  breaker_key: string | null;
  probe_id: string | null;
  probe_until: Time | null;
}

/** What is spent of one ceiling. */
export interface BudgetTable {
  source: string;
  key_mark: Generated<string>;
  period: string;
  ceiling: number;
  due_at: Time | null;
  busy_since: Time | null;
  window_at: Time;
  spent: Generated<number>;
  server_left: number | null;
  server_resets_at: Time | null;
  server_told_at: Time | null;
  asked_at: Time;
}
