/** How far the judging anew of all stored postings has come, for each version of the rules: whoever is killed goes on there. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122235200_rescore extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table rescore (
    rules_version integer primary key,
    after_id bigint not null default 0,
    looked bigint not null default 0,
    changed bigint not null default 0,
    left_out bigint not null default 0,
    by text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz
  )`,
];
