/** The tables of the boards that are read, of those that somebody asks to be read, and of what a board lists beside IAM work. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface BoardTables {
  board: BoardTable;
  board_check: BoardCheckTable;
  board_rejected: BoardRejectedTable;
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

/** What a board lists that is no IAM work. */
export interface BoardRejectedTable {
  board_id: number;
  read_version: string;
  postings: Buffer;
}
