/** A database with jobs, through the product's own pool and through a bare connection. */
import pg from 'pg';
import { type Database, openDatabase } from '../../shared/db/database.ts';
import { migrate } from '../../shared/db/migrate.ts';
import { fillJobs } from './fill.ts';
import { durationOf } from './loading.ts';
import { ALL_TERM_IDS } from './vocabulary.ts';

export interface World {
  readonly db: Database;
  /** For baselines: without our instruments. */
  readonly client: pg.Client;
  readonly url: string;
}

/** A second database of the same server. */
export async function openSmall(url: string): Promise<World> {
  const other = new URL(url);
  other.pathname = '/small';
  await migrate(other.href);
  const client = new pg.Client({ connectionString: other.href });
  await client.connect();
  return { client, db: await openDatabase(other.href, 'bench-small'), url: other.href };
}

export async function loadJobs({ client, db }: World, rows: number, say: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  await fillJobs(client, db, rows, ALL_TERM_IDS, say);
  say(`${rows.toLocaleString('en')} jobs loaded in ${since(startedAt)}: ${await sizeOf(client)}`);
}

export const since = (startedAt: number) => durationOf((performance.now() - startedAt) / 1000);

export async function sizeOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  return rows[0]?.size ?? '';
}
