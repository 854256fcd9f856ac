/** One opening, many postings: what is compared of each posting, which are linked, and what people decided. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122231900_merge extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // The job that a posting came with, while it belongs to another one: that job's id leads to the one that absorbed it.
  'alter table posting add column home_job_id bigint',
  'create index posting_home_job_id_idx on posting (home_job_id) where home_job_id is not null',
  // How many postings a job has, and which of them each field comes from (null: all from posting_id).
  'alter table job add column postings integer not null default 1',
  'alter table job add column fields jsonb',
  // Postings that are new or changed since they were last compared. Written by the statement that stores them.
  'create table merge_todo (posting_id bigint primary key)',
  // What is compared of a posting, and the hashed keys that it can be found by.
  `create table posting_sign (
    posting_id bigint primary key,
    version smallint not null,
    keys bigint[] not null,
    sign text not null
  ) with (fillfactor = 90)`,
  'create table posting_key (key bigint not null, posting_id bigint not null, primary key (key, posting_id))',
  // Pairs that were judged to be one opening; a < b.
  `create table posting_link (
    a bigint not null,
    b bigint not null,
    strength integer not null,
    rule text not null,
    evidence jsonb not null,
    primary key (a, b)
  )`,
  'create index posting_link_b_idx on posting_link (b)',
  // What people decided about pairs; a < b. It counts more than any judgement until it is undone.
  `create table merge_decision (
    a bigint not null,
    b bigint not null,
    same boolean not null,
    at timestamptz not null default now(),
    by text not null,
    primary key (a, b)
  )`,
  'create index merge_decision_b_idx on merge_decision (b)',
];
