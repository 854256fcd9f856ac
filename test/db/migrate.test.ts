import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { migrate } from '../../shared/db/migrate.ts';
import { MIGRATIONS } from '../../shared/db/migrations/all.ts';
import { StartError } from '../../shared/errors.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase } from '../db.ts';

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const applied = (url: string) => query<{ name: string }>(url, 'select name from migration order by id');

function withDatabase(name: string): string {
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

describe('migrate', () => {
  test('brings an empty database up once, also when several starters do it at the same time', async () => {
    const url = await createTestDatabase({ empty: true });
    await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect((await applied(url)).map((row) => row.name)).toEqual(MIGRATIONS.map((m) => m.name));
    expect(await query(url, "select 1 as one from pg_tables where schemaname = 'bullmq' limit 1")).toEqual([
      { one: 1 },
    ]);
  });

  test('changes nothing the second time', async () => {
    const url = await createTestDatabase();
    const before = await query(url, 'select id, name, executed_at from migration');
    await migrate(url);
    expect(await query(url, 'select id, name, executed_at from migration')).toEqual(before);
  });

  test('creates the database that is missing, also when two want it at once', async () => {
    const url = withDatabase(`t_missing_${process.pid}`);
    atEnd(() => query(inject('adminUrl'), `drop database t_missing_${process.pid} with (force)`));
    await Promise.all([migrate(url), migrate(url)]);
    expect(await applied(url)).toHaveLength(MIGRATIONS.length);
  });

  test('refuses a database that a newer version has migrated, and names the migration', async () => {
    const url = await createTestDatabase();
    await query(url, "insert into migration (name) values ('Migration20991231235959_future')");
    const fault = await migrate(url).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StartError);
    expect(String(fault)).toContain('Migration20991231235959_future');
    expect(String(fault)).toContain('update this installation');
  });

  test('says that a user may not create the missing database', async () => {
    const admin = inject('adminUrl');
    await query(admin, `create role modest_${process.pid} login password 'modest'`);
    atEnd(() => query(admin, `drop role modest_${process.pid}`));
    const url = new URL(withDatabase('t_not_there'));
    url.username = `modest_${process.pid}`;
    url.password = 'modest';
    await expect(migrate(url.href)).rejects.toThrow(/t_not_there does not exist and this user may not create it/);
  });

  test.each([
    ['nothing listens', (u: URL) => (u.port = '1'), /unreachable \(nothing listens there\)/],
    ['the password is wrong', (u: URL) => (u.password = 'wrong'), /refuses the password/],
    ['the host does not exist', (u: URL) => (u.hostname = 'no-such-host.invalid'), /unreachable/],
  ])('says in one sentence without the password that %s', async (_case, change, sentence) => {
    const url = new URL(inject('adminUrl'));
    const { password } = url;
    change(url);
    const fault = await migrate(url.href).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StartError);
    expect(String(fault)).toMatch(sentence);
    expect(String(fault)).not.toContain(password);
    expect(String(fault).split('\n')).toHaveLength(1);
  });
});
