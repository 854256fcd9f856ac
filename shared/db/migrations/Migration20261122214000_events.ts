/** What happened to jobs, and what operators did: both only ever grow, and a row is undone by a later row. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122214000_events extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // No foreign keys, as on the tables that it tells of; no check on the kind: the release before must bear the next one's kinds.
  `create table job_event (
    id bigint generated always as identity primary key,
    job_id bigint not null,
    posting_id bigint,
    kind text not null,
    at timestamptz not null default now(),
    by text not null,
    evidence jsonb not null default '{}',
    undone_by bigint
  )`,
  `create index job_event_job_id_idx on job_event (job_id, id desc)`,
  `create index job_event_posting_id_idx on job_event (posting_id, id desc) where posting_id is not null`,
  `create table operator_event (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    who text not null,
    verb text not null,
    target text not null,
    dry_run boolean not null,
    detail jsonb not null default '{}',
    undone_by bigint
  )`,
  `create index operator_event_at_idx on operator_event (at desc, id desc)`,
];
