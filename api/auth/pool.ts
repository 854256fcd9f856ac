/** The connections of accounts. Never the ORM's: its types leave times as text, and a session would then never be seen to expire. */
import pg from 'pg';
import { instrumentPool } from '../../shared/db/instrument.ts';
import { watchPool } from '../../shared/metrics/db-pool.ts';

/** Beside the ten of the ORM's pool; accounts ask one short statement at a time. */
const POOL_MAX = 5;
const INT8 = 20;

export interface AuthPool {
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export function openAuthPool(url: string): AuthPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_MAX,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 10_000,
    application_name: 'jobscout-accounts',
    // pg gives bigint as text; the limiter would add to a text and answer waits of centuries.
    types: { getTypeParser: ((id: number, format: 'text') => parserOf(id, format)) as typeof pg.types.getTypeParser },
  });
  instrumentPool(pool);
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const unwatch = watchPool(pool);
  return {
    pool,
    close: async () => {
      unwatch();
      await pool.end();
    },
  };
}

function parserOf(id: number, format: 'text'): unknown {
  return id === INT8 ? Number : pg.types.getTypeParser(id, format);
}
