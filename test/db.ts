import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../shared/db/database.ts';
import { atEnd } from './at-end.ts';
import { TEMPLATE } from './run-folder.ts';

/** A migrated database of its own, copied from the template in about 50 ms; closed and dropped after the file. */
export async function testDatabase(): Promise<{ url: string; db: Database }> {
  const url = await createTestDatabase();
  const db = await openDatabase(url, 'test');
  atEnd(() => db.close());
  return { url, db };
}

/** Only the url of such a database; `empty` leaves out the tables. */
export async function createTestDatabase({ empty = false }: { empty?: boolean } = {}): Promise<string> {
  const name = `t_${process.pid}_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} template ${empty ? 'template0' : TEMPLATE} strategy file_copy`);
  atEnd(() => onServer(`drop database if exists ${name} with (force)`));
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
