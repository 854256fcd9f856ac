/**
 * Words of adverts lie apart from their rows: with a row to a page, sorting a few hundred hits by date read as many pages as an
 * advert has words. Rows that are there already move when they next change.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123024700_text_apart extends Migration {
  override up(): void {
    this.addSql('alter table job_text reset (toast_tuple_target)');
  }
}
