/** What the API remembers between requests: answers to give again, and how much of an allowance is spent. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123013000_api_state extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table idempotency_key (
    owner text not null,
    key text not null,
    body_hash text not null,
    scan_id uuid not null,
    answer text,
    created_at timestamptz not null default now(),
    primary key (owner, key)
  )`,
  'create index idempotency_key_created_at on idempotency_key (created_at)',
  // Worth nothing after a crash, and written often: no write-ahead log. The shape is that of rate-limiter-flexible.
  'create unlogged table rate_limit (key varchar(255) primary key, points integer not null default 0, expire bigint)',
];
