import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../shared/db/database.ts';
import { instrumentPool } from '../../shared/db/instrument.ts';
import { DB_TABLES } from '../../shared/metrics/db.ts';
import { watchPool } from '../../shared/metrics/db-pool.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { sampleOf } from './page.ts';

const { url, db } = await testDatabase();

async function read(name: string, labels: Record<string, string> = {}): Promise<number> {
  return sampleOf(await registry.metrics(), name, labels) ?? Number.NaN;
}

/** How much a number grows by what `work` does. */
async function grown(name: string, labels: Record<string, string>, work: () => Promise<unknown>): Promise<number> {
  const before = await read(name, labels);
  await work();
  return (await read(name, labels)) - before;
}

describe('every statement counts once', () => {
  const selects = { operation: 'select', table: 'board' };
  test.each([
    ['through Kysely', () => db.sql.selectFrom('board').select('id').execute()],
    ['through the pool', () => db.pool.query('select * from board')],
    [
      'through the pool, with a name and values',
      () => db.pool.query({ name: 'x', text: 'select * from board where id = $1', values: [1] }),
    ],
    [
      'through a connection',
      async () => {
        const client = await db.pool.connect();
        await client.query('select * from board').finally(() => client.release());
      },
    ],
    ['through the ORM', () => db.em().getConnection().execute('select * from board')],
  ])('%s', async (_how, ask) => {
    expect(await grown('db_operations_total', { ...selects, status: 'success' }, ask)).toBe(1);
    expect(await grown('db_query_duration_seconds_count', selects, ask)).toBe(1);
  });

  test('when it fails, as an error of its kind, and its caller hears of it', async () => {
    for (const ask of [
      () => db.pool.query('select nonsense from scan'),
      () =>
        db.sql
          .selectFrom('scan')
          .select('nonsense' as 'id')
          .execute(),
    ]) {
      const fail = () => expect(ask()).rejects.toThrow('column "nonsense" does not exist');
      expect(await grown('db_operations_total', { operation: 'select', table: 'scan', status: 'error' }, fail)).toBe(1);
      expect(await grown('database_errors_total', { operation: 'select', error_type: 'syntax' }, fail)).toBe(1);
    }
  });

  test('and a table that is no label yet would be missing in the metrics', async () => {
    const { rows } = await db.pool.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> 'migration'`,
    );
    expect(DB_TABLES.filter((name) => name !== 'other').toSorted()).toEqual(rows.map((row) => row.name).sort());
  });
});

describe('a pool', () => {
  test('tells what it holds, what is asked of it, and how full it is', async () => {
    const own = await openDatabase(url, 'test-pool', 2);
    atEnd(() => own.close());
    const before = Object.fromEntries(
      await Promise.all(
        ['active', 'idle', 'waiting', 'max'].map(async (n) => [n, await read(`db_connections_${n}`)] as const),
      ),
    );
    const [one, two] = [await own.pool.connect(), await own.pool.connect()];
    const third = own.pool.connect();
    const now = async (name: string) => (await read(`db_connections_${name}`)) - before[name]!;
    // One was open and idle: the one that said that the database is there.
    expect([await now('active'), await now('idle'), await now('waiting'), await now('max')]).toEqual([2, -1, 1, 0]);
    expect(await read('db_pool_utilization_ratio')).toBe(1);
    one.release();
    (await third).release();
    two.release();
    expect([await now('active'), await now('waiting')]).toEqual([0, 0]);
    expect(await read('db_pool_utilization_ratio')).toBeLessThan(1);
  });

  test('measures how long its callers wait', async () => {
    const own = await openDatabase(url, 'test-wait', 1);
    atEnd(() => own.close());
    const held = await own.pool.connect();
    const waited = await grown('db_connection_acquire_duration_seconds_sum', {}, async () => {
      const queries = [own.pool.query('select 1'), own.sql.selectFrom('scan').select('id').execute()];
      await until(() => own.pool.waitingCount === 2);
      const releaseAt = performance.now() + 120;
      await until(() => performance.now() > releaseAt);
      held.release();
      await Promise.all(queries);
    });
    expect(waited).toBeGreaterThan(0.24);
  });

  test('that is closed counts no more', async () => {
    const before = await read('db_connections_max');
    const own = await openDatabase(url, 'test-closed', 7);
    expect((await read('db_connections_max')) - before).toBe(7);
    await own.close();
    expect(await read('db_connections_max')).toBe(before);
  });

  test('whose server is away counts an error of the connection for each that was wanted', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://user:secret@127.0.0.1:1/none' });
    instrumentPool(pool);
    atEnd(async () => {
      unwatch();
      await pool.end();
    });
    const unwatch = watchPool(pool);
    const labels = { operation: 'other', error_type: 'connection' };
    const fail = async () => {
      await expect(pool.connect()).rejects.toThrow('ECONNREFUSED');
      await expect(pool.query('select 1')).rejects.toThrow('ECONNREFUSED');
    };
    expect(await grown('database_errors_total', labels, fail)).toBe(2);
    expect(await grown('db_operations_total', {}, fail)).toBe(0);
  });
});
