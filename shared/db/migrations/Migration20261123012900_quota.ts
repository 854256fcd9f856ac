/** Until when a source's budget leaves no request for a unit that came for one, and why. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123012900_quota extends Migration {
  override up(): void {
    this.addSql('alter table source_state add column quota_until timestamptz, add column quota_for text');
  }
}
