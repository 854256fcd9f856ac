/**
 * How many jobs' entries were brought up to date since the tables were made. It is raised together with the entries, so what a statement sees
 * of both belongs together; a sequence counts what others have not committed, too.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123151500_search_progress extends Migration {
  override up(): void {
    this.addSql(
      'create table search_progress (only_row boolean primary key default true check (only_row), moved bigint not null default 0)',
    );
    this.addSql('insert into search_progress default values');
  }
}
