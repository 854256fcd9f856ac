/** What units wait for, in a word; units that end because a quota is spent, or because there is no such board. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123005501_waits extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // `waits_why` is one of WAIT_REASONS; `absent`: the source answered that it has no such board.
  'alter table scan_unit add column waits_why text, add column absent boolean not null default false',
  'alter table scan_unit drop constraint scan_unit_state_check',
  `alter table scan_unit add constraint scan_unit_state_check check
    (state in ('queued', 'running', 'success', 'partial', 'failed', 'cancelled', 'waiting_for_key', 'out_of_quota'))`,
  // Until then another worker waits for one of the calls under way, so that whoever has them lets one go.
  'alter table gate add column calls_wanted_until timestamptz',
];
