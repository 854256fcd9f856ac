/** When each board is due and what its last read was like; which units of a scan the queue has, and which come next. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122223000_board_pace extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // The pace is learnt (shared/board-interval.ts): changes seen, and the seconds over which they were seen, old ones counting less.
  `alter table board
    add column interval_s integer,
    add column next_check_at timestamptz,
    add column changes_seen double precision not null default 0,
    add column changes_over_s double precision not null default 0,
    add column absences integer not null default 0,
    add column hint_s integer,
    add column last_counts jsonb,
    add column read_version text,
    add column body_at timestamptz`,
  `create index board_next_check_at_idx on board (next_check_at nulls first) where enabled`,
  // Units are handed to the queue a few at a time: of each source, the board first that was not read for the longest time.
  `alter table scan_unit
    add column unread_since timestamptz not null default '-infinity',
    add column rests boolean not null default false`,
  `create index scan_unit_next_idx on scan_unit (source, unread_since, id) where state = 'queued' and enqueued_at is null`,
  `create index scan_unit_handed_idx on scan_unit (source, enqueued_at)
    where state in ('queued', 'running') and enqueued_at is not null`,
  `create index scan_unit_open_board_idx on scan_unit (board_id) where state in ('queued', 'running')`,
  // Sums of the units of a scan that has ended, so that nobody adds up a hundred thousand rows again.
  `alter table scan add column parts jsonb, add column every_source_answered boolean`,
];
