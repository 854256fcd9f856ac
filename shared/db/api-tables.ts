/** Tables of what the API remembers between requests. */
import type { Generated } from 'kysely';

export interface IdempotencyKeyTable {
  owner: string;
  key: string;
  body_hash: string;
  scan_id: string;
  answer: string | null;
  created_at: Generated<Date | string>;
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
