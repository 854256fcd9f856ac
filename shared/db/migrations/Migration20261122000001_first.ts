/** The first tables. Column meanings: docs/architecture.md. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122000001_first extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table source_state (
    source text primary key,
    enabled boolean not null default true,
    last_success_at timestamptz,
    last_found integer,
    last_error_type text,
    last_error text,
    last_error_at timestamptz
  )`,
  // A source without boards has one row with the token '*': the whole source is then the thing that is read.
  `create table board (
    id integer generated always as identity primary key,
    source text not null,
    token text not null,
    region text not null default '',
    company text,
    enabled boolean not null default true,
    confidence text,
    evidence text,
    etag text,
    last_modified text,
    body_hash bytea,
    last_read_at timestamptz,
    last_complete_at timestamptz,
    failures integer not null default 0,
    last_error text,
    created_at timestamptz not null default now(),
    unique (source, token, region)
  )`,
  `create table scan (
    id uuid primary key default uuidv7(),
    trigger text not null check (trigger in ('admin', 'api', 'timetable', 'cli')),
    requested_by text,
    sources text[] not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'success', 'partial', 'failed', 'cancelled')),
    slot timestamptz,
    requested_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    cancel_requested_at timestamptz,
    reason text
  )`,
  // Exactly one scan for each slot of the timetable, however many schedulers run.
  `create unique index scan_slot_key on scan (slot) where slot is not null`,
  `create index scan_requested_at_idx on scan (requested_at desc, id desc)`,
  `create index scan_open_idx on scan (requested_at) where state in ('queued', 'running')`,
  `create table scan_unit (
    id uuid primary key default uuidv7(),
    scan_id uuid not null references scan on delete cascade,
    source text not null,
    board_id integer not null references board,
    state text not null default 'queued'
      check (state in ('queued', 'running', 'success', 'partial', 'failed', 'cancelled', 'waiting_for_key')),
    attempts integer not null default 0,
    requests integer not null default 0,
    found integer not null default 0,
    kept integer not null default 0,
    rejected integer not null default 0,
    new integer not null default 0,
    changed integer not null default 0,
    unchanged integer not null default 0,
    closed integer not null default 0,
    rejected_reasons jsonb not null default '{}',
    invalid_samples jsonb not null default '[]',
    error_type text,
    error text,
    enqueued_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    unique (scan_id, board_id),
    check (found = kept + rejected),
    check (kept = new + changed + unchanged)
  )`,
  `create index scan_unit_open_idx on scan_unit (scan_id) where state in ('queued', 'running')`,
  // Ids are taken a block at a time by the process that writes (worker/store/ids.ts): one nextval for a thousand rows.
  `create sequence posting_id increment by 1000`,
  `create sequence job_id increment by 1000`,
  // No foreign keys and no "last seen" on the tables that are written in bulk: an unchanged posting costs no write at all.
  `create table posting (
    id bigint primary key,
    job_id bigint not null,
    first_seen_at timestamptz not null,
    changed_at timestamptz not null,
    stated_at timestamptz,
    closed_at timestamptz,
    board_id integer not null,
    native_id text not null,
    content_hash bytea not null,
    url text not null,
    closed_evidence text,
    unique (board_id, native_id)
  ) with (fillfactor = 90)`,
  `create index posting_job_id_idx on posting (job_id)`,
  // One zstd frame of JSON (shared/bodies.ts): the source's own record, and what we made of it. Both say the same text, so
  // together they cost hardly more than one. Rows stay in the table up to a page: a body is then one write, not three.
  `create table posting_body (
    posting_id bigint primary key,
    body bytea not null
  ) with (toast_tuple_target = 8160)`,
  `alter table posting_body alter column body set storage external`,
  `create table job (
    id bigint primary key,
    posting_id bigint not null,
    posted_at timestamptz not null,
    first_seen_at timestamptz not null,
    closed_at timestamptz,
    pay_min numeric,
    pay_max numeric,
    score integer not null,
    state text not null default 'open' check (state in ('open', 'closed', 'unknown')),
    work_mode text not null check (work_mode in ('remote', 'hybrid', 'onsite', 'unknown')),
    country text,
    pay_currency text,
    pay_period text,
    title text not null,
    company text,
    places text[] not null,
    employment text[] not null,
    sources text[] not null,
    terms text[] not null,
    card text not null,
    words tsvector not null
  ) with (fillfactor = 80)`,
  `create index job_posted_at_idx on job (posted_at desc, id desc)`,
  `create index job_words_idx on job using gin (words)`,
  // Posting lists. A job's entries are found again through job.terms, so that no index by job is needed.
  `create table job_term (
    job_id bigint not null,
    posted_at timestamptz not null,
    score integer not null,
    term text not null
  )`,
  `create index job_term_date_idx on job_term (term, posted_at desc, job_id desc) include (score)`,
  // Counts for each day (UTC), written by the transaction that stores the rows, so that no gauge ever counts a big table.
  // Open jobs = new + reopened - closed, over all days.
  `create table stats_day (
    day date primary key,
    jobs_new bigint not null default 0,
    jobs_closed bigint not null default 0,
    jobs_reopened bigint not null default 0
  )`,
];
