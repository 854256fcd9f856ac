/** What makes the lists of a whole source worth nothing for a while. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122223500_source_doubt extends Migration {
  override up(): void {
    this.addSql(`alter table source_state
      add column in_doubt boolean not null default false,
      add column absent_says text,
      add column absent_listed integer`);
  }
}
