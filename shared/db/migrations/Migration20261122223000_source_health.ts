/** Whether reads that look like successes are some, and how each source is doing. Column meanings: docs/architecture.md. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122223000_source_health extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // What the board did in health (shared/db/source-health/read-history.ts): compared with the next read, written with its end.
  `alter table board
    add column read_history jsonb not null default '{}',
    add column last_healthy_at timestamptz,
    add column suspect_since timestamptz,
    add column last_found integer,
    add column last_broken integer`,
  `update board set last_healthy_at = last_complete_at`,
  // No check on the state: the release before must bear the next one's states.
  `alter table source_state
    add column state text,
    add column sentence text,
    add column since timestamptz,
    add column judged_at timestamptz,
    add column fresh_as_of timestamptz,
    add column absent_asked_at timestamptz,
    add column absent_is_empty boolean`,
  `create table source_state_event (
    id bigint generated always as identity primary key,
    source text not null,
    at timestamptz not null default now(),
    state text not null,
    sentence text not null
  )`,
  `create index source_state_event_source_idx on source_state_event (source, id desc)`,
  // One row a source and day (UTC): what its last reads listed together, for the band of its own history.
  `create table source_day (
    source text not null,
    day date not null,
    boards integer not null,
    found bigint not null,
    broken bigint not null,
    primary key (source, day)
  )`,
];
