/** How we know that postings are open, and what operators hold back. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122221400_liveness extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // Postings that a complete read of their board did not list and that were not believed gone: a second read decides.
  `create table vanished (
    board_id integer not null references board on delete cascade,
    native_id text not null,
    since timestamptz not null,
    primary key (board_id, native_id)
  )`,
  // Set while the board has rows in vanished, so that nobody else needs to look there.
  'alter table board add column vanish_since timestamptz',
  // Set while postings of this board are called unknown because the board was not read to its end for too long.
  'alter table board add column unknown_since timestamptz',
  // Open postings of sources that do not list everything, and any posting that nobody knows of whether it is open. A closed
  // posting has no row here.
  `create table posting_life (
    posting_id bigint primary key,
    seen_at timestamptz not null,
    expires_at timestamptz,
    asked_at timestamptz,
    unknown_at timestamptz,
    unknown_why text
  ) with (fillfactor = 80)`,
  'create index posting_life_seen_at_idx on posting_life (seen_at) where unknown_at is null',
  'create index posting_life_expires_at_idx on posting_life (expires_at) where expires_at is not null',
  // How often its source told a later date for the same posting.
  'alter table posting add column reposts integer not null default 0',
  // Sources that operators paused; '*' holds all of them back, which drains the workers.
  `create table hold (
    target text primary key,
    since timestamptz not null default now(),
    who text not null,
    reason text
  )`,
];
