/** Sees every statement of a pool (ORM, Kysely, raw) at the driver and records it under `operation` and `table`. */
import type { Pool, PoolClient } from 'pg';
import { DB_OPERATIONS, DB_TABLES, type DbOperation, type DbTable, trackDbOperation } from '../metrics/db.ts';

const OPERATION = /^\s*(?:\/\*.*?\*\/\s*)?(\w+)/;
const WRITE = /\b(insert\s+into|update|delete\s+from)\s+"?(\w+)"?/i;
const TABLE = /\b(?:from|into|update|join|table)\s+(?:only\s+)?(?:"?\w+"?\.)?"?(\w+)"?/gi;

/** What a statement does and to what; a `with` counts as the write in it. Only the head is read: texts can be long. */
export function describe(text: string): { operation: DbOperation; table: DbTable } {
  const head = text.slice(0, 4000);
  let word = OPERATION.exec(head)?.[1]?.toLowerCase() ?? 'other';
  if (word === 'with') {
    const write = WRITE.exec(head);
    if (write !== null) {
      return { operation: asOperation(write[1]?.split(/\s/)[0]?.toLowerCase()), table: asTable(write[2]) };
    }
    word = 'select';
  }
  const tables = [...head.matchAll(TABLE)].map((m) => asTable(m[1])).filter((t) => t !== 'other');
  return { operation: asOperation(word), table: tables[0] ?? 'other' };
}

export function instrumentPool(pool: Pool): void {
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const instrumented = (...args: unknown[]): unknown => {
      const text = typeof args[0] === 'string' ? args[0] : (args[0] as { text?: string } | undefined)?.text;
      const last = args.at(-1);
      // A cursor or a COPY stream has no text and no single end; callbacks are only used inside pg itself.
      if (text === undefined || typeof last === 'function') return query(...args);
      const { operation, table } = describe(text);
      return trackDbOperation(operation, table, () => query(...args) as Promise<unknown>);
    };
    client.query = instrumented as typeof client.query;
  });
}

function asOperation(word: string | undefined): DbOperation {
  return DB_OPERATIONS.find((o) => o === word) ?? 'other';
}

function asTable(word: string | undefined): DbTable {
  return DB_TABLES.find((t) => t === word?.toLowerCase()) ?? 'other';
}
