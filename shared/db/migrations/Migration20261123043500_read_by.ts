/** Until when each unit's board wants to be read, which is the order in which the queue gets units. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123043500_read_by extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // Processes of the version before go on writing `unread_since`; nobody reads it any more.
  `alter table scan_unit add column read_by timestamptz not null default '-infinity'`,
  `drop index scan_unit_next_idx`,
  `create index scan_unit_next_idx on scan_unit (source, read_by, id) where state = 'queued' and enqueued_at is null`,
];
