/**
 * Filling tables fast. A table that is emptied and filled in one transaction, and an index that is made afterwards, need no
 * write-ahead log (`wal_level = minimal`); they are synced to the disk when the transaction ends.
 */
import type pg from 'pg';
import type { Database } from '../../shared/db/database.ts';

type Say = (line: string) => void;
const SAY_EVERY_MS = 10_000;
/** Rows of one statement. */
const SLICE = 100_000;

/** What it takes to load; everything is as it was when the benchmark begins. */
export async function whileLoading(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('set statement_timeout = 0');
  await client.query("set maintenance_work_mem = '1GB'");
  await client.query('set synchronous_commit = off');
  // Pages that were filled without a log would be logged whole when their rows are first looked at.
  await setForAll(client, 'set full_page_writes = off');
  try {
    await work();
  } finally {
    await setForAll(client, 'reset full_page_writes');
    await client.query('checkpoint');
    await client.query('reset all');
  }
}

async function setForAll(client: pg.Client, setting: string): Promise<void> {
  await client.query(`alter system ${setting}`);
  await client.query('select pg_reload_conf()');
}

/** In one transaction: empties the tables and fills them again. */
export async function refill(client: pg.Client, tables: readonly string[], fill: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`truncate ${tables.join(', ')}`);
    await fill();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** @param statement has the first and the last number of a slice as `$1` and `$2` */
export async function inSlices(
  client: pg.Client,
  statement: string,
  { rows, title, say }: { readonly rows: number; readonly title: string; readonly say: Say },
): Promise<void> {
  const tell = teller(title, say);
  for (let from = 1; from <= rows; from += SLICE) {
    const to = Math.min(rows, from + SLICE - 1);
    await client.query(statement, [from, to]);
    tell(to / rows);
  }
}

/** Says how far something is, now and then. */
function teller(title: string, say: Say): (share: number) => void {
  const startedAt = performance.now();
  let saidAt = startedAt;
  return (share) => {
    const now = performance.now();
    if (now - saidAt < SAY_EVERY_MS || share <= 0) return;
    saidAt = now;
    const leftSeconds = ((now - startedAt) / 1000 / share) * (1 - share);
    say(`  ${title}: ${Math.floor(share * 100)} %, about ${durationOf(leftSeconds)} left`);
  };
}

export function durationOf(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export interface Index {
  readonly name: string;
  readonly definition: string;
}

/** But for keys. @returns them, to be made again by their own definitions */
export async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = 'public' and tablename = any ($1::text[]) and indexname not like '%_pkey'`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows;
}

/** @param db asked how far it is while the client works */
export async function createIndexes(
  client: pg.Client,
  db: Pick<Database, 'pool'>,
  indexes: readonly Index[],
  say: Say,
): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  for (const [i, { name, definition }] of indexes.entries()) {
    const startedAt = performance.now();
    const timer = setInterval(() => {
      void phaseOf(db, rows[0]?.pid).then((phase) =>
        say(
          `  index ${i + 1} of ${indexes.length}, ${name}: ${durationOf((performance.now() - startedAt) / 1000)}, ${phase}`,
        ),
      );
    }, SAY_EVERY_MS);
    try {
      await client.query(definition);
    } finally {
      clearInterval(timer);
    }
  }
}

/** What the server is at: "building index: loading tuples in tree, 40 %". */
async function phaseOf({ pool }: Pick<Database, 'pool'>, pid: number | undefined): Promise<string> {
  const asked = pool.query<{ phase: string; share: number | null }>(
    `select phase, (case when tuples_total > 0 then tuples_done::float8 / tuples_total
        else blocks_done::float8 / nullif(blocks_total, 0) end) as share
      from pg_stat_progress_create_index where pid = $1`,
    [pid],
  );
  // Whoever ends the server while an index is made is told so by the index.
  const [row] = await asked.then(
    ({ rows }) => rows,
    () => [],
  );
  if (row === undefined) return 'nearly done';
  return row.share === null ? row.phase : `${row.phase}, ${Math.floor(row.share * 100)} %`;
}
