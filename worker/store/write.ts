/** One batch, one transaction: rows first, the counts of the day and of the unit last. */
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import type { Database } from '../../shared/db/database.ts';
import { BY_KEY, inTransaction } from '../../shared/db/transaction.ts';
import type { SourceName } from '../../shared/sources.ts';
import type { Posting, Score } from '../posting.ts';
import { bigints } from './arrays.ts';
import { type BoardMap, type Entry, key } from './board-map.ts';
import { type Before, eventsOf, eventValues } from './events.ts';
import { reserveIds } from './ids.ts';
import { encodeRows, type Row } from './rows.ts';
import { EVENTS, FINISH, FIRST_SEEN, INSERT, UPDATE } from './statements.ts';

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
const CHUNK = 50;

/**
 * @param countValues values of `COUNTS`
 * @returns what the board's map has to know of the rows afterwards
 * @throws unique_violation or deadlock_detected when another writer of the same board was faster: load the map and try again
 */
export async function writeBatch(
  db: Database,
  unit: Unit,
  known: BoardMap,
  batch: readonly Ready[],
  countValues: readonly unknown[],
  at: Date,
): Promise<Map<string, Entry>> {
  const ready = sortedByKey(batch);
  const fresh = await newRows(db, ready, known, at);
  const stale = changedRows(ready, known);
  const scalars = { at, board_id: unit.boardId, source: unit.source };
  await inTransaction(
    db,
    async (client) => {
      const queue = oneAhead(client);
      // The answer comes while the new rows are encoded.
      if (stale.length > 0) await queue.send({ ...FIRST_SEEN, values: [bigints(stale.map((row) => row.id))] });
      const firstSeen = queue.last() as Promise<QueryResult<Before> | undefined>;
      for (const rows of chunksOf(fresh)) {
        await queue.send({ ...INSERT, values: encodeRows(INSERT, rows, unit.source, scalars) });
      }
      const before = new Map((await firstSeen)?.rows.map((row) => [Number(row.id), row]));
      const dated = stale.map((row) => ({ ...row, firstSeenAt: new Date(before.get(row.id)?.ms ?? at) }));
      const updates: Promise<QueryResult | undefined>[] = [];
      for (const rows of chunksOf(dated)) {
        await queue.send({ ...UPDATE, values: encodeRows(UPDATE, rows, unit.source, scalars) });
        updates.push(queue.last());
      }
      const events = eventsOf(stale, known, before);
      if (events.length > 0) await queue.send({ ...EVENTS, values: eventValues(events, at, `unit:${unit.unitId}`) });
      const states = (await Promise.all(updates)).flatMap((update) => update?.rows ?? []);
      const reopened = states.filter(({ state }) => state === 'closed').length;
      await queue.send({ ...FINISH, values: [...countValues, at, fresh.length, reopened] });
      await queue.last();
    },
    BY_KEY,
  );
  return new Map([...fresh, ...stale].map((row) => [row.key, entryOf(row, known.get(row.key))]));
}

async function newRows(
  db: Database,
  ready: readonly (readonly [string, Ready])[],
  known: BoardMap,
  at: Date,
): Promise<Row[]> {
  const fresh = ready.filter(([own]) => !known.has(own));
  const ids = await reserveIds(db, fresh.length);
  return fresh.flatMap(([own, item], i) => {
    const pair = ids[i];
    return pair === undefined ? [] : [{ ...item, key: own, id: pair.posting, jobId: pair.job, firstSeenAt: at }];
  });
}

/** Leaves out what another writer has stored in exactly this form meanwhile. */
function changedRows(ready: readonly (readonly [string, Ready])[], known: BoardMap): Omit<Row, 'firstSeenAt'>[] {
  const rows: Omit<Row, 'firstSeenAt'>[] = [];
  for (const [own, item] of ready) {
    const entry = known.get(own);
    if (entry === undefined || (!entry.closed && entry.hash.equals(item.hash))) continue;
    rows.push({ ...item, key: own, id: entry.id, jobId: entry.jobId });
  }
  return rows;
}

interface Queue {
  /** Sends the query when the one before is done, and does not wait for its own end. */
  send(query: QueryConfig): Promise<void>;
  /** The query that was sent last. */
  last(): Promise<QueryResult | undefined>;
}

/** One query is under way while the next one is being prepared; `pg` itself does not want more of a connection. */
function oneAhead(client: PoolClient): Queue {
  let last: Promise<QueryResult | undefined> = Promise.resolve(undefined);
  return {
    async send(query) {
      await last;
      last = client.query(query);
      // Its failure is thrown where it is awaited; without this it would count as unhandled until then.
      last.catch(() => undefined);
    },
    last: () => last,
  };
}

function chunksOf(rows: readonly Row[]): Row[][] {
  const chunks: Row[][] = [];
  for (let from = 0; from < rows.length; from += CHUNK) chunks.push(rows.slice(from, from + CHUNK));
  return chunks;
}

function entryOf(row: Omit<Row, 'firstSeenAt'>, before: Entry | undefined): Entry {
  const fresh = before === undefined || before.fresh === 'new' ? 'new' : 'changed';
  return { id: row.id, jobId: row.jobId, hash: row.hash, fresh, closed: false };
}

/**
 * In one order everywhere, so that two writers of the same board wait for each other instead of locking each other out. The
 * last of a repeated id wins.
 */
function sortedByKey(batch: readonly Ready[]): [string, Ready][] {
  const byKey = new Map(batch.map((ready) => [key(ready.nativeId), ready]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
}
