/** The tables as Kysely sees them. Through MikroORM's pool `timestamptz` and `bigint` arrive as text. */
import type { Generated } from 'kysely';
import type { ApiTables } from './api-tables.ts';
import type { TrackingTables } from './tracking-tables.ts';

type Time = Date | string;

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

export interface BoardTable {
  id: Generated<number>;
  source: string;
  token: string;
  region: Generated<string>;
  company: string | null;
  enabled: Generated<boolean>;
  confidence: string | null;
  evidence: string | null;
  etag: string | null;
  last_modified: string | null;
  body_hash: Buffer | null;
  last_read_at: Time | null;
  last_complete_at: Time | null;
  failures: Generated<number>;
  /** Null until the first read. */
  interval_s: number | null;
  /** Null: as soon as possible. */
  next_check_at: Time | null;
  /** `Pace` of shared/board-interval.ts, with the two below. */
  changes_seen: Generated<number>;
  changes_over_s: Generated<number>;
  /** Reads in a row that found no such board. */
  absences: Generated<number>;
  /** For how long the server said its answer is good. */
  hint_s: number | null;
  /** Counts of the last complete healthy read, and what it took to tell its answers again. */
  last_counts: unknown | null;
  read_version: string | null;
  /** When the last whole body came; a 304 is believed only for so long. */
  body_at: Time | null;
  last_error: string | null;
  created_at: Generated<Time>;
  /** Set while postings of it are in `vanished`. */
  vanish_since: Time | null;
  /** Set while its postings are called unknown, because it was not read to its end for too long. */
  unknown_since: Time | null;
  /** Null for the boards that an installation starts with. */
  added_by: string | null;
  /** `shared/db/source-health/read-history.ts` knows its shape. */
  read_history: Generated<unknown>;
  /** The last read that succeeded and was not in doubt; a search's too. */
  last_healthy_at: Time | null;
  /** Set while its last read was in doubt. */
  suspect_since: Time | null;
  /** What the last read that was not in doubt listed, and how much of it could not be used. */
  last_found: number | null;
  last_broken: number | null;
}

export interface BoardCheckTable {
  id: Generated<string>;
  url: string;
  state: Generated<'queued' | 'running' | 'ready' | 'failed'>;
  requested_by: string;
  requested_at: Generated<Time>;
  started_at: Time | null;
  finished_at: Time | null;
  deadline_at: Time;
  attempts: Generated<number>;
  requests: Generated<number>;
  candidates: Generated<unknown>;
  problem: unknown | null;
  board_id: number | null;
}

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

export type ScanState = 'queued' | 'running' | 'success' | 'partial' | 'failed' | 'cancelled';
export type UnitState = ScanState | 'waiting_for_key' | 'out_of_quota';

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
  /** When its board was last read before this scan. */
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

export interface PostingTable {
  /** bigint: text in JavaScript. */
  id: string;
  job_id: string;
  first_seen_at: Time;
  changed_at: Time;
  stated_at: Time | null;
  closed_at: Time | null;
  board_id: number;
  native_id: string;
  content_hash: Buffer;
  url: string;
  closed_evidence: string | null;
  reposts: Generated<number>;
  /** The job that it came with, while it belongs to another one. */
  home_job_id: string | null;
}

export interface PostingBodyTable {
  posting_id: string;
  /** Read it with `shared/bodies.ts`. */
  body: Buffer;
}

export interface JobTable {
  id: string;
  posting_id: string;
  posted_at: Time;
  first_seen_at: Time;
  closed_at: Time | null;
  pay_min: string | null;
  pay_max: string | null;
  score: number;
  state: Generated<'open' | 'closed' | 'unknown'>;
  work_mode: 'remote' | 'hybrid' | 'onsite' | 'unknown';
  country: string | null;
  pay_currency: string | null;
  pay_period: string | null;
  title: string;
  company: string | null;
  places: string[];
  employment: string[];
  sources: string[];
  /** IAM terms of its entries in `job_term`. */
  terms: string[];
  card: string;
  words: unknown;
  /** `shared/search/flags.ts`; bigint: text in JavaScript. */
  flags: Generated<string>;
  /** How many postings it has. */
  postings: Generated<number>;
  /** Field to id of the posting that it comes from; null when all come from posting_id. */
  fields: unknown | null;
}

export interface JobTermTable {
  job_id: string;
  posted_at: Time;
  score: number;
  term: string;
  flags: Generated<string>;
  /** Euros a year. */
  pay: number | null;
}

export interface StatsDayTable {
  day: Time;
  jobs_new: string;
  jobs_closed: string;
  jobs_reopened: string;
}

/** What happened to a job or one of its postings. A row is undone by a later row, never changed otherwise. */
export interface JobEventTable {
  /** bigint: text in JavaScript. */
  id: Generated<string>;
  job_id: string;
  posting_id: string | null;
  kind: string;
  at: Generated<Time>;
  by: string;
  evidence: Generated<unknown>;
  undone_by: string | null;
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

/** Postings that one complete read did not list; a second one decides. */
export interface VanishedTable {
  board_id: number;
  native_id: string;
  since: Time;
}

/** What is known of an open posting whose source does not list everything, or of one that may be gone. */
export interface PostingLifeTable {
  posting_id: string;
  seen_at: Time;
  expires_at: Time | null;
  asked_at: Time | null;
  unknown_at: Time | null;
  unknown_why: string | null;
}

/** A source that is paused; `*` is all of them. */
export interface HoldTable {
  target: string;
  since: Generated<Time>;
  who: string;
  reason: string | null;
}

/** What a board lists that is no IAM work. */
export interface BoardRejectedTable {
  board_id: number;
  read_version: string;
  postings: Buffer;
}

/** Postings to be compared. */
export interface MergeTodoTable {
  posting_id: string;
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

/** Units of a currency for one euro, and of which day. */
export interface ExchangeRateTable {
  currency: string;
  per_euro: number;
  day: Time;
  by: string;
  at: Generated<Time>;
}

/** How far the judging anew of everything has come. */
export interface RescoreTable {
  rules_version: number;
  after_id: Generated<string>;
  looked: Generated<string>;
  changed: Generated<string>;
  left_out: Generated<string>;
  by: string;
  started_at: Generated<Time>;
  finished_at: Time | null;
}

/** How many jobs a posting list has. */
export interface SearchWordTable {
  word: string;
  jobs: string;
}

/** What people call an IAM term. */
export interface IamTermTable {
  id: string;
  kind: string;
  label: string;
  names: string[];
  version: string;
}

/** Words of a job's whole advert. */
export interface JobTextTable {
  job_id: string;
  posted_at: Time;
  score: number;
  words: unknown;
}

/** Jobs to be indexed. */
export interface SearchTodoTable {
  id: Generated<string>;
  job_id: string;
}

export interface Tables extends ApiTables, TrackingTables {
  search_word: SearchWordTable;
  iam_term: IamTermTable;
  job_text: JobTextTable;
  search_todo: SearchTodoTable;
  text_todo: SearchTodoTable;
  rescore: RescoreTable;
  exchange_rate: ExchangeRateTable;
  gate: GateTable;
  budget: BudgetTable;
  source_state: SourceStateTable;
  source_state_event: SourceStateEventTable;
  source_day: SourceDayTable;
  board: BoardTable;
  board_check: BoardCheckTable;
  scan: ScanTable;
  scan_unit: ScanUnitTable;
  posting: PostingTable;
  posting_body: PostingBodyTable;
  job: JobTable;
  job_term: JobTermTable;
  stats_day: StatsDayTable;
  job_event: JobEventTable;
  merge_todo: MergeTodoTable;
  posting_sign: PostingSignTable;
  posting_key: PostingKeyTable;
  posting_link: PostingLinkTable;
  merge_decision: MergeDecisionTable;
  operator_event: OperatorEventTable;
  vanished: VanishedTable;
  posting_life: PostingLifeTable;
  hold: HoldTable;
  board_rejected: BoardRejectedTable;
}
