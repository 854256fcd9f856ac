/** The tables of what people do with jobs. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

/** A job as one person tracks it. */
export interface ApplicationTable {
  id: Generated<string>;
  owner: string;
  /** bigint: text in JavaScript. The job as which it was tracked; null while this system has no such job. */
  job_id: string | null;
  /** `PostingRef`s of shared/tracking/advert.ts. */
  refs: Generated<unknown>;
  /** One of `STATES` of shared/tracking/states.ts. */
  state: string;
  /** Why it is hidden. */
  reason: string | null;
  state_at: Time;
  notes: Generated<string>;
  next_step: string | null;
  next_on: Time | null;
  /** `SeenAdvert`, and the job that it was then. */
  seen: unknown;
  seen_job_id: string | null;
  seen_at: Time;
  created_at: Time;
  updated_at: Time;
  version: Generated<number>;
  /** Number of its last event. */
  events: Generated<number>;
}

/** What its person did with it; rows are only added. */
export interface ApplicationEventTable {
  application_id: string;
  seq: number;
  at: Time;
  kind: string;
  before: unknown;
  after: unknown;
  undoes: number | null;
}

/** `FrozenAdvert`, by the event of applying. */
export interface ApplicationAdvertTable {
  application_id: string;
  seq: number;
  taken_at: Time;
  advert: unknown;
}

/** What a person does not want to see. */
export interface HideRuleTable {
  id: Generated<string>;
  owner: string;
  kind: 'company' | 'agency' | 'keyword';
  value: string;
  key: string;
  created_at: Time;
}

/** Kept by triggers. */
export interface ApplicationCountTable {
  state: string;
  entries: string;
}

export interface TrackingTables {
  application: ApplicationTable;
  application_event: ApplicationEventTable;
  application_advert: ApplicationAdvertTable;
  hide_rule: HideRuleTable;
  application_count: ApplicationCountTable;
}
