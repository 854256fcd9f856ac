/**
 * The names of companies that are here, by how they begin: which of them an agency stands for is asked with every list of a person who
 * hides one, and to read all jobs for it took a second among some hundred thousand.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123215000_company_names extends Migration {
  override up(): void {
    this.addSql(
      `create index search_word_company_idx on search_word (word text_pattern_ops) where word like 'company:%'`,
    );
  }
}
