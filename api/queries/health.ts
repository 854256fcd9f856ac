/** Whether this process can do its work now. */
import { sql } from 'kysely';
import type { Database } from '../../shared/db/database.ts';
import { MIGRATIONS } from '../../shared/db/migrations/all.ts';

/** Throws when the database does not answer. */
export async function pingDatabase(db: Pick<Database, 'sql'>): Promise<void> {
  await sql`select 1`.execute(db.sql);
}

/** Throws when a migration that this code needs has not run. */
export async function checkMigrations(db: Pick<Database, 'sql'>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from migration`.execute(db.sql);
  const done = new Set(rows.map((row) => row.name));
  const missing = MIGRATIONS.filter((migration) => !done.has(migration.name));
  if (missing.length > 0) throw new Error(`not run: ${missing.map((migration) => migration.name).join(', ')}`);
}
