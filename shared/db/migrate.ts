/** Brings a database to the state that this code expects. Safe to call from several starting processes at once. */
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { StartError } from '../errors.ts';
import { migrateQueueTables } from '../queues/migrate.ts';
import { connectFault, databaseAddress } from './faults.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { ormOptions } from './orm.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** How long another starter may take with its migrations before this one gives up waiting. */
const LOCK_TIMEOUT_MS = 600_000;
/** `uuidv7()` came with PostgreSQL 18. */
const VERSION_MIN = 180_000;

/**
 * Creates the database where it is missing, then runs our migrations and BullMQ's, under one advisory lock.
 * @throws StartError when it is unreachable, too old, newer than this code, or may not be created
 */
export async function migrate(url: string): Promise<void> {
  const client = await connectOrCreate(url);
  try {
    await requireVersion(client, url);
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query("select pg_advisory_lock(hashtextextended('jobscout:migrate', 0))");
    await refuseNewer(client, url);
    await runOurs(url);
    await migrateQueueTables(client);
  } finally {
    // The lock ends with its connection.
    await client.end().catch(() => undefined);
  }
}

async function connectOrCreate(url: string): Promise<pg.Client> {
  try {
    return await connect(url);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '3D000') throw connectFault(url, error);
  }
  await createDatabase(url);
  return connect(url).catch((error: unknown) => {
    throw connectFault(url, error);
  });
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'jobscout-migrate',
  });
  // A connection that breaks between two queries fails the next one; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function createDatabase(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = await connect(admin.href).catch(() => {
    throw new StartError(`The database ${databaseAddress(url)} does not exist: create it (createdb ${name}).`);
  });
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // Somebody else created it in this moment: either seen as existing, or as a duplicate key of the catalogue.
    if (code === '42P04' || code === '23505') return;
    throw new StartError(
      `The database ${databaseAddress(url)} does not exist and this user may not create it: create it (createdb ${name}).`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function requireVersion(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
  );
  if ((rows[0]?.number ?? 0) >= VERSION_MIN) return;
  throw new StartError(
    `The database at ${databaseAddress(url)} is PostgreSQL ${rows[0]?.version}, and 18 or newer is needed: upgrade it, or unset DATABASE_URL.`,
  );
}

/** Older code on a newer database would write rows that the newer code does not expect. */
async function refuseNewer(client: pg.Client, url: string): Promise<void> {
  const { rows: found } = await client.query<{ there: boolean }>(
    "select to_regclass('migration') is not null as there",
  );
  if (found[0]?.there !== true) return;
  const { rows } = await client.query<{ name: string }>('select name from migration order by name');
  const known = new Set<string>(MIGRATIONS.map((migration) => migration.name));
  const unknown = rows.map((row) => row.name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new StartError(
    `The database at ${databaseAddress(url)} is newer than this code (it has ${unknown.join(', ')}): update this installation, or use another database.`,
  );
}

async function runOurs(url: string): Promise<void> {
  const orm = await MikroORM.init(ormOptions(url, { ensureDatabase: false, pool: { min: 0, max: 2 } }));
  try {
    await orm.migrator.up();
  } finally {
    await orm.close();
  }
}
