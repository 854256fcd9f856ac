/**
 * Bulk writes of one board's postings. The path that matters is "seen again, unchanged": a look into a map and nothing else.
 * New and changed postings are written with one statement for each few hundred, all of a batch in one transaction together
 * with the unit's counts, so that rows and counts never disagree, whatever is killed and when.
 */
import { hash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Database } from '../shared/db/database.ts';
import type { SourceName } from '../shared/sources.ts';
import type { Posting, Score } from './posting.ts';
import { bigints } from './store/arrays.ts';
import { type BoardMap, type Entry, freshness, key, loadBoardMap } from './store/board-map.ts';
import { reserveIds } from './store/ids.ts';
import { countValues, encodeRows, type Row } from './store/rows.ts';
import { CLOSE, COUNTS, DAY, INSERT, UPDATE } from './store/statements.ts';

/** A posting that is to be written: new, changed, or listed again after it was closed. */
export interface Ready {
  readonly nativeId: string;
  readonly hash: Buffer;
  /** The source's own record; kept beside the posting. */
  readonly raw: unknown;
  readonly posting: Posting;
  readonly score: Score;
}

/** Totals of the unit so far, not of the batch. `found = kept + rejected` and `kept = new + changed + unchanged`, or the table refuses. */
export interface UnitCounts {
  requests: number;
  found: number;
  kept: number;
  rejected: number;
  new: number;
  changed: number;
  unchanged: number;
  closed: number;
  rejectedReasons: Record<string, number>;
  invalidSamples: unknown[];
}

/**
 * - `new`, `changed`: make it ready and write it (`changed` also when it was closed and is listed again).
 * - `unchanged`: nothing to do.
 * - `new-before`, `changed-before`: an earlier attempt of this very unit wrote it. Nothing to write, but it counts as new or
 *   changed, because that attempt's counts are not the unit's.
 */
export type Verdict = 'new' | 'changed' | 'unchanged' | 'new-before' | 'changed-before';

export interface BoardStore {
  /** How many postings an earlier attempt of this unit closed: the unit's `closed` starts here. */
  readonly closedBefore: number;
  /** What the database knows of a posting; costs no SQL. */
  lookup(nativeId: string, hash: Buffer): Verdict;
  /** Writes postings, jobs, terms, bodies, the day's counts and the unit's counts in one transaction. Best with 100 to `BATCH_MAX` rows. */
  write(batch: readonly Ready[], counts: UnitCounts): Promise<void>;
  /** Writes the unit's counts alone. */
  saveCounts(counts: UnitCounts): Promise<void>;
  /** Closes open postings and the jobs that have no other open posting. @returns how many postings were closed */
  close(nativeIds: readonly string[], evidence: string): Promise<number>;
  /** Open postings of this board that are not in `seen`. */
  unseen(seen: ReadonlySet<string>): string[];
  /** How many postings of this board are open. */
  readonly open: number;
}

export interface Unit {
  readonly unitId: string;
  readonly boardId: number;
  readonly source: SourceName;
  /** When the first attempt of this unit started. */
  readonly startedAt: Date;
  readonly now: () => Date;
}

/** Rows that a caller should gather before it writes: enough to make a commit cheap, few enough to hold in memory. */
export const BATCH_MAX = 2000;
/** Rows of one statement. While the server writes one chunk, the next one is compressed and encoded here. */
const CHUNK = 250;
/** Somebody else wrote the same postings meanwhile: look again and write what is left. */
const TRIES = 4;

/**
 * 16 bytes that are equal when the item is. The keys' order is the source's own and is not sorted: sources build their
 * answers by program, so the order is stable, and one that changes costs a rewrite, never a missed change.
 * @param stable the connector's `stable(item)`
 */
export function contentHash(stable: unknown): Buffer {
  return hash('sha256', JSON.stringify(stable) ?? '', 'buffer').subarray(0, 16);
}

/** Loads what is known of the board: one row of the index for each posting that it ever had. */
export async function openBoardStore(db: Database, unit: Unit): Promise<BoardStore> {
  const startedAt = unit.startedAt.getTime();
  // A clock that is behind the one that started the unit must not make its rows look older than the unit.
  const clock = () => new Date(Math.max(unit.now().getTime(), startedAt));
  let known: BoardMap = await loadBoardMap(db, unit.boardId);
  let closedBefore = 0;
  for (const entry of known.values()) if (entry.closedAt !== null && entry.closedAt >= startedAt) closedBefore++;

  return {
    closedBefore,
    get open() {
      let open = 0;
      for (const entry of known.values()) if (entry.closedAt === null) open++;
      return open;
    },
    lookup(nativeId, itemHash) {
      const entry = known.get(key(nativeId));
      if (entry === undefined) return 'new';
      const fresh = freshness(entry, startedAt);
      if (entry.closedAt !== null || !entry.hash.equals(itemHash)) return fresh === 'new' ? 'new' : 'changed';
      return fresh === undefined ? 'unchanged' : `${fresh}-before`;
    },
    async write(batch, counts) {
      const ready = sortedByKey(batch);
      for (let attempt = 1; ; attempt++) {
        try {
          const written = await writeAll(db, unit, known, ready, counts, clock());
          for (const row of written) known.set(row.key, row.entry);
          return;
        } catch (error) {
          if (attempt >= TRIES || !isCollision(error)) throw error;
          known = await loadBoardMap(db, unit.boardId);
        }
      }
    },
    async saveCounts(counts) {
      await db.pool.query({ ...COUNTS, values: countValues(unit.unitId, counts) });
    },
    async close(nativeIds, evidence) {
      const at = clock();
      const entries: Entry[] = [];
      for (const nativeId of nativeIds) {
        const entry = known.get(key(nativeId));
        if (entry !== undefined && entry.closedAt === null) entries.push(entry);
      }
      if (entries.length === 0) return 0;
      const { rows } = await db.pool.query<{ closed: number }>({
        ...CLOSE,
        values: [bigints(entries.map((entry) => entry.id)), at, evidence],
      });
      for (const entry of entries) entry.closedAt = at.getTime();
      return rows[0]?.closed ?? 0;
    },
    unseen(seen) {
      const keys = new Set<string>();
      for (const nativeId of seen) keys.add(key(nativeId));
      const gone: string[] = [];
      for (const [nativeId, entry] of known) if (entry.closedAt === null && !keys.has(nativeId)) gone.push(nativeId);
      return gone;
    },
  };
}

interface Written {
  readonly key: string;
  readonly entry: Entry;
}

async function writeAll(
  db: Database,
  unit: Unit,
  known: BoardMap,
  ready: readonly Ready[],
  counts: UnitCounts,
  at: Date,
): Promise<Written[]> {
  return await inTransaction(db, async (client) => {
    const rows = await plan(db, client, known, ready, at);
    const fresh = rows.filter((row) => row.known === undefined);
    const stale = rows.filter((row) => row.known !== undefined);
    let sent: Promise<unknown> = Promise.resolve();
    for (const [statement, part] of [
      [INSERT, fresh],
      [UPDATE, stale],
    ] as const) {
      for (let from = 0; from < part.length; from += CHUNK) {
        const scalars = { at, board_id: unit.boardId, source: unit.source };
        const values = encodeRows(statement, part.slice(from, from + CHUNK), unit.source, scalars);
        await sent;
        sent = client.query({ name: statement.name, text: statement.text, values });
        // The failure is thrown where it is awaited; without this it would count as unhandled until then.
        sent.catch(() => undefined);
      }
    }
    await sent;
    const reopened = stale.filter((row) => row.known?.closedAt !== null).length;
    if (fresh.length + reopened > 0) await client.query({ ...DAY, values: [at, fresh.length, reopened] });
    await client.query({ ...COUNTS, values: countValues(unit.unitId, counts) });
    return rows.map((row) => ({
      key: row.key,
      entry: {
        id: row.id,
        jobId: row.jobId,
        hash: row.hash,
        firstSeenAt: row.firstSeenAt.getTime(),
        changedAt: at.getTime(),
        closedAt: null,
      },
    }));
  });
}

/** Gives ids to what is new, and leaves out what somebody else has written in exactly this form meanwhile. */
async function plan(
  db: Database,
  client: PoolClient,
  known: BoardMap,
  ready: readonly Ready[],
  at: Date,
): Promise<Row[]> {
  const fresh = ready.filter((item) => !known.has(key(item.nativeId))).length;
  const ids = await reserveIds(db, client, fresh);
  const rows: Row[] = [];
  for (const item of ready) {
    const own = key(item.nativeId);
    const entry = known.get(own);
    const { hash, raw, posting, score } = item;
    if (entry === undefined) {
      const [id, jobId] = [ids.posting(), ids.job()];
      rows.push({ key: own, hash, raw, posting, score, id, jobId, firstSeenAt: at, known: undefined });
    } else if (entry.closedAt !== null || !entry.hash.equals(hash)) {
      const { id, jobId } = entry;
      rows.push({
        key: own,
        hash,
        raw,
        posting,
        score,
        id,
        jobId,
        firstSeenAt: new Date(entry.firstSeenAt),
        known: entry,
      });
    }
  }
  return rows;
}

/** In one order everywhere, so that two writers of the same board wait for each other instead of locking each other out; the last of a repeated id wins. */
function sortedByKey(batch: readonly Ready[]): Ready[] {
  const byKey = new Map<string, Ready>();
  for (const ready of batch) byKey.set(key(ready.nativeId), ready);
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ready]) => ready);
}

async function inTransaction<T>(db: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  let broken = false;
  try {
    await client.query('begin');
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

/** unique_violation and deadlock_detected (PostgreSQL documentation, appendix A). */
function isCollision(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23505' || code === '40P01';
}
