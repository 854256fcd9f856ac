/**
 * Which postings on the merge's list have to be compared again. One that was only closed is what it was: its job must be brought in
 * line, and nothing of it need be read. What an older release writes is compared.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123080000_merge_changed extends Migration {
  override up(): void {
    this.addSql('alter table merge_todo add column changed boolean not null default true');
  }
}
