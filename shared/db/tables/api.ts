/** The tables of what the API remembers between requests. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface IdempotencyKeyTable {
  owner: string;
  key: string;
  body_hash: string;
  scan_id: string;
  answer: string | null;
  created_at: Generated<Time>;
}

export interface RateLimitTable {
  key: string;
  points: Generated<number>;
  expire: string | null;
}

export interface ApiTables {
  idempotency_key: IdempotencyKeyTable;
  rate_limit: RateLimitTable;
}
