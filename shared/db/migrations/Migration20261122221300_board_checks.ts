/** Boards that people add: the trial of an address before it becomes a board, and who added each board. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122221300_board_checks extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // Null for the boards of the list that an installation starts with; created_at says when.
  `alter table board add column added_by text`,
  `create table board_check (
    id uuid primary key default uuidv7(),
    url text not null check (length(url) <= 2048),
    state text not null default 'queued' check (state in ('queued', 'running', 'ready', 'failed')),
    requested_by text not null,
    requested_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    deadline_at timestamptz not null,
    attempts integer not null default 0,
    requests integer not null default 0,
    candidates jsonb not null default '[]',
    problem jsonb,
    board_id integer references board
  )`,
  `create index board_check_requested_at_idx on board_check (requested_at)`,
  // Whether an address leads to a board that is there already, whatever the case of its letters.
  `create index board_lower_token_idx on board (source, lower(token), region)`,
];
