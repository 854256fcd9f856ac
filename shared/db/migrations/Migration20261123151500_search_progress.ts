/**
 * How many jobs' entries were brought up to date since the tables were made. Whoever takes jobs from the list of what is to be indexed replaces
 * their entries in the same statement, also in a release that knows nothing of this; so what is seen of both belongs together. A sequence
 * counts what others have not committed, too.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123151500_search_progress extends Migration {
  override up(): void {
    this.addSql(
      'create table search_progress (only_row boolean primary key default true check (only_row), moved bigint not null default 0)',
    );
    this.addSql(`
      create function search_progress_add() returns trigger language plpgsql as $$
      begin
        insert into search_progress (moved) select count(distinct job_id) from gone
        on conflict (only_row) do update set moved = search_progress.moved + excluded.moved;
        return null;
      end $$`);
    this.addSql(`
      create trigger search_progress_taken after delete on search_todo referencing old table as gone
        for each statement execute function search_progress_add()`);
    this.addSql('insert into search_progress default values');
  }
}
