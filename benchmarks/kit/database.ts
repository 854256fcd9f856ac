/** A PostgreSQL of the benchmark's own, durable as in production, in a folder that is removed afterwards or kept for the next run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../../shared/db/database.ts';
import { migrate } from '../../shared/db/migrate.ts';
import { startEmbedded } from '../../shared/embedded/launch.ts';

/** fsync and synchronous_commit stay on. What would come and go in the middle of a round is kept out of all arms alike. */
const SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
};

export interface BenchDatabase {
  readonly db: Database;
  /** A connection without our instruments, for baselines and limits. */
  readonly client: pg.Client;
  readonly url: string;
}

/** @param kept a folder that stays as it is afterwards; a server that runs there already is used, and goes on */
export async function withBenchDatabase(
  work: (database: BenchDatabase) => Promise<void>,
  kept?: string,
): Promise<void> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'jobscout-bench-'));
  const server = await startEmbedded(folder, { settings: SETTINGS });
  const end = async () => {
    if (!server.adopted) await server.stop();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  };
  // The server is its own process on purpose; a benchmark that is interrupted must not leave it.
  const interrupted = () => {
    void end().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    await migrate(server.url);
    const db = await openDatabase(server.url, 'bench');
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await work({ db, client, url: server.url });
    } finally {
      await client.end();
      await db.close();
    }
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await end();
  }
}

/** Bytes of write-ahead log since the server was made. */
export async function walBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`,
  );
  return Number(rows[0]?.bytes);
}
