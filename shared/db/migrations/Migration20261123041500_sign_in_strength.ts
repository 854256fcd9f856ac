/**
 * A link by mail belongs to the browser that asked for it, and has a code for when it is opened elsewhere. A session by the
 * provider says when its person proved themselves there, and how strongly.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123041500_sign_in_strength extends Migration {
  override up(): void {
    this.addSql('alter table auth.link add column browser_hash bytea, add column code_hash bytea');
    this.addSql('create index link_browser on auth.link (browser_hash) where browser_hash is not null');
    this.addSql('alter table auth.session add column "authenticatedAt" timestamptz, add column acr text');
  }
}
