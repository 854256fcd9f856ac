/** Kysely's queries as prepared statements: a connection plans each text once, where planning takes longer than the look-up itself. */
import type { Compilable } from 'kysely';
import type { Database } from './database.ts';

/** Texts that have a name; a query whose text is ever another one would fill the connections with plans. */
const NAMES_MAX = 200;

const names = new Map<string, string>();

/** For queries that run for each unit, and whose text is always the same or one of a few. @returns all rows */
export async function preparedRows<Row extends object>(
  { pool }: Pick<Database, 'pool'>,
  query: Compilable<Row>,
): Promise<Row[]> {
  const { sql: text, parameters } = query.compile();
  const name = nameOf(text);
  const { rows } = await pool.query<Row>({ ...(name !== undefined && { name }), text, values: [...parameters] });
  return rows;
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMES_MAX) return known;
  const name = `prepared-${names.size + 1}`;
  names.set(text, name);
  return name;
}
