/** The tables of postings and of the jobs that are made of them. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface JobTables {
  posting: PostingTable;
  posting_body: PostingBodyTable;
  posting_life: PostingLifeTable;
  vanished: VanishedTable;
  job: JobTable;
  job_event: JobEventTable;
  stats_day: StatsDayTable;
  exchange_rate: ExchangeRateTable;
  rescore: RescoreTable;
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

/** What is known of an open posting whose source does not list everything, or of one that may be gone. */
export interface PostingLifeTable {
  posting_id: string;
  seen_at: Time;
  expires_at: Time | null;
  asked_at: Time | null;
  unknown_at: Time | null;
  unknown_why: string | null;
}

/** Postings that one complete read did not list; a second one decides. */
export interface VanishedTable {
  board_id: number;
  native_id: string;
  since: Time;
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

export interface StatsDayTable {
  day: Time;
  jobs_new: string;
  jobs_closed: string;
  jobs_reopened: string;
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
