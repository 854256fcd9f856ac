/** What the database knows of one board, in memory: by native id, no more than what deciding and writing needs. */
import { hash } from 'node:crypto';
import type { Database } from '../../shared/db/database.ts';
import { withoutNul } from './arrays.ts';

export interface Entry {
  readonly id: number;
  readonly jobId: number;
  readonly hash: Buffer;
  /** Milliseconds since 1970, as the two others. */
  readonly firstSeenAt: number;
  readonly changedAt: number;
  closedAt: number | null;
}

export type BoardMap = Map<string, Entry>;

/** A B-tree entry of PostgreSQL ends near 2,700 bytes; no source has ids this long. */
const KEY_LENGTH_MAX = 500;

/** The native id as it is stored: what PostgreSQL cannot hold is replaced, what no index can hold is hashed. */
export function key(nativeId: string): string {
  const clean = withoutNul(nativeId);
  return clean.length <= KEY_LENGTH_MAX ? clean : `sha256:${hash('sha256', clean, 'hex')}`;
}

type LoadedRow = [
  id: string,
  jobId: string,
  nativeId: string,
  hash: Buffer,
  first: number,
  changed: number,
  closed: number | null,
];

export async function loadBoardMap(db: Database, boardId: number): Promise<BoardMap> {
  const { rows } = await db.pool.query<LoadedRow>({
    name: 'store-load',
    text: `select id::text, job_id::text, native_id, content_hash,
      (extract(epoch from first_seen_at) * 1000)::float8,
      (extract(epoch from changed_at) * 1000)::float8,
      (extract(epoch from closed_at) * 1000)::float8
      from posting where board_id = $1`,
    values: [boardId],
    rowMode: 'array',
  });
  const map: BoardMap = new Map();
  for (const [id, jobId, nativeId, contentHash, firstSeenAt, changedAt, closedAt] of rows) {
    map.set(nativeId, { id: Number(id), jobId: Number(jobId), hash: contentHash, firstSeenAt, changedAt, closedAt });
  }
  return map;
}

/** Whether the posting was first seen, or last changed, since the unit's first attempt started. */
export function freshness(entry: Entry, startedAt: number): 'new' | 'changed' | undefined {
  if (entry.firstSeenAt >= startedAt) return 'new';
  return entry.changedAt >= startedAt ? 'changed' : undefined;
}
