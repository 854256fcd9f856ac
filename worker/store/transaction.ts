/** Transactions on the pool itself, for statements that only PostgreSQL's own driver can say. */
import type { PoolClient } from 'pg';
import type { Database } from '../../shared/db/database.ts';

/** Tries of a transaction that collides with others again and again. */
export const TRIES = 4;

/**
 * Begins a transaction that finds its rows by key, however small the planner thinks the tables are: it plans once, for tables that
 * grow a thousandfold afterwards.
 */
export const BY_KEY =
  'begin; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off';

/** @param begin what begins it, with the settings that hold for it alone */
export async function inTransaction<T>(
  { pool }: Pick<Database, 'pool'>,
  work: (client: PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Again, where somebody else was in the way: four times in all. */
export async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TRIES || !isCollision(error)) throw error;
    }
  }
}

/** unique_violation, deadlock_detected and serialization_failure (PostgreSQL documentation, appendix A). */
export function isCollision(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23505' || code === '40P01' || code === '40001';
}
