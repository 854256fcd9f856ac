/**
 * Search: posting lists with marks, kept up with by who indexes and not by who stores; how many jobs have each word; the words
 * of descriptions. Column meanings: docs/architecture.md.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123012500_search extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create extension if not exists pg_trgm`,
  // `shared/search/flags.ts`; -1 says nothing, and the row is looked at.
  `alter table job add column flags bigint not null default -1`,
  `drop index job_posted_at_idx`,
  `drop index job_words_idx`,
  `create index job_date_idx on job (posted_at desc, id desc) include (state, flags)`,
  `create index job_match_idx on job (score desc, posted_at desc, id desc) include (state, flags)`,
  // pay: euros a year, of jobs whose pay can be compared.
  `alter table job_term add column flags bigint not null default -1, add column pay double precision`,
  `drop index job_term_date_idx`,
  `create index job_term_date_idx on job_term (term, posted_at desc, job_id desc) include (flags)`,
  `create index job_term_match_idx on job_term (term, score desc, posted_at desc, job_id desc) include (flags)`,
  `create index job_term_pay_idx on job_term (term, pay desc, job_id desc) include (flags) where pay is not null`,
  `create index job_term_job_id_idx on job_term (job_id)`,
  // How many entries each posting list has.
  `create table search_word (word text primary key, jobs bigint not null) with (fillfactor = 80)`,
  `create index search_word_likeness_idx on search_word using gin (word gin_trgm_ops) where word like 'w:%'`,
  // IAM terms with the names that people call them by.
  `create table iam_term (
    id text primary key,
    kind text not null,
    label text not null,
    names text[] not null,
    version text not null
  )`,
  // Words of the whole advert. Rows stay uncompressed in their page: looking at one must not mean unpacking it.
  `create table job_text (
    job_id bigint primary key,
    posted_at timestamptz not null,
    score integer not null,
    words tsvector not null
  ) with (toast_tuple_target = 8160)`,
  `alter table job_text alter column words set storage external, alter column words set statistics 1000`,
  `create index job_text_words_idx on job_text using gin (words)`,
  // Jobs that changed since they were last indexed. No key: whoever writes waits for nobody, and twice is once.
  `create table search_todo (id bigint generated always as identity primary key, job_id bigint not null)`,
  `create table text_todo (id bigint generated always as identity primary key, job_id bigint not null)`,
  `create function search_todo_add() returns trigger language plpgsql as $$
    begin
      insert into search_todo (job_id) select id from changed;
      return null;
    end $$`,
  `create trigger job_search_insert after insert on job referencing new table as changed
    for each statement execute function search_todo_add()`,
  `create trigger job_search_update after update on job referencing new table as changed
    for each statement execute function search_todo_add()`,
  `create trigger job_search_delete after delete on job referencing old table as changed
    for each statement execute function search_todo_add()`,
  // Other rates are other sums in euros.
  `create function search_todo_rates() returns trigger language plpgsql as $$
    begin
      insert into search_todo (job_id) select id from job where pay_currency is not null;
      return null;
    end $$`,
  `create trigger rate_search after insert or update or delete on exchange_rate
    for each statement execute function search_todo_rates()`,
  `insert into search_todo (job_id) select id from job`,
];
