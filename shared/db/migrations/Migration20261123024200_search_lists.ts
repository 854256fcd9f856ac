/**
 * Nearly all lists are companies with a few jobs, and the lists that people search have thousands: told the mean of all, the planner
 * reads such a list whole and sorts it, rather than from its front.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123024200_search_lists extends Migration {
  override up(): void {
    this.addSql('alter table job_term alter column term set (n_distinct = 200)');
  }
}
