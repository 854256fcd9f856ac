/** Transactions on the pool itself, for statements that only PostgreSQL's own driver can say. */
import type { PoolClient } from 'pg';
import type { Database } from './database.ts';

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
