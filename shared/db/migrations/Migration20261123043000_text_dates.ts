/**
 * Words of adverts by date: for common words the newest days are looked at first, and the two indexes together say which rows those
 * are. Marks (`shared/search/flags.ts`, without the state) sort out most of them before the job is looked at; -1 says nothing.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123043000_text_dates extends Migration {
  override up(): void {
    this.addSql('alter table job_text add column flags bigint not null default -1');
    this.addSql('create index job_text_date_idx on job_text (posted_at desc, job_id desc)');
  }
}
