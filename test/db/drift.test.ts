import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { beforeAll, describe, expect, test } from 'vitest';
import { ENTITIES } from '../../shared/db/entities/all.ts';
import { ormOptions } from '../../shared/db/orm.ts';
import { DB_TABLES } from '../../shared/metrics/db.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly filled: boolean;
}

let columns: readonly Column[];
let orm: MikroORM;

beforeAll(async () => {
  const { db, url } = await testDatabase();
  const { rows } = await db.pool.query<Column>(
    `select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            not a.attnotnull as nullable, a.atthasdef or a.attidentity <> '' as filled
       from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
  );
  columns = rows.filter((column) => column.table !== 'migration');
  orm = await MikroORM.init(ormOptions(url, { ensureDatabase: false }));
  atEnd(() => orm.close());
});

const columnsOf = (table: string) => columns.filter((column) => column.table === table);

describe('the entities and the migrated tables', () => {
  test.each(ENTITIES.map((entity) => entity.meta.className))('agree on every column of %s', (name) => {
    const meta = [...orm.getMetadata().getAll().values()].find((m) => m.className === name);
    const properties = (meta?.props ?? []).filter((property) => property.persist !== false);
    expect(properties.length).toBeGreaterThan(5);
    for (const property of properties) {
      const column = columnsOf(meta?.tableName ?? '').find((c) => c.name === property.fieldNames[0]);
      expect(column, `${name}.${property.name}`).toMatchObject({
        type: normal(property.columnTypes[0]),
        nullable: property.nullable ?? false,
      });
    }
  });

  test.each(ENTITIES.map((entity) => entity.meta.className))(
    'let %s be inserted without what it leaves out',
    (name) => {
      const meta = [...orm.getMetadata().getAll().values()].find((m) => m.className === name);
      const mapped = new Set((meta?.props ?? []).flatMap((property) => property.fieldNames));
      const missing = columnsOf(meta?.tableName ?? '').filter((c) => !mapped.has(c.name) && !c.nullable && !c.filled);
      expect(missing).toEqual([]);
    },
  );
});

describe('the typed tables of Kysely', () => {
  test('have every table and every column that the migrations make, with the same nullability', () => {
    const typed = typedColumns();
    expect(typed.length).toBeGreaterThan(60);
    const key = ({ table, name, nullable }: Pick<Column, 'table' | 'name' | 'nullable'>) =>
      `${table}.${name}${nullable ? ' or null' : ''}`;
    expect(typed.map(key).sort()).toEqual(columns.map(key).sort());
  });
});

describe('docs/architecture.md', () => {
  test('says of every table what it holds', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/architecture.md'), 'utf8');
    const told = new Set([...text.matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell]) => cell?.match(/[a-z_]+(?=`)/g) ?? []));
    const tables = [...new Set(columns.map((column) => column.table))];
    expect(tables.filter((table) => !told.has(table))).toEqual([]);
  });
});

describe('the metrics of the database', () => {
  test('have a label for every table', () => {
    const tables = [...new Set(columns.map((column) => column.table))];
    expect(tables.filter((table) => !DB_TABLES.some((label) => label === table))).toEqual([]);
  });
});

/** PostgreSQL's own name for what MikroORM writes; a precision of 6 is the default. */
function normal(type: string | undefined): string | undefined {
  const names: Record<string, string> = { int: 'integer', serial: 'integer', timestamptz: 'timestamp with time zone' };
  const plain = type?.replace('(6)', '').replace('(0)', '');
  return plain === undefined ? undefined : (names[plain] ?? plain);
}

/** Types are gone at run time, so the file itself is read: one interface a table, one property a line. */
function typedColumns(): Pick<Column, 'table' | 'name' | 'nullable'>[] {
  const folder = join(import.meta.dirname, '../../shared/db/tables');
  const files = readdirSync(folder);
  const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const interfaces = new Map(
    [...text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => [name ?? '', body ?? '']),
  );
  const tables = [...interfaces].filter(([name]) => /^\w*Tables$/.test(name)).map(([, body]) => body);
  return [...tables.join('\n').matchAll(/^ {2}(\w+): (\w+);/gm)].flatMap(([, table, type]) =>
    [...(interfaces.get(type ?? '') ?? '').matchAll(/^ {2}(\w+): (.*);$/gm)].map(([, name, of]) => ({
      table: table ?? '',
      name: name ?? '',
      nullable: /\bnull\b/.test(of ?? ''),
    })),
  );
}
