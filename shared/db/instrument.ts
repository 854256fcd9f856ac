/** Sees every statement of a pool (ORM, Kysely, raw) at the driver and records it under `operation` and `table`. */
import type { Pool, PoolClient } from 'pg';
import {
  countConnectError,
  DB_OPERATIONS,
  DB_TABLES,
  type DbOperation,
  type DbTable,
  startDbOperation,
  trackDbOperation,
} from '../metrics/db.ts';
import { startAcquire } from '../metrics/db-pool.ts';

const OPERATION = /^\s*(?:\/\*.*?\*\/\s*)?(\w+)/;
const WRITE = /\b(insert\s+into|update|delete\s+from)\s+"?(\w+)"?/i;
const TABLE = /\b(?:from|into|update|join|table)\s+(?:only\s+)?(?:"?\w+"?\.)?"?(\w+)"?/gi;

interface Described {
  readonly operation: DbOperation;
  readonly table: DbTable;
}

/** Statements are few and asked for often; reading one takes longer than some of them run. */
const described = new Map<string, Described>();
const DESCRIBED_MAX = 1000;

function describeOnce(text: string): Described {
  const known = described.get(text);
  if (known !== undefined) return known;
  const fresh = describe(text);
  if (described.size < DESCRIBED_MAX) described.set(text, fresh);
  return fresh;
}

/** What a statement does and to what; a `with` counts as the write in it. Only the head is read: texts can be long. */
export function describe(text: string): Described {
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
  measureAcquire(pool);
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const instrumented = (...args: unknown[]): unknown => {
      const text = typeof args[0] === 'string' ? args[0] : (args[0] as { text?: string } | undefined)?.text;
      // A cursor or a COPY stream has no text and no single end.
      if (text === undefined) return query(...args);
      const { operation, table } = describeOnce(text);
      const last = args.at(-1);
      if (typeof last !== 'function')
        return trackDbOperation(operation, table, () => query(...args) as Promise<unknown>);
      // So `pool.query` asks. Its caller hears of a failure by the callback, or by what is thrown at once.
      const end = startDbOperation(operation, table);
      try {
        return query(...args.slice(0, -1), (error: unknown, ...answer: unknown[]) => {
          end(error);
          last(error, ...answer);
        });
      } catch (error) {
        end(error);
        throw error;
      }
    };
    client.query = instrumented as typeof client.query;
  });
}

type Connected = Parameters<Parameters<Pool['connect']>[0]>;

/** `pool.query` comes through here, too: it takes its connection with a callback. */
function measureAcquire(pool: Pool): void {
  const connect = pool.connect.bind(pool);
  const begin = () => {
    const acquired = startAcquire();
    return (error?: unknown) => {
      acquired();
      if (error != null) countConnectError(error);
    };
  };
  const withCallback = (callback: (...args: Connected) => void) => {
    const end = begin();
    connect((...args: Connected) => {
      end(args[0]);
      callback(...args);
    });
  };
  const withPromise = async () => {
    const end = begin();
    try {
      const client = await connect();
      end();
      return client;
    } catch (error) {
      end(error);
      throw error;
    }
  };
  pool.connect = ((callback?: (...args: Connected) => void) =>
    callback === undefined ? withPromise() : withCallback(callback)) as Pool['connect'];
}

function asOperation(word: string | undefined): DbOperation {
  return DB_OPERATIONS.find((o) => o === word) ?? 'other';
}

function asTable(word: string | undefined): DbTable {
  return DB_TABLES.find((t) => t === word?.toLowerCase()) ?? 'other';
}
