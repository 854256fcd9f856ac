/** One batch, one transaction: rows first, the counts of the day and of the unit last. */
import type { PoolClient } from 'pg';
import type { Database } from '../../shared/db/database.ts';
import type { SourceName } from '../../shared/sources.ts';
import type { Posting, Score } from '../posting.ts';
import { bigints } from './arrays.ts';
import { type BoardMap, type Entry, key } from './board-map.ts';
import { reserveIds } from './ids.ts';
import { type Counts, countValues, encodeRows, type Row } from './rows.ts';
import { COUNTS, DAY, FIRST_SEEN, INSERT, UPDATE } from './statements.ts';

interface Ready {
  readonly nativeId: string;
  readonly hash: Buffer;
  readonly raw: unknown;
  readonly posting: Posting;
  readonly score: Score;
}

interface Unit {
  readonly unitId: string;
  readonly boardId: number;
  readonly source: SourceName;
}

/** Rows of one statement. While the server writes one chunk, the next one is compressed and encoded here. */
const CHUNK = 100;

/**
 * The rows of a chunk are found by key, however small the planner thinks the tables are: it plans once, for tables that
 * grow a thousandfold afterwards.
 */
const BEGIN =
  'begin; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off';

/**
 * @returns what the board's map has to know of the rows afterwards
 * @throws unique_violation or deadlock_detected when another writer of the same board was faster: load the map and try again
 */
export async function writeBatch(
  db: Database,
  unit: Unit,
  known: BoardMap,
  batch: readonly Ready[],
  counts: Counts,
  at: Date,
): Promise<Map<string, Entry>> {
  const ready = sortedByKey(batch);
  return await inTransaction(db, async (client) => {
    const fresh = await newRows(
      db,
      client,
      ready.filter(([own]) => !known.has(own)),
      at,
    );
    const stale = await changedRows(client, ready, known);
    await sendInChunks(client, unit, at, fresh, stale);
    const reopened = stale.filter((row) => known.get(row.key)?.closed).length;
    if (fresh.length + reopened > 0) await client.query({ ...DAY, values: [at, fresh.length, reopened] });
    await client.query({ ...COUNTS, values: countValues(unit.unitId, counts) });
    return new Map([...fresh, ...stale].map((row) => [row.key, entryOf(row, known.get(row.key))]));
  });
}

async function newRows(
  db: Database,
  client: PoolClient,
  ready: readonly (readonly [string, Ready])[],
  at: Date,
): Promise<Row[]> {
  const ids = await reserveIds(db, client, ready.length);
  return ready.map(([own, item]) => ({ ...item, key: own, id: ids.posting(), jobId: ids.job(), firstSeenAt: at }));
}

/** Leaves out what another writer has stored in exactly this form meanwhile. */
async function changedRows(
  client: PoolClient,
  ready: readonly (readonly [string, Ready])[],
  known: BoardMap,
): Promise<Row[]> {
  const rows: Omit<Row, 'firstSeenAt'>[] = [];
  for (const [own, item] of ready) {
    const entry = known.get(own);
    if (entry === undefined || (!entry.closed && entry.hash.equals(item.hash))) continue;
    rows.push({ ...item, key: own, id: entry.id, jobId: entry.jobId });
  }
  if (rows.length === 0) return [];
  const ids = bigints(rows.map((row) => row.id));
  const found = await client.query<{ id: string; ms: number }>({ ...FIRST_SEEN, values: [ids] });
  const firstSeen = new Map(found.rows.map((row) => [Number(row.id), new Date(row.ms)]));
  return rows.map((row) => ({ ...row, firstSeenAt: firstSeen.get(row.id) ?? new Date(0) }));
}

async function sendInChunks(
  client: PoolClient,
  unit: Unit,
  at: Date,
  fresh: readonly Row[],
  stale: readonly Row[],
): Promise<void> {
  const scalars = { at, board_id: unit.boardId, source: unit.source };
  let sent: Promise<unknown> = Promise.resolve();
  for (const { statement, rows } of [...chunksOf(INSERT, fresh), ...chunksOf(UPDATE, stale)]) {
    // The server is still busy with the chunk before.
    const values = encodeRows(statement, rows, unit.source, scalars);
    await sent;
    sent = client.query({ ...statement, values });
    // The failure is thrown where it is awaited; without this it would count as unhandled until then.
    sent.catch(() => undefined);
  }
  await sent;
}

interface Chunk {
  readonly statement: typeof INSERT | typeof UPDATE;
  readonly rows: readonly Row[];
}

function chunksOf(statement: Chunk['statement'], rows: readonly Row[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < rows.length; from += CHUNK)
    chunks.push({ statement, rows: rows.slice(from, from + CHUNK) });
  return chunks;
}

function entryOf({ id, jobId, hash }: Row, before: Entry | undefined): Entry {
  const fresh = before === undefined || before.fresh === 'new' ? 'new' : 'changed';
  return { id, jobId, hash, fresh, closed: false };
}

/**
 * In one order everywhere, so that two writers of the same board wait for each other instead of locking each other out. The
 * last of a repeated id wins.
 */
function sortedByKey(batch: readonly Ready[]): [string, Ready][] {
  const byKey = new Map(batch.map((ready) => [key(ready.nativeId), ready]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function inTransaction<T>(db: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
