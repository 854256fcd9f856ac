/**
 * Bulk writes of one board's postings. The path that matters is "seen again, unchanged": a look into a map and nothing else.
 * New and changed postings are written in one transaction together with the unit's counts, so that rows and counts never
 * disagree, whatever is killed and when.
 */
import { hash } from 'node:crypto';
import type { Database } from '../shared/db/database.ts';
import { isCollision, TRIES, withRetries } from '../shared/db/retry.ts';
import type { SourceName } from '../shared/sources.ts';
import type { Posting, Score } from './posting.ts';
import { bigints } from './store/arrays.ts';
import { type Entry, HASH_BYTES, key, loadBoardMap } from './store/board-map.ts';
import { countValues } from './store/rows.ts';
import { CLOSE, COUNTS } from './store/statements.ts';

import { writeBatch } from './store/write.ts';

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

/**
 * 16 bytes that are equal when the item is. The keys' order is the source's own and is not sorted: sources build their
 * answers by program, so the order is stable, and one that changes costs a rewrite, never a missed change.
 * @param stable the connector's `stable(item)`
 */
export function contentHash(stable: unknown): Buffer {
  // As text, because an answer in a Buffer of its own costs half a microsecond more and work for the garbage collector.
  const hex = hash('sha256', JSON.stringify(stable) ?? '', 'hex');
  return Buffer.from(hex.slice(0, HASH_BYTES * 2), 'hex');
}

/** Loads what is known of the board: a few dozen bytes for each posting that it ever had. */
export async function openBoardStore(db: Database, unit: Unit): Promise<BoardStore> {
  // A clock that is behind the one that started the unit must not make its rows look older than the unit.
  const clock = () => new Date(Math.max(unit.now().getTime(), unit.startedAt.getTime()));
  const loaded = await loadBoardMap(db, unit.boardId, unit.startedAt);
  let known = loaded.known;

  return {
    closedBefore: loaded.closedSince,
    get open() {
      let open = 0;
      for (const entry of known.values()) if (!entry.closed) open++;
      return open;
    },
    lookup(nativeId, itemHash) {
      const entry = known.get(key(nativeId));
      if (entry === undefined) return 'new';
      if (entry.closed || !entry.hash.equals(itemHash)) return entry.fresh === 'new' ? 'new' : 'changed';
      return entry.fresh === undefined ? 'unchanged' : `${entry.fresh}-before`;
    },
    async write(batch, counts) {
      for (let attempt = 1; ; attempt++) {
        try {
          const written = await writeBatch(db, unit, known, batch, countValues(unit.unitId, counts), clock());
          for (const [nativeId, entry] of written) known.set(nativeId, entry);
          return;
        } catch (error) {
          // Somebody else wrote the same postings meanwhile: look again and write what is left.
          if (attempt >= TRIES || !isCollision(error)) throw error;
          known = (await loadBoardMap(db, unit.boardId, unit.startedAt)).known;
        }
      }
    },
    async saveCounts(counts) {
      await db.pool.query({ ...COUNTS, values: countValues(unit.unitId, counts) });
    },
    async close(nativeIds, evidence) {
      const entries = new Set<Entry>();
      for (const nativeId of nativeIds) {
        const entry = known.get(key(nativeId));
        if (entry !== undefined && !entry.closed) entries.add(entry);
      }
      if (entries.size === 0) return 0;
      const ids = bigints([...entries].map((entry) => entry.id));
      const closing = { ...CLOSE, values: [ids, clock(), evidence, `unit:${unit.unitId}`] };
      const { rows } = await withRetries(() => db.pool.query<{ closed: number }>(closing));
      for (const entry of entries) entry.closed = true;
      return rows[0]?.closed ?? 0;
    },
    unseen(seen) {
      const keys = new Set<string>();
      for (const nativeId of seen) keys.add(key(nativeId));
      const gone: string[] = [];
      for (const [nativeId, entry] of known) if (!entry.closed && !keys.has(nativeId)) gone.push(nativeId);
      return gone;
    },
  };
}
