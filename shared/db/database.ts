/** The connection of one process to PostgreSQL: MikroORM for schema and single rows, its Kysely for everything that is hot. */
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { watchPool } from '../metrics/db-pool.ts';
import { connectFault } from './faults.ts';
import { instrumentPool } from './instrument.ts';
import { ormOptions } from './orm.ts';
import type { Tables } from './tables.ts';

export interface Database {
  readonly url: string;
  /** A fresh unit of work; one for each request or unit. */
  em(): EntityManager;
  /** Typed SQL on the ORM's own pool. */
  readonly sql: Kysely<Tables>;
  /** The pool itself, for session locks and for statements that Kysely cannot say. */
  readonly pool: Pool;
  /** Only in simulations: their clock, in the place of the database's (`clock.ts`). */
  readonly clock?: (() => Date) | undefined;
  close(): Promise<void>;
}

/** Connections of one process: what it may hold of the server's `max_connections`. */
const POOL_MAX = 10;

/**
 * Connects at once, so that an unreachable database is told at start and not at the first request.
 * @param name shown in `pg_stat_activity`
 * @throws StartError
 */
export async function openDatabase(url: string, name: string, poolMax = POOL_MAX): Promise<Database> {
  let pool: Pool | undefined;
  const orm = await MikroORM.init(
    ormOptions(url, {
      ensureDatabase: false,
      pool: { min: 0, max: poolMax, idleTimeoutMillis: 30_000 },
      driverOptions: {
        application_name: `jobscout-${name}`,
        statement_timeout: 60_000,
        onPoolCreated: (created: Pool) => {
          pool = created;
          instrumentPool(created);
          // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
          created.on('error', () => undefined);
        },
      },
    }),
  );
  await orm.connect();
  if (pool === undefined) throw new Error('MikroORM opened no pool');
  const opened = pool;
  // `orm.connect()` only makes the pool.
  const close = async () => {
    await orm.close();
    // MikroORM leaves a pool alone that it never asked for a connection itself; its sockets would hold the process.
    if (!opened.ended) await opened.end();
  };
  await opened.query('select 1').catch(async (error: unknown) => {
    await close();
    throw connectFault(url, error);
  });
  const unwatch = watchPool(opened);
  return {
    url,
    em: () => orm.em.fork() as EntityManager,
    sql: (orm.em.fork() as EntityManager).getKysely<Tables>(),
    pool: opened,
    close: async () => {
      unwatch();
      await close();
    },
  };
}

/**
 * Runs `work` while holding a session lock that no other process of the fleet holds; undefined when it is taken.
 * The lock is gone with the connection, so a killed process never keeps it.
 */
export async function withLock<T>(
  db: Pick<Database, 'pool'>,
  key: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | undefined> {
  const client = await db.pool.connect();
  let broken = false;
  // The client idles while `work` runs elsewhere; a connection that breaks then would otherwise end the process.
  const onError = () => {
    broken = true;
  };
  client.on('error', onError);
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
      [key],
    );
    if (rows[0]?.taken !== true) return undefined;
    try {
      return await work(client);
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [key]).catch(() => {
        broken = true;
      });
    }
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
